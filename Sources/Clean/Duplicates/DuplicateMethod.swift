import Records
import Stages
import TextKit

/// How two records are found to be the same, with what that needs to know.
enum DuplicateMethod: Sendable {
  /// The texts are equal, byte for byte or in their comparable form.
  case exact(normalizes: Bool)
  /// The sets of shingles are alike; all such pairs are found, or those that meet in a band.
  case minhash(ShingleForm, threshold: Double, BandRule?)
  /// Candidates are those of datatrove.
  case datatrove(DatatroveRule)
  /// Fingerprints of the sets of shingles differ in few bits.
  case simhash(ShingleForm, limit: Int)

  /// How shingles are made.
  struct ShingleForm: Sendable {
    let width: Int
    let unit: Shingles.Unit

    func shingles(_ texts: [String]) -> Shingles {
      Shingles(texts, width: width, of: unit, keepsWordless: true)
    }
  }

  /// What is kept of a record's texts for comparing it.
  func set(of texts: [String]) -> [UInt64] {
    switch self {
    case .exact(let normalizes):
      // No text holds the mark between two.
      let key = texts.map { normalizes ? ComparableText.form($0) : $0 }
        .joined(separator: "\u{0}")
      return Self.numbers(of: ContentHash.short(key))
    case .minhash(let form, _, _): return form.shingles(texts).hashes
    case .datatrove(let rule): return rule.set(of: texts)
    case .simhash(let form, _): return [SimHash.fingerprint(form.shingles(texts))]
    }
  }

  /// A hash of equal texts as a set.
  static func numbers(of hash: UInt128) -> [UInt64] {
    [UInt64(truncatingIfNeeded: hash), UInt64(truncatingIfNeeded: hash >> 64)]
  }

  /// Finds the survivor of every record.
  func search(
    _ store: SetStore, _ order: [Int32], bytes: Int, threads: Int, _ finder: inout SurvivorFinder
  ) throws {
    func run(_ rule: some SimilarityRule) throws {
      try NeighbourSearch(rule, in: store, threads: threads)
        .runWithinMemory(order, bytes: bytes, &finder)
    }
    switch self {
    case .exact:
      var sets = EqualSets(in: store, bytes: bytes)
      try sets.run(order, &finder)
    case .minhash(_, _, let rule?): try run(rule)
    case .minhash(_, let threshold, nil):
      try run(try JaccardRule(threshold: threshold, in: store, bytes: bytes / 4))
    case .datatrove(let rule): try run(rule)
    case .simhash(_, let limit): try run(HammingRule(limit: limit))
    }
  }

  /// Why a record is dropped: the rule, its value and its threshold.
  func reason(_ similarity: Double) -> Reason {
    switch self {
    case .exact: return Reason("exact-duplicate")
    case .minhash(_, let threshold, _):
      return Reason(
        "near-duplicate", ["similarity": .real(similarity), "threshold": .real(threshold)])
    case .datatrove(let rule):
      return Reason(
        "near-duplicate",
        ["similarity": .real(similarity), "threshold": rule.threshold.map { .real($0) } ?? .null])
    case .simhash(_, let limit):
      let distance = Int(((1 - similarity) * 64).rounded())
      return Reason(
        "near-duplicate", ["hamming": .integer(distance), "max-hamming": .integer(limit)])
    }
  }
}
