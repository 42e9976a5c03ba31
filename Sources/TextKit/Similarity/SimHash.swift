import Records

/// A fingerprint of 64 bits whose distance shows how different two sets are (Charikar, 2002).
///
/// Bit i is the majority's among bit i of all hashes of the set.
public enum SimHash {
  /// The fingerprint of a set of hashes.
  public static func fingerprint(_ shingles: Shingles) -> UInt64 {
    var ones = [Int32](repeating: 0, count: 64)
    for hash in shingles.hashes {
      for bit in 0..<64 { ones[bit] += Int32(truncatingIfNeeded: hash >> UInt64(bit) & 1) }
    }
    let half = Int32(truncatingIfNeeded: shingles.hashes.count)
    return (0..<64).reduce(0) { $0 | (2 * ones[$1] > half ? 1 << UInt64($1) : 0) }
  }

  /// How many bits of two fingerprints differ.
  public static func distance(_ left: UInt64, _ right: UInt64) -> Int {
    (left ^ right).nonzeroBitCount
  }
}

/// Fingerprints that differ in at most so many bits; every such pair is found.
///
/// The bits are cut into two blocks more than may differ, so that two blocks at least are equal; each
/// pair of blocks makes a key (Manku, Jain and Das Sarma, 2007). A set is one fingerprint.
package struct HammingRule: SimilarityRule {
  private let limit: Int
  /// The bits of each pair of blocks.
  private let masks: [UInt64]

  /// Fingerprints that differ in at most `limit` bits.
  package init(limit: Int) {
    precondition((0...16).contains(limit), "a distance of \(limit) bits is not from 0 to 16")
    self.limit = limit
    let count = limit + 2
    let blocks = (0..<count).map { block in
      (64 * block / count..<64 * (block + 1) / count).reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
    }
    masks = (0..<count).flatMap { first in (0..<first).map { blocks[first] | blocks[$0] } }
  }

  package func appendKeys(of set: Span<UInt64>, to keys: inout [SetKey]) {
    precondition(set.count == 1, "a fingerprint is one number, not \(set.count)")
    for mask in masks {
      let hash = CounterRandom.mix(set[0] & mask ^ ~mask)
      keys.append(SetKey(UInt32(truncatingIfNeeded: hash >> 32)))
    }
  }

  /// One minus the share of bits that differ.
  package func match(_ left: Span<UInt64>, _ right: Span<UInt64>) -> Double? {
    let distance = SimHash.distance(left[0], right[0])
    return distance <= limit ? 1 - Double(distance) / 64 : nil
  }
}
