import Records
import TextKit

/// What a model wrote, read as what was asked for.
enum AnswerText {
  /// The text without white space at its ends.
  static func trimmed(_ text: String) -> String {
    let bytes = Array(text.utf8)
    guard let first = bytes.firstIndex(where: { $0 > 0x20 }),
      let last = bytes.lastIndex(where: { $0 > 0x20 })
    else { return "" }
    return String(decoding: bytes[first...last], as: UTF8.self)
  }

  /// The text without a pair of quotation marks around it, which models put there, where the source has none.
  static func unquoted(_ text: String, like source: String) -> String {
    let marks: [(Character, Character)] = [("\"", "\""), ("\u{201C}", "\u{201D}"), ("'", "'")]
    guard text.count > 2, let first = text.first, let last = text.last,
      marks.contains(where: { $0 == (first, last) }), source.first != first
    else { return text }
    let inner = text.dropFirst().dropLast()
    return inner.contains(first) || inner.contains(last) ? text : trimmed(String(inner))
  }

  /// The text with each stretch of white space as one blank.
  static func onOneLine(_ text: String) -> String {
    text.utf8.split { $0 <= 0x20 }.map { String(decoding: $0, as: UTF8.self) }
      .joined(separator: " ")
  }

  /// The words of a text, in any language.
  static func words(_ text: String) -> Int {
    Segmentation(.word).segments(of: text).count { $0.isWord }
  }

  /// A seed of a question: the same for the same seed of the run, stage and names.
  ///
  /// 31 bits, which every endpoint takes.
  static func seed(_ seed: UInt64, _ names: String...) -> UInt64 {
    StableHash.hash(names.joined(separator: "/"), seed: seed) >> 33
  }
}
