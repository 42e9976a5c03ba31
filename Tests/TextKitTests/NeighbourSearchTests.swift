import Records
import Stages
import Synchronization
import TestSupport
import Testing
import TextKit

/// Every set is a group of its own, so all pairs are found.
private struct PairCollector: NeighbourVisitor {
  var pairs: [[Int32]: Double] = [:]

  func group(of item: Int32) -> Int32 { item }

  mutating func visit(_ item: Int32, _ neighbours: [Neighbour]) -> Bool {
    for one in neighbours { pairs[[one.item, item]] = one.similarity }
    return true
  }
}

/// A rule that counts how many pairs are compared.
private struct CountingRule: SimilarityRule {
  final class Counter: Sendable {
    let count = Atomic(0)
  }

  let rule: JaccardRule
  let counter = Counter()

  var compared: Int { counter.count.load(ordering: .relaxed) }

  func appendKeys(of set: Span<UInt64>, to keys: inout [SetKey]) {
    rule.appendKeys(of: set, to: &keys)
  }

  func admits(rest: Int32, _ otherRest: Int32, sizes: Int32) -> Bool {
    rule.admits(rest: rest, otherRest, sizes: sizes)
  }

  func match(_ left: Span<UInt64>, _ right: Span<UInt64>) -> Double? {
    counter.count.wrappingAdd(1, ordering: .relaxed)
    return rule.match(left, right)
  }
}

/// Joins what is alike, and counts what it was shown.
private struct Joiner: NeighbourVisitor {
  var sets: DisjointSets
  var shown = 0

  func group(of item: Int32) -> Int32 { Int32(sets.root(of: Int(item))) }

  mutating func visit(_ item: Int32, _ neighbours: [Neighbour]) -> Bool {
    shown += neighbours.count
    for one in neighbours { sets.union(Int(one.item), Int(item)) }
    return true
  }
}

/// Sets that have a neighbour are done with, and enter no index.
private struct FirstFinder: NeighbourVisitor {
  var found: [Int32: Int32] = [:]

  func group(of item: Int32) -> Int32 { item }

  mutating func visit(_ item: Int32, _ neighbours: [Neighbour]) -> Bool {
    if let first = neighbours.first { found[item] = first.item }
    return neighbours.isEmpty
  }
}

@Suite struct `Search for sets that are alike` {
  /// Sets of up to 30 numbers of which many are common, with copies that differ in some.
  private func sets(_ count: Int) -> [[UInt64]] {
    var random = CounterRandom(seed: 21, purpose: "sets")
    var sets: [[UInt64]] = []
    for _ in 0..<count {
      var set: Set<UInt64> = []
      if let old = sets.last, random.below(2) == 0 { set = Set(old.dropFirst(random.below(6))) }
      // Small numbers are in many sets, large ones in few.
      for _ in 0..<random.below(15) {
        let isCommon = random.below(2) == 0
        set.insert(CounterRandom.mix(UInt64(random.below(isCommon ? 20 : 2000))))
      }
      sets.append(set.sorted())
    }
    return sets
  }

  private func store(_ sets: [[UInt64]], bytes: Int = 1 << 30) throws -> SetStore {
    var store = SetStore(bytes: bytes, folder: FilePaths.temporary)
    for set in sets { try store.append(set) }
    return store
  }

  @Test(arguments: [0.05, 0.3, 0.5, 0.8, 1])
  func `finds what comparing each with each finds`(_ threshold: Double) throws {
    let sets = sets(600)
    var expected: [[Int32]: Double] = [:]
    for right in sets.indices {
      for left in 0..<right {
        let shared = Set(sets[left]).intersection(sets[right]).count
        let union = sets[left].count + sets[right].count - shared
        guard union > 0, Double(shared) / Double(union) >= threshold else { continue }
        expected[[Int32(left), Int32(right)]] = Double(shared) / Double(union)
      }
    }
    #expect(expected.count > 2)
    let store = try store(sets)
    for threads in [1, 3] {
      var collector = PairCollector()
      try NeighbourSearch(JaccardRule(threshold: threshold, in: store), in: store, threads: threads)
        .run((0..<600).map { $0 }, &collector)
      #expect(collector.pairs == expected)
    }
  }

