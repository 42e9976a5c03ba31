import Records
import Stages
import TestSupport
import Testing
import TextKit

@Suite struct `Equal sets` {
  /// The first equal set of each, by place.
  private struct Firsts: NeighbourVisitor {
    var found: [Int32: Int32] = [:]
    var visits = 0

    func group(of item: Int32) -> Int32 { 0 }
    mutating func visit(_ item: Int32, _ neighbours: [Neighbour]) -> Bool {
      visits += 1
      found[item] = neighbours.first?.item
      return neighbours.isEmpty
    }
  }

  @Test(arguments: [1 << 30, 100_000, 1 << 14, 1], [1, 7919])
  func `are found by their first, whatever memory there is`(bytes: Int, stride: Int) throws {
    let folder = try TemporaryFolder()
    // On disk from the start where there is little memory.
    var store = SetStore(bytes: bytes, folder: folder.path)
    var random = CounterRandom(seed: 1, purpose: "equal", record: "sets")
    var sets: [[UInt64]] = []
    for _ in 0..<20_000 {
      // Some share one of the two hashes alone.
      let kind = random.below(9000)
      sets.append([
        CounterRandom.mix(UInt64(kind / 3)), CounterRandom.mix(UInt64(kind % 3 + kind / 9 * 9)),
      ])
      try store.append(sets[sets.count - 1])
    }
    let order = (0..<20_000).map { Int32($0 * stride % 20_000) }
    var firsts = Firsts()
    var search = EqualSets(in: store, bytes: bytes)
    try search.run(order, &firsts)
    var (seen, expected) = ([[UInt64]: Int32](), [Int32: Int32]())
    for item in order {
      let set = sets[Int(item)]
      expected[item] = seen[set]
      if seen[set] == nil { seen[set] = item }
    }
    #expect(firsts.visits == 20_000)
    #expect(firsts.found == expected)
    #expect(expected.count > 5000)
  }

  /// Wishes to stop when it has seen its first set.
  private struct Stopper: NeighbourVisitor {
    var visits = 0

    func group(of item: Int32) -> Int32 { 0 }
    mutating func visit(_ item: Int32, _ neighbours: [Neighbour]) -> Bool {
      visits += 1
      Interruption.request()
      return true
    }
  }

  @Test func `are no longer looked for after a wish to stop, in any order`() async {
    // In a process of its own, because the wish to stop is one for a whole process.
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      let count = 150_000
      var store = SetStore(bytes: 1 << 30, folder: folder.path)
      for number in 0..<count {
        try store.append([CounterRandom.mix(UInt64(number)), UInt64(number)])
      }
      let ascending = (0..<count).map { Int32($0) }
      for order in [ascending, ascending.reversed()] {
        var stopper = Stopper()
        var search = EqualSets(in: store, bytes: 1 << 30)
        #expect(throws: Interrupted.self) { try search.run(order, &stopper) }
        #expect((1...1 << 16).contains(stopper.visits))
        Interruption.reset()
      }
    }
  }
}
