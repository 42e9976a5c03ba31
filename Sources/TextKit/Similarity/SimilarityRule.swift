/// What sets that are alike share: a hash, and how much of the set lies behind it.
package struct SetKey: Sendable, Hashable {
  /// The hash; two that are equal by chance cost a comparison, no more.
  package let value: UInt32
  /// How many numbers of the set come from this one on, in an order that all sets share; 1 where the
  /// rule has none.
  package let rest: Int32

  package init(_ value: UInt32, rest: Int = 1) {
    self.value = value
    self.rest = Int32(truncatingIfNeeded: rest)
  }
}

/// What makes two sets of words or hashes near duplicates, and how such pairs are found.
package protocol SimilarityRule: Sendable {
  /// Appends the keys of a set: only sets that share a key are compared. None for a set that is like
  /// no other, whatever that is.
  func appendKeys(of set: Span<UInt64>, to keys: inout [SetKey])
  /// Whether sets of such sizes may be alike where what lies behind a key they share is the most
  /// they can have in common.
  func admits(rest: Int32, _ otherRest: Int32, sizes: Int32) -> Bool
  /// How alike two sets are, exactly, where they are alike enough; nil where they are not.
  func match(_ left: Span<UInt64>, _ right: Span<UInt64>) -> Double?
}

extension SimilarityRule {
  /// A key alone is enough to be compared.
  package func admits(rest: Int32, _ otherRest: Int32, sizes: Int32) -> Bool { true }
}

/// Sets whose Jaccard similarity reaches a threshold, found by the bands of their MinHash signatures.
package struct BandRule: SimilarityRule {
  private let minHash: MinHash
  private let bands: Int
  private let threshold: Double

  /// Pairs of similarity s are found with probability 1 − (1 − sʳ)ᵇ for b bands of r rows.
  package init(threshold: Double, bands: Int, rows: Int) {
    minHash = MinHash(count: bands * rows)
    self.bands = bands
    self.threshold = threshold
  }

  package func appendKeys(of set: Span<UInt64>, to keys: inout [SetKey]) {
    guard !set.isEmpty else { return }
    for key in MinHash.bandKeys(minHash.signature(set), bands: bands) { keys.append(SetKey(key)) }
  }

  package func match(_ left: Span<UInt64>, _ right: Span<UInt64>) -> Double? {
    JaccardRule.match(left, right, threshold)
  }
}
