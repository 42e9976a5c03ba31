import Records

/// Signatures whose agreement estimates how much two sets of shingles share (Broder, 1997).
///
/// Position i of a signature is the least value of hash function i over the set; two sets agree there
/// with probability equal to their Jaccard similarity. The functions are multiply-shift
/// (Dietzfelbinger and others, 1997) over hashes that are already well mixed.
public struct MinHash: Sendable {
  private let factors: [UInt64]
  private let offsets: [UInt64]

  /// A family of `count` hash functions; the standard error of an estimate is at most 0.5 / √count.
  public init(count: Int = 128, seed: UInt64 = 1) {
    precondition(count > 0, "a signature has at least one value, not \(count)")
    var random = CounterRandom(seed: seed, purpose: "minhash")
    factors = (0..<count).map { _ in random.next() | 1 }
    offsets = (0..<count).map { _ in random.next() }
  }

  /// How many values a signature has.
  public var count: Int { factors.count }

  /// The signature of a set; every value is the largest possible where the set is empty.
  public func signature(_ shingles: Shingles) -> [UInt32] {
    var values = [UInt32](repeating: .max, count: count)
    for hash in shingles.hashes {
      for index in values.indices {
        let value = UInt32(truncatingIfNeeded: (hash &* factors[index] &+ offsets[index]) >> 32)
        if value < values[index] { values[index] = value }
      }
    }
    return values
  }

  /// The share of positions at which two signatures agree: an estimate of the Jaccard similarity.
  public static func similarity(_ left: [UInt32], _ right: [UInt32]) -> Double {
    precondition(
      left.count == right.count, "signatures of \(left.count) and \(right.count) values")
    guard !left.isEmpty else { return 0 }
    let agreeing = zip(left, right).count { $0 == $1 }
    return Double(agreeing) / Double(left.count)
  }

  /// One key for each band of a signature: sets that share a key are candidates for near duplicates.
  ///
  /// With b bands of r rows two sets of similarity s share a key with probability 1 − (1 − sʳ)ᵇ.
  /// (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, section 3.4.)
  public static func bandKeys(_ signature: [UInt32], bands: Int) -> [UInt32] {
    precondition(
      bands > 0 && signature.count % bands == 0,
      "\(signature.count) values do not divide into \(bands) bands")
    let rows = signature.count / bands
    return (0..<bands).map { band in
      let hash = signature[band * rows..<(band + 1) * rows].reduce(UInt64(band)) {
        CounterRandom.mix($0 &+ UInt64($1) &+ 0x9E37_79B9_7F4A_7C15)
      }
      return UInt32(truncatingIfNeeded: hash >> 32)
    }
  }
}