  @Test func `a file and small tables give the same pairs`() throws {
    let sets = sets(9000)
    var found: [[[Int32]: Double]] = []
    for bytes in [1 << 30, 0] {
      let store = try store(sets, bytes: bytes)
      var collector = PairCollector()
      try NeighbourSearch(
        JaccardRule(threshold: 0.9, in: store, bytes: bytes), in: store, threads: 2
      ).run((0..<9000).map { $0 }, &collector)
      found.append(collector.pairs)
    }
    #expect(found[0].count > 500)
    #expect(found[0] == found[1])
  }

  /// Half of each set is what all have, the rest its own; each with each would be 1.8 billion pairs.
  @Test func `boilerplate that all share costs nothing`() throws {
    let boilerplate = (0..<100).map { CounterRandom.mix(UInt64($0)) }
    let count = 60_000
    var store = SetStore(bytes: 1 << 30, folder: FilePaths.temporary)
    for number in 0..<count {
      let own = (0..<80).map { CounterRandom.mix(UInt64(number * 80 + $0 + 1000)) }
      try store.append((boilerplate + own).sorted())
    }
    var joiner = Joiner(sets: DisjointSets(count: count))
    let rule = CountingRule(rule: try JaccardRule(threshold: 0.8, in: store))
    try NeighbourSearch(rule, in: store, threads: 2).run((0..<Int32(count)).map { $0 }, &joiner)
    #expect(rule.compared < 10 * count)
    #expect(joiner.shown == 0)
  }

  /// All are alike: each needs to meet one of its family.
  @Test func `a large family takes a linear number of comparisons`() throws {
    let common = (0..<19).map { CounterRandom.mix(UInt64($0)) }
    let count = 60_000
    var store = SetStore(bytes: 1 << 30, folder: FilePaths.temporary)
    for number in 0..<count {
      try store.append((common + [CounterRandom.mix(UInt64(1000 + number % 30_000))]).sorted())
    }
    var joiner = Joiner(sets: DisjointSets(count: count))
    let rule = CountingRule(rule: try JaccardRule(threshold: 0.8, in: store))
    try NeighbourSearch(rule, in: store, threads: 2).run((0..<Int32(count)).map { $0 }, &joiner)
    #expect(rule.compared < 10 * count)
    #expect(joiner.sets.size(of: 0) == count)
  }

  @Test func `keys for which an index has no room are an error, or wait for a further pass`() throws
  {
    let sets = sets(300)
    let store = try store(sets)
    let order = (0..<Int32(sets.count)).map { $0 }
    func search(_ capacity: Int) throws -> NeighbourSearch<JaccardRule> {
      NeighbourSearch(
        try JaccardRule(threshold: 0.3, in: store), in: store, threads: 2, capacity: capacity)
    }
    var collector = PairCollector()
    let error = #expect(throws: StageError.self) { try search(500).run(order, &collector) }
    #expect(error?.code == "too-many-keys")
    var (whole, parts) = (FirstFinder(), FirstFinder())
    try search(.max).runWithinMemory(order, bytes: .max, &whole)
    try search(500).runWithinMemory(order, bytes: .max, &parts)
    #expect(whole.found.count > 50 && whole.found.keys.sorted() == parts.found.keys.sorted())
  }

  @Test func `with little memory the same sets have neighbours, and the same first ones`() throws {
    let sets = sets(9000)
    let store = try store(sets)
    let order = (0..<Int32(sets.count)).map { $0 }
    let search = NeighbourSearch(
      try JaccardRule(threshold: 0.6, in: store), in: store, threads: 2)
    var whole = FirstFinder()
    try search.runWithinMemory(order, bytes: .max, &whole)
    #expect(whole.found.count > 500)
    for bytes in stride(from: 30_000, to: 400_000, by: 37_000) {
      var parts = FirstFinder()
      try search.runWithinMemory(order, bytes: bytes, &parts)
      #expect(parts.found == whole.found, "\(bytes) bytes")
    }
  }
}
