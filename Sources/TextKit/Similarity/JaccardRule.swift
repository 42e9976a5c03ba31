/// Sets whose Jaccard similarity reaches a threshold; every such pair is found, and no other.
///
/// Two sets of similarity t share one of their |A| − ⌈t |A|⌉ + 1 rarest numbers (Bayardo, Ma and
/// Srikant, 2007, "Scaling up all pairs similarity search"). These are the keys, but for those that
/// no other set holds. What lies behind the first key that two sets share bounds what they have in
/// common (Xiao, Wang, Lin and Yu, 2008, "Efficient similarity joins for near duplicate detection"),
/// so that most pairs are never compared. Records full of the same boilerplate share none of their
/// rarest numbers, and cost nothing.
package struct JaccardRule: SimilarityRule {
  private let threshold: Double
  private let frequencies: SetFrequencies

  /// The rule for the sets of a store.
  package init(threshold: Double, in store: SetStore, bytes: Int = 1 << 30) throws {
    precondition(threshold > 0 && threshold <= 1, "a threshold of \(threshold) is not in 0 ..< 1")
    self.threshold = threshold
    frequencies = try SetFrequencies(store, bytes: bytes)
  }

  package func appendKeys(of set: Span<UInt64>, to keys: inout [SetKey]) {
    guard !set.isEmpty else { return }
    let prefix = Self.prefix(set.count, threshold)
    withUnsafeTemporaryAllocation(of: UInt16.self, capacity: set.count) { ranks in
      for index in set.indices { ranks[index] = UInt16(frequencies.rank(set[index])) }
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: SetFrequencies.ranks) { places in
        Self.startPlaces(of: ranks, in: places)
        for index in set.indices {
          let rank = Int(ranks[index])
          let place = Int(places[rank])
          places[rank] += 1
          guard place < prefix, rank > 0 else { continue }
          let value = UInt32(truncatingIfNeeded: set[index] >> 32)
          keys.append(SetKey(value, rest: set.count - place))
        }
      }
    }
  }

  /// How many of a set's rarest numbers there are of which every set that is like it shares one.
  static func prefix(_ count: Int, _ threshold: Double) -> Int {
    let least = Int((threshold * Double(count) - tolerance).rounded(.up))
    return count - max(1, least) + 1
  }

  /// Where the numbers of each rank begin, when those of a set stand by rank and then by value.
  private static func startPlaces(
    of ranks: UnsafeMutableBufferPointer<UInt16>, in places: UnsafeMutableBufferPointer<Int32>
  ) {
    places.initialize(repeating: 0)
    for rank in ranks { places[Int(rank)] += 1 }
    var start: Int32 = 0
    for rank in places.indices {
      let count = places[rank]
      places[rank] = start
      start += count
    }
  }

  /// What rounding may have added to a product.
  private static let tolerance = 1e-9

  package func admits(rest: Int32, _ otherRest: Int32, sizes: Int32) -> Bool {
    let common = Double(min(rest, otherRest))
    return common * (1 + threshold) >= threshold * Double(sizes) - Self.tolerance
  }

  package func match(_ left: Span<UInt64>, _ right: Span<UInt64>) -> Double? {
    Self.match(left, right, threshold)
  }

  /// The similarity of two sets where it reaches a threshold.
  ///
  /// Ends as soon as too many numbers are in one set alone.
  static func match(
    _ left: Span<UInt64>, _ right: Span<UInt64>, _ threshold: Double
  ) -> Double? {
    let sizes = left.count + right.count
    let least = Int((threshold / (1 + threshold) * Double(sizes) - tolerance).rounded(.up))
    guard min(left.count, right.count) >= least else { return nil }
    var (i, j, shared) = (0, 0, 0)
    while i < left.count, j < right.count {
      let stop = min(i + 16, left.count)
      // No branch depends on the hashes, which are as good as random.
      while i < stop, j < right.count {
        let (a, b) = (left[i], right[j])
        shared += a == b ? 1 : 0
        i += a <= b ? 1 : 0
        j += b <= a ? 1 : 0
      }
      if min(left.count - i, right.count - j) + shared < least { return nil }
    }
    let union = sizes - shared
    let similarity = union == 0 ? 0 : Double(shared) / Double(union)
    return similarity >= threshold ? similarity : nil
  }
}
