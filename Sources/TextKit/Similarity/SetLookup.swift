/// Finds the set of a store that another one is most like, by Jaccard similarity; none is missed.
///
/// Two sets of similarity t share one of their |A| − ⌈t |A|⌉ + 1 first numbers, in any order that both
/// stand in (Bayardo, Ma and Srikant, 2007, "Scaling up all pairs similarity search"); here the order is
/// that of how many sets of the store hold a number, the rarest first. 16 bytes for each such number of a
/// set, and 2 to 4 bytes for each number of the store, 256 MB of these at most. Many threads may ask at once.
package struct SetLookup: Sendable {
  private struct Entry {
    let key: UInt64
    let item: Int32
  }

  private let store: SetStore
  private let threshold: Double
  private let frequencies: SetFrequencies
  /// The sets under their first numbers, in the order of these.
  private let entries: [Entry]

  /// - Precondition: The threshold is above 0 and at most 1.
  package init(_ store: SetStore, threshold: Double) throws {
    precondition(threshold > 0 && threshold <= 1, "a threshold of \(threshold) is not in 0 ..< 1")
    self.store = store
    self.threshold = threshold
    let frequencies = try SetFrequencies(store, bytes: 1 << 28)
    self.frequencies = frequencies
    entries = try (0..<store.count).flatMap { item in
      try store.with(item) { set in
        Self.first(of: set, threshold, frequencies).map { Entry(key: $0, item: Int32(item)) }
      }
    }.sorted { ($0.key, $0.item) < ($1.key, $1.item) }
  }

  /// The set that is most like one, the first of several; nil where none reaches the threshold.
  ///
  /// - Parameter set: Numbers in rising order, each once.
  package func nearest(to set: [UInt64]) throws -> Neighbour? {
    var compared: Set<Int32> = []
    var best: Neighbour?
    for key in Self.first(of: set.span, threshold, frequencies) {
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

  /// The first numbers of a set, one of which every set shares that is like it.
  private static func first(
    of set: Span<UInt64>, _ threshold: Double, _ frequencies: SetFrequencies
  ) -> ArraySlice<UInt64> {
    guard !set.isEmpty else { return [] }
    var numbers = (0..<set.count).map { set[$0] }
    func rank(_ number: UInt64) -> (Int, UInt64) { (frequencies.rank(number), number) }
    numbers.sort { rank($0) < rank($1) }
    return numbers.prefix(JaccardRule.prefix(set.count, threshold))
  }
}
