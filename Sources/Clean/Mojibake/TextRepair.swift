import Stages
import TextKit

/// What is mended in a text, with ftfy's names.
struct TextRepair: Sendable {
  /// When references to characters such as `&eacute;` are read.
  enum HTMLRule: String, ChoiceValue {
    /// Up to the first line with a `<`, behind which the text is taken for HTML.
    case auto
    case always
    case never
  }

  var unescapesHTML = HTMLRule.auto
  var removesTerminalEscapes = true
  var fixesEncoding = true
  var encoding = EncodingRepair()
  var fixesLatinLigatures = true
  var fixesCharacterWidth = true
  var uncurlsQuotes = true
  var fixesLineBreaks = true
  var removesControlCharacters = true
  var normalization: NormalizationForm? = .nfc

  /// Characters that are mended at once where there are no line ends.
  private static let longest = 1_000_000

  /// The text with every line mended by itself.
  func repaired(_ text: String) -> String {
    var text = text
    let bytes = text.withUTF8 { Array($0) }
    guard bytes.contains(where: { Self.isSuspect[Int($0)] }) else { return text }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var start = 0
    var seesHTML = unescapesHTML != .never
    while start < bytes.count {
      let newline = bytes[start...].firstIndex(of: 0x0A)
      let line = bytes[start..<(newline.map { $0 + 1 } ?? bytes.count)]
      start = line.endIndex
      if unescapesHTML == .auto, line.contains(UInt8(ascii: "<")) { seesHTML = false }
      append(line, unescaping: seesHTML, to: &result)
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Bytes that something may have to be done about.
  private static let isSuspect: [Bool] = (0..<256).map { value in
    value >= 0x7F || value == 0x26 || value < 0x20 && ![0x09, 0x0A, 0x0C].contains(value)
  }

  private func append(_ line: ArraySlice<UInt8>, unescaping: Bool, to result: inout [UInt8]) {
    guard line.contains(where: { Self.isSuspect[Int($0)] }) else {
      result += line
      return
    }
    let scalars = String(decoding: line, as: UTF8.self).unicodeScalars.map(\.value)
    for first in stride(from: 0, to: scalars.count, by: Self.longest) {
      let part = Array(scalars[first..<min(first + Self.longest, scalars.count)])
      for scalar in repaired(part, unescaping: unescaping) {
        let scalar = Unicode.Scalar(scalar) ?? "\u{FFFD}"
        result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
  }

  /// Takes all steps until none changes anything.
  private func repaired(_ line: [UInt32], unescaping: Bool) -> [UInt32] {
    var text = line
    while true {
      let before = text
      if unescaping { text = HTMLNames.standard.unescaped(text) }
      if fixesEncoding { text = encoding.repaired(text) }
      if encoding.fixesC1Controls { text = EncodingRepair.withoutC1Controls(text) }
      if fixesLatinLigatures { text = CharacterForms.ligatures.replaced(text) }
      if fixesCharacterWidth { text = CharacterForms.widths.replaced(text) }
      if uncurlsQuotes { text = text.map(CharacterForms.straightQuote) }
      if fixesLineBreaks { text = LineEnds.fixed(text) }
      if removesTerminalEscapes { text = ControlText.withoutEscapes(text) }
      if removesControlCharacters { text.removeAll(where: ControlText.isRemoved) }
      if let normalization { text = normalized(text, normalization) }
      if text == before { return text }
    }
  }

  private func normalized(_ text: [UInt32], _ form: NormalizationForm) -> [UInt32] {
    // Nothing below U+0300 composes with what stands before it.
    let inert: UInt32 = form == .nfc ? 0x300 : 0x80
    guard text.contains(where: { $0 >= inert }) else { return text }
    var string = String.UnicodeScalarView()
    string.append(contentsOf: text.lazy.map { Unicode.Scalar($0) ?? "\u{FFFD}" })
    return Normalizer(form).normalize(String(string)).unicodeScalars.map(\.value)
  }
}
