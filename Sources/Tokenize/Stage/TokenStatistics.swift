import Records

/// What a tokenizer makes of one record.
struct RecordTally: Sendable {
  /// Tokens before cutting, special ones included.
  var tokens: Int32
  /// Tokens that stand for what the tokenizer does not know.
  var unknown: Int32
  /// Whether the record is longer than the bound.
  var isTruncated: Bool

  /// What the ledger should say of the record, if anything.
  var note: JSONValue? {
    guard isTruncated || unknown > 0 else { return nil }
    var note: JSONObject = ["tokens": .integer(tokens)]
    if isTruncated { note["truncated"] = true }
    if unknown > 0 { note["unknown"] = .integer(unknown) }
    return .object(note)
  }
}

/// Counts the tokens of records, all texts of a record put one after the other.
struct RecordMeasure: Sendable {
  let tokenizer: Tokenizer
  let maximumLength: Int?
  let selector: Selector

  func tally(_ record: Record) -> RecordTally {
    var tokens = tokenizer.addedTokenCount(pair: false)
    var unknown = 0
    for field in record.fields(selector) {
      let ids = tokenizer.ids(of: field.text, addSpecialTokens: false)
      tokens += ids.count
      if let unknownId = tokenizer.unknownId { unknown += ids.count { $0 == unknownId } }
    }
    return RecordTally(
      tokens: Int32(clamping: tokens), unknown: Int32(clamping: unknown),
      isTruncated: maximumLength.map { tokens > $0 } ?? false)
  }
}

/// The sums over the records of each side.
struct TokenStatistics {
  private let vocabularySize: Int
  private var sums: [(side: Side?, sum: JSONObject)] = []

  init(_ tallies: [(Side?, RecordTally)], vocabularySize: Int) {
    self.vocabularySize = vocabularySize
    for side in Side.allCases.map(Optional.some) + [nil] {
      let own = tallies.lazy.filter { $0.0 == side }.map(\.1)
      guard !own.isEmpty else { continue }
      sums.append((side, Self.sum(own)))
    }
  }

  private static func sum(_ tallies: some Sequence<RecordTally>) -> JSONObject {
    var records = 0
    var tokens = 0
    var longest: Int32 = 0
    var truncated = 0
    var unknown = 0
    for tally in tallies {
      records += 1
      tokens += Int(tally.tokens)
      longest = max(longest, tally.tokens)
      truncated += tally.isTruncated ? 1 : 0
      unknown += Int(tally.unknown)
    }
    return [
      "records": .integer(records), "tokens": .integer(tokens), "longest": .integer(longest),
      "truncated": .integer(truncated), "unknown": .integer(unknown),
    ]
  }

  /// The sums by side; records without a side stand under `all`.
  var json: JSONValue {
    var object: JSONObject = ["vocabulary": .integer(vocabularySize)]
    for (side, sum) in sums { object[side?.rawValue ?? "all"] = .object(sum) }
    return .object(object)
  }
}
