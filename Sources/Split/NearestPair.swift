public import Records
import Stages
import TextKit

/// The two records on different sides that have most in common.
public struct NearestPair: Sendable, Hashable {
  /// The Jaccard similarity of their shingles, from 0 to 1.
  public let similarity: Double
  /// The id of the one whose id comes first by its bytes.
  public let first: String
  /// The side of the first.
  public let firstSide: Side
  /// The id of the other.
  public let second: String
  /// The side of the other.
  public let secondSide: Side

  init(similarity: Double, first: String, firstSide: Side, second: String, secondSide: Side) {
    self.similarity = similarity
    self.first = first
    self.firstSide = firstSide
    self.second = second
    self.secondSide = secondSide
  }

  /// The similarities from which records may count as near duplicates: below, most pairs share words by chance.
  static let range = 0.3...1.0

  /// How far the search goes.
  enum Limits {
    /// Words a shingle.
    static let width = 3
    /// Values a signature has, in bands of four: pairs of similarity 0.5 meet with probability 0.87,
    /// pairs of 0.7 with 0.9998.
    static let signature = 128
    static let bands = 32
    /// Records of other sides that one record is paired with in each band.
    static let neighbours = 4
    /// Pairs whose similarity is computed exactly: those that meet in most bands.
    static let pairs = 1024
  }

  /// Searches records whose sides are given in the order of the collections; nil stands for a record to leave out.
  ///
  /// The result is the same in any order of the records. 140 bytes a record, and the shingles of
  /// the candidates. Nil where no two records on different sides share a band.
  static func find(in records: [RecordCollection], sides: [Side?]) throws -> NearestPair? {
    guard Set(sides.compactMap { $0 }).count > 1 else { return nil }
    let hasher = MinHash(count: Limits.signature)
    let prints = try records.flatMap { part in
      try part.map { Fingerprint(Shingles(of: $0), id: $0.id, hasher) }
    }
    let pairs = candidates(prints, sides)
    return try best(of: pairs, in: records, sides)
  }

  /// What the search keeps of a record.
  private struct Fingerprint: Sendable {
    /// One key a band; none where the text has no words.
    let bands: [UInt32]
    /// Puts records in an order that does not depend on the order they come in.
    let rank: UInt64

    init(_ shingles: Shingles, id: String, _ hasher: MinHash) {
      bands =
        shingles.isEmpty
        ? [] : MinHash.bandKeys(hasher.signature(shingles), bands: Limits.bands)
      rank = StableHash.hash(id)
    }
  }

  private struct Pair: Hashable {
    let left: Int
    let right: Int
  }

  /// Pairs on different sides that share bands, those that share most first.
  private static func candidates(_ prints: [Fingerprint], _ sides: [Side?]) -> [Pair] {
    var meetings: [Pair: Int] = [:]
    let present = prints.indices.filter { sides[$0] != nil && !prints[$0].bands.isEmpty }
      .sorted { prints[$0].rank < prints[$1].rank }
    for band in 0..<Limits.bands {
      let buckets = Dictionary(grouping: present) { prints[$0].bands[band] }
      for bucket in buckets.values where bucket.count > 1 {
        for pair in meet(bucket, sides) { meetings[pair, default: 0] += 1 }
      }
    }
    let ranked = meetings.sorted { left, right in
      if left.value != right.value { return left.value > right.value }
      let a = (prints[left.key.left].rank, prints[left.key.right].rank)
      return a < (prints[right.key.left].rank, prints[right.key.right].rank)
    }
    return ranked.prefix(Limits.pairs).map(\.key)
  }

  /// Pairs each evaluation record of a bucket with the next few on other sides.
  private static func meet(_ bucket: [Int], _ sides: [Side?]) -> [Pair] {
    let bySide = Side.allCases.map { side in bucket.filter { sides[$0] == side } }
    var pairs: [Pair] = []
    for (place, record) in bucket.enumerated() {
      guard let own = sides[record], own.isEvaluation else { continue }
      for other in Side.allCases where other != own && !(own == .test && other == .validation) {
        let others = bySide[other.index]
        guard !others.isEmpty else { continue }
        for step in 0..<min(Limits.neighbours, others.count) {
          pairs.append(Pair(left: record, right: others[(place + step) % others.count]))
        }
      }
    }
    return pairs
  }

  /// Computes the similarity of candidates exactly, from their shingles.
  private static func best(
    of pairs: [Pair], in records: [RecordCollection], _ sides: [Side?]
  ) throws -> NearestPair? {
    let wanted = Set(pairs.flatMap { [$0.left, $0.right] })
    var shingles: [Int: (Shingles, id: String)] = [:]
    var index = 0
    for part in records {
      try part.forEachBatch { batch in
        for record in batch {
          if wanted.contains(index) { shingles[index] = (Shingles(of: record), record.id) }
          index += 1
        }
      }
    }
    return pairs.compactMap { pair -> NearestPair? in
      guard let left = shingles[pair.left], let right = shingles[pair.right],
        let leftSide = sides[pair.left], let rightSide = sides[pair.right]
      else { return nil }
      let similarity = left.0.jaccard(right.0)
      let swaps = right.id.utf8.lexicographicallyPrecedes(left.id.utf8)
      return swaps
        ? NearestPair(
          similarity: similarity, first: right.id, firstSide: rightSide, second: left.id,
          secondSide: leftSide)
        : NearestPair(
          similarity: similarity, first: left.id, firstSide: leftSide, second: right.id,
          secondSide: rightSide)
    }.max { $0.precedes($1) }
  }

  /// Whether another pair has more in common; of equals the one whose ids come first wins.
  private func precedes(_ other: NearestPair) -> Bool {
    if similarity != other.similarity { return similarity < other.similarity }
    return (other.first, other.second) < (first, second)
  }
}

extension Shingles {
  /// The shingles of what a record asks.
  fileprivate init(of record: Record) {
    self.init(ofForm: ComparableText.form(ofInputsOf: record), width: NearestPair.Limits.width)
  }
}
