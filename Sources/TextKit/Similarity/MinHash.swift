internal import CKernels
import Records

/// Signatures whose agreement estimates how much two sets of shingles share (Broder, 1997).
///
/// Position i of a signature is the least value of hash function i over the set; two sets agree there
/// with probability equal to their Jaccard similarity. A function turns a hash that is already well
/// mixed into another by an exclusive or and a product with an odd number, which permutes the numbers
/// of 32 bits.
public struct MinHash: Sendable {
  private let masks: [UInt32]
  private let factors: [UInt32]

  /// A family of `count` hash functions; the standard error of an estimate is at most 0.5 / √count.
  public init(count: Int = 128, seed: UInt64 = 1) {
    precondition(count > 0, "a signature has at least one value, not \(count)")
    var random = CounterRandom(seed: seed, purpose: "minhash")
    factors = (0..<count).map { _ in UInt32(truncatingIfNeeded: random.next() >> 32) | 1 }
    masks = (0..<count).map { _ in UInt32(truncatingIfNeeded: random.next() >> 32) }
  }

  /// How many values a signature has.
  public var count: Int { factors.count }

  /// The signature of a set; every value is the largest possible where the set is empty.
  public func signature(_ shingles: Shingles) -> [UInt32] { signature(shingles.hashes.span) }

  /// The signature of a set of hashes.
  package func signature(_ hashes: Span<UInt64>) -> [UInt32] {
    var values = [UInt32](repeating: .max, count: count)
    hashes.withUnsafeBufferPointer { hashes in
      guard let base = hashes.baseAddress else { return }
      anneal_minhash(Int64(hashes.count), base, Int64(count), masks, factors, &values)
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
      var hash = UInt64(band)
      for value in band * rows..<(band + 1) * rows {
        hash = CounterRandom.mix(hash &+ UInt64(signature[value]) &+ 0x9E37_79B9_7F4A_7C15)
      }
      return UInt32(truncatingIfNeeded: hash >> 32)
    }
  }
}
