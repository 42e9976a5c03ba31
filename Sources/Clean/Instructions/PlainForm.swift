/// Simple forms of texts that rules for turns compare.
enum PlainForm {
  /// Marks that a finished text ends with.
  static let endMarks: Set<Unicode.Scalar> = [
    ".", "!", "?", "。", "！", "？", "…", "\"", "'", "”", "’", "」", "』", "》", ")", "）", "]", "】", "}",
    ":", "：", ";", "；", "~", "～", "%", "`",
  ]

  /// A text without white space at its ends.
  static func trimmed(_ text: some StringProtocol) -> Substring {
    var view = Substring(text).unicodeScalars
    while let first = view.first, first.properties.isWhitespace { view.removeFirst() }
    while let last = view.last, last.properties.isWhitespace { view.removeLast() }
    return Substring(view)
  }

  /// The words of a text in small letters, without punctuation; an ideograph is a word.
  static func words(of text: String) -> [String] {
    var words: [String] = []
    var word = String.UnicodeScalarView()
    func finish() {
      if !word.isEmpty { words.append(String(word).lowercased()) }
      word = String.UnicodeScalarView()
    }
    for scalar in text.unicodeScalars {
      if isIdeograph(scalar) {
        finish()
        words.append(String(scalar))
      } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
        word.append(scalar)
      } else {
        finish()
      }
    }
    finish()
    return words
  }

  /// Whether a character is a word by itself: Han characters and kana.
  static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF: true
    default: false
    }
  }
}
