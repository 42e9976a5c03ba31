/// Finds the set of a store that another one is most like, by Jaccard similarity; none is missed.
///
/// Two sets of similarity t share one of their |A| − ⌈t |A|⌉ + 1 first numbers, in any order that both
/// stand in (Bayardo, Ma and Srikant, 2007, "Scaling up all pairs similarity search"); here the order is
/// that of how many sets of the store hold a number, the rarest first. 16 bytes for each such number of a
/// set, and 2 to 4 for each number of the store. Many threads may ask at once.
package struct SetLookup: Sendable {
  private struct Entry {
    let key: UInt64
    let item: Int32
  }

  private let store: SetStore
  private let threshold: Double
  /// How often each number stands in the store; numbers may share a place, as any fixed order will do.
  private let counts: [UInt16]
  /// The sets under their first numbers, in the order of these.
  private let entries: [Entry]

  /// - Precondition: The threshold is above 0 and at most 1.
  package init(_ store: SetStore, threshold: Double) throws {
    precondition(threshold > 0 && threshold <= 1, "a threshold of \(threshold) is not in 0 ..< 1")
    self.store = store
    self.threshold = threshold
    let counts = try Self.counts(store)
    self.counts = counts
    entries = try (0..<store.count).flatMap { item in
      try store.with(item) { set in
        Self.first(of: set, threshold, counts).map { Entry(key: $0, item: Int32(item)) }
      }
    }.sorted { ($0.key, $0.item) < ($1.key, $1.item) }
  }

  /// The set that is most like one, the first of several; nil where none reaches the threshold.
  ///
  /// - Parameter set: Numbers in rising order, each once.
  package func nearest(to set: [UInt64]) throws -> Neighbour? {
    var compared: Set<Int32> = []
    var best: Neighbour?
    for key in Self.first(of: set.span, threshold, counts) {
      var place = start(of: key)
      while place < entries.count, entries[place].key == key {
        let item = entries[place].item
        place += 1
        guard compared.insert(item).inserted else { continue }
        let found = try store.with(Int(item)) { JaccardRule.match(set.span, $0, threshold) }
        guard let found else { continue }
        let isBetter = best.map { (found, $0.item) > ($0.similarity, item) } ?? true
        if isBetter { best = Neighbour(item: item, similarity: found) }
      }
    }
    return best
  }

  private func start(of key: UInt64) -> Int {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].key < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func counts(_ store: SetStore) throws -> [UInt16] {
    var size = 1 << 10
    while size < store.total { size *= 2 }
    var counts = [UInt16](repeating: 0, count: size)
    try store.forEachRun { numbers in
      for number in numbers {
        let place = Int(truncatingIfNeeded: number) & (size - 1)
        if counts[place] < .max { counts[place] += 1 }
      }
    }
    return counts
  }

  /// The first numbers of a set, one of which every set shares that is like it.
  private static func first(
    of set: Span<UInt64>, _ threshold: Double, _ counts: [UInt16]
  ) -> ArraySlice<UInt64> {
    guard !set.isEmpty else { return [] }
    var numbers = (0..<set.count).map { set[$0] }
    func rank(_ number: UInt64) -> (UInt16, UInt64) {
      (counts[Int(truncatingIfNeeded: number) & (counts.count - 1)], number)
    }
    numbers.sort { rank($0) < rank($1) }
    let least = Int((threshold * Double(set.count) - 1e-9).rounded(.up))
    return numbers.prefix(set.count - max(1, least) + 1)
  }
}
