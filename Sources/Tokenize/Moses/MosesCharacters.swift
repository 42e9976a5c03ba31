/// Sets of characters that the rules of Moses speak of.
struct MosesCharacters: Sendable {
  let alphanumeric: ScalarTable<Bool>
  let alphabetic: ScalarTable<Bool>

  /// The sets of a language: Chinese, Japanese and Korean count their own characters as letters.
  init(language: String) {
    var extra = ScalarSet()
    if language == "ko" || language == "cjk" { extra = extra.union(Self.set(MosesData.hangul)) }
    if ["zh", "ja", "cjk"].contains(language) { extra = extra.union(Self.set(MosesData.han)) }
    if language == "ja" || language == "cjk" {
      extra = extra.union(Self.set(MosesData.hiragana)).union(Self.set(MosesData.katakana))
    }
    alphanumeric = Self.set(MosesData.alphanumeric).union(extra).table
    alphabetic = Self.set(MosesData.alphabetic).union(extra).table
  }

  static let number = set(MosesData.number).table
  static let lower = set(MosesData.lower).table
  static let currency = set(MosesData.currency).table
  static let plainAlphabetic = set(MosesData.detokenizerAlphabetic).table
  /// White space of Python's expressions.
  static let space = CharacterProperties.space.union(ScalarSet([0x1C...0x1F])).table
  /// `\d` of Python's expressions.
  static let digit = CharacterProperties.digit.table

  private static func set(_ packed: String) -> ScalarSet {
    var ranges: [ClosedRange<UInt32>] = []
    var place: UInt32 = 0
    for item in UnicodeData.items(packed) {
      ranges.append(place + item[0]...place + item[0] + item[1] - 1)
      place += item[0] + item[1]
    }
    return ScalarSet(ranges)
  }

  /// Whether a reader takes a scalar for a Chinese, Japanese or Korean character.
  static func isCJK(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x1100...0x11FF, 0x2E80...0xA4CF, 0xA840...0xA87F, 0xAC00...0xD7AF, 0xF900...0xFAFF,
      0xFE30...0xFE4F, 0xFF65...0xFFDC, 0x17000...0x18AFF, 0x1B000...0x1B0FF, 0x1B130...0x1B16F,
      0x20000...0x2FFFF:
      true
    default: false
    }
  }
}

/// A text as scalars, for rules that replace parts of it.
typealias ScalarText = [UInt32]

extension ScalarText {
  init(_ text: String) { self = text.unicodeScalars.map(\.value) }

  /// The text in UTF-8.
  var utf8: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for scalar in self { UTF8Scalars.append(scalar, to: &bytes) }
    return bytes
  }

  /// Replaces a text wherever it stands, from left to right.
  func replacing(_ old: String, _ new: String) -> ScalarText {
    let old = ScalarText(old)
    guard let first = old.first, contains(first) else { return self }
    let new = ScalarText(new)
    return rewritten { text, place in
      text[place...].starts(with: old) ? (old.count, new) : nil
    }
  }

  /// Replaces runs of what `isPart` holds for by a text.
  func replacingRuns(by new: ScalarText, _ isPart: (UInt32) -> Bool) -> ScalarText {
    rewritten { text, place in
      let count = text[place...].prefix(while: isPart).count
      return count > 0 ? (count, new) : nil
    }
  }

  /// Replaces what a rule finds, from left to right; it says how much it takes and what comes instead.
  func rewritten(_ rule: (ScalarText, Int) -> (count: Int, new: ScalarText)?) -> ScalarText {
    var result: ScalarText = []
    result.reserveCapacity(count)
    var place = 0
    while place < count {
      if let (taken, new) = rule(self, place) {
        result += new
        place += taken
      } else {
        result.append(self[place])
        place += 1
      }
    }
    return result
  }

  /// Without white space at the ends.
  var stripped: ScalarText {
    let isSpace = MosesCharacters.space
    guard let first = firstIndex(where: { !isSpace[$0] }),
      let last = lastIndex(where: { !isSpace[$0] })
    else { return [] }
    return ScalarText(self[first...last])
  }

  /// The words between white space.
  var words: [ScalarText] {
    let isSpace = MosesCharacters.space
    return split { isSpace[$0] }.map(ScalarText.init)
  }
}
