/// What makes two sets of words or hashes near duplicates, and how such pairs are found.
package protocol SimilarityRule: Sendable {
  /// How many keys each set has.
  var keyCount: Int { get }
  /// Appends the keys of a set: only sets that share a key are compared. None for a set that is like
  /// no other, whatever that is.
  func appendKeys(of set: Span<UInt64>, to keys: inout [UInt32])
  /// How alike two sets are, exactly, where they are alike enough; nil where they are not.
  func match(_ left: Span<UInt64>, _ right: Span<UInt64>) -> Double?
}

/// Sets whose Jaccard similarity reaches a threshold, found by the bands of their MinHash signatures.
package struct JaccardRule: SimilarityRule {
  private let minHash: MinHash
  private let bands: Int
  private let threshold: Double

  /// Pairs of similarity s are found with probability 1 − (1 − sʳ)ᵇ for b bands of r rows.
  package init(threshold: Double, bands: Int = 32, rows: Int = 4) {
    minHash = MinHash(count: bands * rows)
    self.bands = bands
    self.threshold = threshold
  }

  package var keyCount: Int { bands }

  package func appendKeys(of set: Span<UInt64>, to keys: inout [UInt32]) {
    guard !set.isEmpty else { return }
    keys += MinHash.bandKeys(minHash.signature(set), bands: bands)
  }

  package func match(_ left: Span<UInt64>, _ right: Span<UInt64>) -> Double? {
    Self.match(left, right, threshold)
  }

  /// The similarity of two sets where it reaches a threshold.
  static func match(
    _ left: Span<UInt64>, _ right: Span<UInt64>, _ threshold: Double
  ) -> Double? {
    // Sets of very different size cannot have much in common.
    let (small, large) = (min(left.count, right.count), max(left.count, right.count))
    guard Double(small) >= threshold * Double(large) else { return nil }
    let similarity = Shingles.jaccard(left, right)
    return similarity >= threshold ? similarity : nil
  }
}
