/// The Moses tokenizer, rule for rule as sacremoses has it, with dashes split and signs escaped.
struct MosesTokenizer: Sendable {
  private let language: String
  private let characters: MosesCharacters
  private let prefixes: Set<ScalarText>
  private let numericPrefixes: Set<ScalarText>

  private static let numericMark = " #NUMERIC_ONLY#"

  /// A tokenizer of a language; those without abbreviations of their own take the English ones.
  init(language: String) {
    self.language = language
    characters = MosesCharacters(language: language)
    let packed = MosesData.prefixes[language] ?? MosesData.prefixes["en"] ?? ""
    var prefixes: Set<ScalarText> = []
    var numeric: Set<ScalarText> = []
    for entry in packed.split(whereSeparator: { $0 == "|" || $0 == "\n" }) {
      prefixes.insert(ScalarText(String(entry)))
      if entry.hasSuffix(Self.numericMark) {
        numeric.insert(ScalarText(String(entry.dropLast(Self.numericMark.count))))
      }
    }
    self.prefixes = prefixes
    numericPrefixes = numeric
  }

  /// The words and signs of a text.
  func tokenize(_ text: ScalarText) -> [ScalarText] {
    let space = MosesCharacters.space
    var text = text.replacingRuns(by: [0x20]) { space[$0] }
    text.removeAll { $0 < 0x20 }
    text = dashes(padded(text.stripped))
    text = Self.multidots(text)
    text = apostrophes(commas(text))
    text = periods(text)
    text = Self.trailingApostrophe(text.replacingRuns(by: [0x20]) { space[$0] }.stripped)
    return Self.escaped(Self.restoredMultidots(text)).words
  }

  /// Spaces around what is no letter, digit or sign that later rules are about.
  private func padded(_ text: ScalarText) -> ScalarText {
    let kept = Set(ScalarText(".'`,-"))
    return text.rewritten { text, place in
      let scalar = text[place]
      if characters.alphanumeric[scalar] || MosesCharacters.space[scalar] || kept.contains(scalar) {
        return nil
      }
      return (1, [0x20, scalar, 0x20])
    }
  }

  /// `a-b` becomes `a @-@ b`.
  private func dashes(_ text: ScalarText) -> ScalarText {
    let sign = ScalarText(" @-@ ")
    return text.rewritten { text, place in
      guard text[place] == 0x2D, place > 0, place + 1 < text.count,
        characters.alphanumeric[text[place - 1]], characters.alphanumeric[text[place + 1]]
      else { return nil }
      return (1, sign)
    }
  }

  /// Runs of dots become words that later rules leave alone.
  private static func multidots(_ text: ScalarText) -> ScalarText {
    text.rewritten { text, place in
      guard text[place] == 0x2E else { return nil }
      let count = text[place...].prefix { $0 == 0x2E }.count
      guard count > 1 else { return nil }
      let word = " " + String(repeating: "DOT", count: count) + "MULTI"
      return (count, ScalarText(place + count < text.count ? word + " " : word))
    }
  }

  private static func restoredMultidots(_ text: ScalarText) -> ScalarText {
    let dot = ScalarText("DOT")
    let mark = ScalarText("MULTI")
    return text.rewritten { text, place in
      var end = place
      while text[end...].starts(with: dot) { end += dot.count }
      guard end > place, text[end...].starts(with: mark) else { return nil }
      let count = (end - place) / dot.count
      return (end + mark.count - place, ScalarText(repeating: 0x2E, count: count))
    }
  }

  /// Commas stand apart, except within numbers.
  private func commas(_ text: ScalarText) -> ScalarText {
    let isNumber = MosesCharacters.number
    var text = text.rewritten { text, place in
      guard place + 1 < text.count, text[place + 1] == 0x2C, !isNumber[text[place]] else {
        return nil
      }
      return (2, [text[place], 0x20, 0x2C, 0x20])
    }
    text = text.rewritten { text, place in
      guard place + 1 < text.count, text[place] == 0x2C, !isNumber[text[place + 1]] else {
        return nil
      }
      return (2, [0x20, 0x2C, 0x20, text[place + 1]])
    }
    if text.count > 1, text.last == 0x2C, isNumber[text[text.count - 2]] {
      text.replaceSubrange(text.count - 1..<text.count, with: [0x20, 0x2C, 0x20])
    }
    return text
  }

