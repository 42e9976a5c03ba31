import Records

/// What a tokenizer makes of one record.
struct RecordTally: Sendable {
  /// Tokens before cutting, special ones included.
  var tokens: Int32
  /// Tokens of the texts alone.
  var textTokens: Int32
  /// What stands between white space in the texts.
  var words: Int32
  /// Unicode scalars of the texts.
  var characters: Int32
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
    var textTokens = 0
    var unknown = 0
    var words = 0
    var characters = 0
    for field in record.fields(selector) {
      let ids = tokenizer.ids(of: field.text, addSpecialTokens: false)
      textTokens += ids.count
      if let unknownId = tokenizer.unknownId { unknown += ids.count { $0 == unknownId } }
      let size = Self.size(of: field.text)
      words += size.words
      characters += size.characters
    }
    let tokens = textTokens + tokenizer.addedTokenCount(pair: false)
    return RecordTally(
      tokens: Int32(clamping: tokens), textTokens: Int32(clamping: textTokens),
      words: Int32(clamping: words), characters: Int32(clamping: characters),
      unknown: Int32(clamping: unknown), isTruncated: maximumLength.map { tokens > $0 } ?? false)
  }

  private static func size(of text: String) -> (words: Int, characters: Int) {
    var words = 0
    var characters = 0
    var isInWord = false
    for scalar in text.unicodeScalars {
      characters += 1
      let isSpace = scalar.properties.isWhitespace
      if !isSpace, !isInWord { words += 1 }
      isInWord = !isSpace
    }
    return (words, characters)
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
    var (records, tokens, truncated, unknown) = (0, 0, 0, 0)
    var (textTokens, words, characters) = (0, 0, 0)
    var longest: Int32 = 0
    for tally in tallies {
      records += 1
      tokens += Int(tally.tokens)
      textTokens += Int(tally.textTokens)
      words += Int(tally.words)
      characters += Int(tally.characters)
      longest = max(longest, tally.tokens)
      truncated += tally.isTruncated ? 1 : 0
      unknown += Int(tally.unknown)
    }
    func ratio(_ count: Int, _ whole: Int) -> JSONValue {
      whole > 0 ? .real(Double(count) / Double(whole)) : .null
    }
    return [
      "records": .integer(records), "tokens": .integer(tokens), "longest": .integer(longest),
      "truncated": .integer(truncated), "unknown": .integer(unknown), "words": .integer(words),
      "fertility": ratio(textTokens, words),
      "characters-per-token": ratio(characters, textTokens),
    ]
  }

  /// The sums by side; records without a side stand under `all`.
  var json: JSONValue {
    var object: JSONObject = ["vocabulary": .integer(vocabularySize)]
    for (side, sum) in sums { object[side?.rawValue ?? "all"] = .object(sum) }
    return .object(object)
  }
}
