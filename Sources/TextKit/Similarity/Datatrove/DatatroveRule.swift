import Records

/// Near duplicates as datatrove finds them: 14 buckets of 8 hashes over runs of 5 simplified words.
///
/// The hash is XXH64 of the words joined by blanks; the permutations are (h a + b) mod (2⁶¹ − 1), the
/// product taken modulo 2⁶⁴ first, with the numbers that numpy draws for seed 1. A text with fewer
/// words than a run is never a duplicate, as there. Pairs of similarity 0.8 are found with
/// probability 0.92.
package struct DatatroveRule: SimilarityRule {
  private static let buckets = 14
  private static let rows = 8
  private static let prime: UInt64 = 1 << 61 - 1

  /// Words a run.
  private let width: Int
  /// The Jaccard similarity of the sets of runs from which two are duplicates; nil where sharing a
  /// bucket is enough, as it is for datatrove.
  package let threshold: Double?

  package init(width: Int = 5, threshold: Double?) {
    precondition(width > 0, "runs are at least one word long, not \(width)")
    self.width = width
    self.threshold = threshold
  }

  /// The hashes of the runs of words of texts, in rising order.
  package func set(of texts: [String]) -> [UInt64] {
    let words = DatatroveText.words(DatatroveText.simplify(texts.joined(separator: "\n")))
    guard words.count >= width else { return [] }
    let hashes = (0...words.count - width).map { start in
      StableHash.hash(words[start..<start + width].joined(separator: " "))
    }
    return Shingles(unsorted: hashes).hashes
  }

  /// The 112 values of a set, bucket by bucket.
  package static func signature(_ set: Span<UInt64>) -> [UInt64] {
    var values = [UInt64](repeating: .max, count: buckets * rows)
    for index in 0..<set.count {
      let hash = set[index]
      for place in values.indices {
        let product = hash &* DatatroveTables.factors[place] &+ DatatroveTables.offsets[place]
        values[place] = min(values[place], product % prime)
      }
    }
    return values
  }

  package func appendKeys(of set: Span<UInt64>, to keys: inout [SetKey]) {
    guard !set.isEmpty else { return }
    let signature = Self.signature(set)
    for bucket in 0..<Self.buckets {
      var hash = UInt64(bucket)
      for value in bucket * Self.rows..<(bucket + 1) * Self.rows {
        hash = CounterRandom.mix(hash &* 31 &+ signature[value])
      }
      keys.append(SetKey(UInt32(truncatingIfNeeded: hash >> 32)))
    }
  }

  package func match(_ left: Span<UInt64>, _ right: Span<UInt64>) -> Double? {
    if let threshold { return JaccardRule.match(left, right, threshold) }
    return Self.sharesBucket(left, right) ? Shingles.jaccard(left, right) : nil
  }

  /// Whether one bucket of two signatures is equal; keys of 32 bits may be so by chance.
  private static func sharesBucket(_ left: Span<UInt64>, _ right: Span<UInt64>) -> Bool {
    let (left, right) = (signature(left), signature(right))
    return (0..<buckets).contains { bucket in
      (bucket * rows..<(bucket + 1) * rows).allSatisfy { left[$0] == right[$0] }
    }
  }
}