  private func apostrophes(_ text: ScalarText) -> ScalarText {
    let isLetter = { (scalar: UInt32) in characters.alphabetic[scalar] }
    let isNumber = { (scalar: UInt32) in MosesCharacters.number[scalar] }
    let isOther = { (scalar: UInt32) in !isLetter(scalar) }
    let apart = (ScalarText(" "), ScalarText(" "))
    let joinsNext = (ScalarText(" "), ScalarText())
    let joinsPrevious = (ScalarText(), ScalarText(" "))
    switch language {
    case "en":
      var text = Self.around(text, isOther, isOther, apart)
      text = Self.around(text, { isOther($0) && !isNumber($0) }, isLetter, apart)
      text = Self.around(text, isLetter, isOther, apart)
      text = Self.around(text, isLetter, isLetter, joinsNext)
      return Self.around(text, isNumber, { $0 == 0x73 }, joinsNext)
    case "fr", "it":
      var text = Self.around(text, isOther, isOther, apart)
      text = Self.around(text, isOther, isLetter, apart)
      text = Self.around(text, isLetter, isOther, apart)
      return Self.around(text, isLetter, isLetter, joinsPrevious)
    default: return text.replacing("'", " ' ")
    }
  }

  /// Puts texts around apostrophes whose neighbours are of two kinds.
  private static func around(
    _ text: ScalarText, _ before: (UInt32) -> Bool, _ after: (UInt32) -> Bool,
    _ texts: (ScalarText, ScalarText)
  ) -> ScalarText {
    text.rewritten { text, place in
      guard place + 2 < text.count, text[place + 1] == 0x27, before(text[place]),
        after(text[place + 2])
      else { return nil }
      return (3, [text[place]] + texts.0 + [0x27] + texts.1 + [text[place + 2]])
    }
  }

  /// A full stop stands apart, except behind abbreviations and before small letters.
  private func periods(_ text: ScalarText) -> ScalarText {
    let words = text.words
    var result: ScalarText = []
    for (index, word) in words.enumerated() {
      if index > 0 { result.append(0x20) }
      guard word.count > 1, word.last == 0x2E else {
        result += word
        continue
      }
      let prefix = ScalarText(word.dropLast())
      let next = index + 1 < words.count ? words[index + 1].first : nil
      result += keepsPeriod(prefix, before: next) ? word : prefix + [0x20, 0x2E]
    }
    return result
  }

  private func keepsPeriod(_ prefix: ScalarText, before next: UInt32?) -> Bool {
    if prefix.contains(0x2E), prefix.contains(where: { characters.alphabetic[$0] }) { return true }
    let isNumeric = numericPrefixes.contains(prefix)
    if prefixes.contains(prefix), !isNumeric { return true }
    guard let next else { return false }
    return MosesCharacters.lower[next] || isNumeric && (0x30...0x39).contains(next)
  }

  /// `.'` at the end falls into two words.
  private static func trailingApostrophe(_ text: ScalarText) -> ScalarText {
    var end = text[...]
    if end.last == 0x20 { end = end.dropLast() }
    guard end.suffix(2) == [0x2E, 0x27] else { return text }
    return ScalarText(end.dropLast(2)) + ScalarText(" . ' ")
  }

  private static func escaped(_ text: ScalarText) -> ScalarText {
    text.rewritten { text, place in MosesEntities.escapes[text[place]].map { (1, $0) } }
  }
}

/// How Moses writes the signs that mean something to it.
enum MosesEntities {
  private static let names: [(sign: String, entity: String)] = [
    ("&", "&amp;"), ("|", "&#124;"), ("<", "&lt;"), (">", "&gt;"), ("'", "&apos;"),
    ("\"", "&quot;"), ("[", "&#91;"), ("]", "&#93;"),
  ]

  /// The entity of each sign.
  static let escapes = Dictionary(
    uniqueKeysWithValues: names.map { (ScalarText($0.sign)[0], ScalarText($0.entity)) })

  /// The text with signs for entities, those of older versions included.
  static func unescaped(_ text: ScalarText) -> ScalarText {
    guard text.contains(0x26) else { return text }
    let order = [
      ("&bar;", "|"), ("&#124;", "|"), ("&lt;", "<"), ("&gt;", ">"), ("&bra;", "["),
      ("&ket;", "]"), ("&quot;", "\""), ("&apos;", "'"), ("&#91;", "["), ("&#93;", "]"),
      ("&amp;", "&"),
    ]
    return order.reduce(text) { $0.replacing($1.0, $1.1) }
  }
}
