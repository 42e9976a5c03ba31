import Records
import Stages
import TestSupport
import Testing
import TextKit

@Suite struct SetLookupTests {
  /// Sets of numbers of which some are frequent, and copies of sets with a few numbers changed.
  private static func sets(_ count: Int) -> [[UInt64]] {
    var random = CounterRandom(seed: 11, purpose: "sets")
    var sets: [[UInt64]] = []
    for number in 0..<count {
      var set: Set<UInt64> = []
      if number % 3 == 2 { set = Set(sets[number - 1]) }
      for _ in 0..<random.below(number % 3 == 2 ? 4 : 40) {
        let most = random.below(3) == 0 ? 20 : 100_000
        set.insert(CounterRandom.mix(UInt64(random.below(most))))
      }
      sets.append(set.sorted())
    }
    return sets
  }

  @Test(arguments: [0.3, 0.5, 0.8, 1])
  func `finds what comparing with every set finds`(threshold: Double) throws {
    let all = Self.sets(900)
    let (listed, asked) = (Array(all[..<600]), Array(all[300...]))
    var store = SetStore(bytes: 1 << 20, folder: FilePaths.temporary)
    for set in listed { try store.append(set) }
    let lookup = try SetLookup(store, threshold: threshold)
    var found = 0
    for set in asked {
      let best = listed.enumerated()
        .map { (item: Int32($0.offset), similarity: Shingles.jaccard(set.span, $0.element.span)) }
        .filter { $0.similarity >= threshold && !set.isEmpty }
        .max { ($0.similarity, -$0.item) < ($1.similarity, -$1.item) }
      let own = try lookup.nearest(to: set)
      #expect(own?.item == best?.item && own?.similarity == best?.similarity)
      found += best == nil ? 0 : 1
    }
    #expect(found > 290 && found < asked.count)
  }

  @Test func `an empty set is like none, and an empty store holds none`() throws {
    var store = SetStore(bytes: 0, folder: FilePaths.temporary)
    #expect(try SetLookup(store, threshold: 0.8).nearest(to: [1, 2]) == nil)
    try store.append([])
    try store.append([7])
    let lookup = try SetLookup(store, threshold: 0.8)
    #expect(try lookup.nearest(to: []) == nil)
    #expect(try lookup.nearest(to: [7])?.item == 1)
    #expect(try lookup.nearest(to: [7, 8]) == nil)
  }
}
