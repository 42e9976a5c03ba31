/// Moses' normalization of punctuation, as sacremoses has it, with the steps that FSMT puts around.
struct MosesPunctuation: Sendable {
  private let language: String

  init(language: String) { self.language = language }

  /// The normalized text.
  func normalize(_ text: ScalarText) -> ScalarText {
    var text = spaced(text)
    text = text.replacing("`", "'").replacing("''", " \" ")
    for (old, new) in Self.marks { text = text.replacing(old, new) }
    text = Self.joinedSpaces(text)
    text = text.replacing("\u{B4}", "'")
    text = apostrophes(text, 0x2018)
    text = apostrophes(text, 0x2019)
    for (old, new) in Self.quotes { text = text.replacing(old, new) }
    text = Self.joinedSpaces(text)
    text = language == "en" ? commasFirst(text) : commasLast(text)
    return numbers(text).stripped
  }

  private static let marks = [
    ("\u{201E}", "\""), ("\u{201C}", "\""), ("\u{201D}", "\""), ("\u{2013}", "-"),
    ("\u{2014}", " - "),
  ]

  private static let quotes = [
    ("\u{2018}", "'"), ("\u{201A}", "'"), ("\u{2019}", "'"), ("''", "\""),
    ("\u{B4}\u{B4}", "\""), ("\u{2026}", "..."), ("\u{A0}\u{AB}\u{A0}", "\""),
    ("\u{AB}\u{A0}", "\""), ("\u{AB}", "\""), ("\u{A0}\u{BB}\u{A0}", "\""),
    ("\u{A0}\u{BB}", "\""), ("\u{BB}", "\""), ("\u{A0}%", "%"), ("n\u{BA}\u{A0}", "n\u{BA} "),
    ("\u{A0}:", ":"), ("\u{A0}\u{BA}C", " \u{BA}C"), ("\u{A0}cm", " cm"), ("\u{A0}?", "?"),
    ("\u{A0}!", "!"), ("\u{A0};", ";"), (",\u{A0}", ", "),
  ]

  private static func joinedSpaces(_ text: ScalarText) -> ScalarText {
    text.replacingRuns(by: [0x20]) { $0 == 0x20 }
  }

  /// Spaces around brackets and before signs.
  private func spaced(_ text: ScalarText) -> ScalarText {
    var text = text.replacing("\r", "").replacing("(", " (").replacing(")", ") ")
    text = Self.joinedSpaces(text)
    let signs = Set(ScalarText(".!:?;,"))
    text = text.rewritten { text, place in
      guard place + 2 < text.count, text[place] == 0x29, text[place + 1] == 0x20,
        signs.contains(text[place + 2])
      else { return nil }
      return (3, [0x29, text[place + 2]])
    }
    text = text.replacing("( ", "(").replacing(" )", ")")
    text = text.rewritten { text, place in
      guard place + 2 < text.count, MosesCharacters.digit[text[place]], text[place + 1] == 0x20,
        text[place + 2] == 0x25
      else { return nil }
      return (3, [text[place], 0x25])
    }
    return text.replacing(" :", ":").replacing(" ;", ";")
  }

  /// A typographic apostrophe between Latin letters becomes a plain one.
  private func apostrophes(_ text: ScalarText, _ sign: UInt32) -> ScalarText {
    func isLetter(_ scalar: UInt32) -> Bool {
      (0x41...0x5A).contains(scalar) || (0x61...0x7A).contains(scalar)
    }
    return text.rewritten { text, place in
      guard place + 2 < text.count, isLetter(text[place]), text[place + 1] == sign,
        isLetter(text[place + 2])
      else { return nil }
      return (3, [text[place], 0x27, text[place + 2]])
    }
  }

  /// English: a quotation mark goes behind the signs that follow it.
  private func commasFirst(_ text: ScalarText) -> ScalarText {
    text.rewritten { text, place in
      guard text[place] == 0x22 else { return nil }
      let signs = text[(place + 1)...].prefix { $0 == 0x2C || $0 == 0x2E }
      return signs.isEmpty ? nil : (1 + signs.count, ScalarText(signs) + [0x22])
    }
  }

  /// German, Spanish, French: it goes before a comma, and before full stops amid a text.
  private func commasLast(_ text: ScalarText) -> ScalarText {
    guard ["de", "es", "fr"].contains(language) else { return text }
    return text.replacing(",\"", "\",").rewritten { text, place in
      guard text[place] == 0x2E else { return nil }
      let dots = text[place...].prefix { $0 == 0x2E }.count
      let quote = place + dots
      guard quote < text.count, text[quote] == 0x22 else { return nil }
      var end = quote + 1
      while end < text.count, MosesCharacters.space[text[end]] { end += 1 }
      // Where the text ends or a '<' follows, the last white space is what is no '<'.
      if end == text.count || text[end] == 0x3C { end -= 1 }
      guard end > quote else { return nil }
      return (
        end + 1 - place,
        [0x22] + ScalarText(text[place..<quote]) + ScalarText(text[(quote + 1)...end])
      )
    }
  }

  /// A no-break space between digits becomes the language's sign.
  private func numbers(_ text: ScalarText) -> ScalarText {
    let sign: UInt32 = ["de", "es", "cz", "cs", "fr"].contains(language) ? 0x2C : 0x2E
    return text.rewritten { text, place in
      guard place + 2 < text.count, MosesCharacters.digit[text[place]], text[place + 1] == 0xA0,
        MosesCharacters.digit[text[place + 2]]
      else { return nil }
      return (3, [text[place], sign, text[place + 2]])
    }
  }

  /// Wide and Chinese punctuation in ASCII.
  static func replaceWide(_ text: ScalarText) -> ScalarText {
    var result: ScalarText = []
    result.reserveCapacity(text.count)
    var dropsSpace = false
    for scalar in text {
      if dropsSpace, MosesCharacters.space[scalar] { continue }
      dropsSpace = scalar == 0x3002 || scalar == 0xFF0E
      result += wide[scalar] ?? [scalar]
    }
    return result
  }

  private static let wide: [UInt32: ScalarText] = {
    var map: [UInt32: ScalarText] = [0x3002: ScalarText(". "), 0xFF0E: ScalarText(". ")]
    let pairs: [(String, String)] = [
      ("\u{FF0C}\u{3001}", ","), ("\u{201D}\u{201C}\u{300A}\u{300B}\u{300D}\u{300C}", "\""),
      ("\u{2236}\u{FF1A}", ":"), ("\u{FF1F}", "?"), ("\u{FF09}", ")"), ("\u{FF01}", "!"),
      ("\u{FF08}", "("), ("\u{FF1B}", ";"), ("\u{FF5E}", "~"), ("\u{2019}", "'"),
      ("\u{2026}", "..."), ("\u{2501}", "-"), ("\u{3008}", "<"), ("\u{3009}", ">"),
      ("\u{3010}", "["), ("\u{3011}", "]"), ("\u{FF05}", "%"),
    ]
    for (old, new) in pairs {
      for scalar in ScalarText(old) { map[scalar] = ScalarText(new) }
    }
    for digit in UInt32(0)..<10 { map[0xFF10 + digit] = [0x30 + digit] }
    return map
  }()
}
