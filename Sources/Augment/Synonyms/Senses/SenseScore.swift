import Records

/// How sure a sense must be, and how much of a sentence's meaning a synonym must keep.
struct SenseRules: Sendable, Hashable {
  /// The least probability of the chosen sense.
  let certainty: Double
  /// The least cosine of the sentence with the synonym to the sentence as it was.
  let similarity: Double

  /// The usual least cosine.
  ///
  /// In short sentences of Tatoeba all-MiniLM-L6-v2 finds 98 of 100 pairs that two readers accepted at least so
  /// alike, and 65 of 100 that were sorted out by hand; at 0.9 it would be 91 and 48.
  static let usualSimilarity = 0.85
}

/// What an encoder says of a synonym in its place, as the ledger has it, beside what was asked for.
struct SenseScore: Sendable, Hashable {
  /// The probability of the sense, to four digits.
  let certainty: Double
  let leastCertainty: Double
  /// The cosine of the sentence with the synonym to the sentence as it was, to four digits; nil where the sense
  /// was not sure enough to ask.
  var similarity: Double?
  let leastSimilarity: Double

  /// Whether both are as large as is asked for.
  var isEnough: Bool {
    certainty >= leastCertainty && similarity.map { $0 >= leastSimilarity } == true
  }

  /// Why a word stays.
  enum Refusal: String {
    /// No sense is sure enough.
    case unsure = "unsure-sense"
    /// The sense is sure, and has no synonym that fits.
    case noSynonym = "no-synonym"
    /// With every synonym the sentence is another one.
    case unlike
  }

  /// Why a word with this score stays.
  var refusal: Refusal {
    if certainty < leastCertainty { return .unsure }
    return similarity == nil ? .noSynonym : .unlike
  }

  var members: [(key: String, value: JSONValue)] {
    let own: [(String, JSONValue)] = [
      ("certainty", .real(certainty)), ("min-certainty", .real(leastCertainty)),
    ]
    guard let similarity else { return own }
    return own + [("cosine", .real(similarity)), ("min-cosine", .real(leastSimilarity))]
  }

  /// Four digits are more than the order of additions changes.
  static func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 + 0 }
}
