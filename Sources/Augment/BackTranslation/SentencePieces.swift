import TextKit

/// A text as the sentences that are translated one by one, and what stands between them.
///
/// Lines, blanks at their ends, code and stretches without a letter stay as they are.
struct SentencePieces {
  /// The sentences, in UTF-8 bytes.
  let ranges: [Range<Int>]
  private let bytes: [UInt8]

  /// - Parameter kept: Stretches that no sentence may lie in wholly, in order.
  init(_ text: String, language: String, kept: [Range<Int>]) {
    let bytes = Array(text.utf8)
    self.bytes = bytes
    let sentences = Segmentation(.sentence, locale: language).segments(of: text)
    ranges = sentences.flatMap { Self.lines(of: bytes, $0.range) }.filter { range in
      Self.hasLetter(bytes[range])
        && !kept.contains { $0.lowerBound <= range.lowerBound && range.upperBound <= $0.upperBound }
    }
  }

  /// The sentences.
  var texts: [String] { ranges.map { String(decoding: bytes[$0], as: UTF8.self) } }

  /// The text with other sentences in the places of its own.
  func with(_ sentences: [String]) -> String {
    precondition(
      sentences.count == ranges.count, "\(sentences.count) for \(ranges.count) sentences")
    var result: [UInt8] = []
    var place = 0
    for (range, sentence) in zip(ranges, sentences) {
      result += bytes[place..<range.lowerBound]
      result += sentence.utf8
      place = range.upperBound
    }
    return String(decoding: result + bytes[place...], as: UTF8.self)
  }

  /// The lines of a stretch, without white space at their ends; empty ones left out.
  private static func lines(of bytes: [UInt8], _ range: Range<Int>) -> [Range<Int>] {
    bytes[range].split(separator: UInt8(ascii: "\n")).compactMap { line in
      guard let first = line.firstIndex(where: { $0 > 0x20 }),
        let last = line.lastIndex(where: { $0 > 0x20 })
      else { return nil }
      return first..<last + 1
    }
  }

  /// A sentence without white space at its ends, which some translators put there.
  static func trimmed(_ sentence: String) -> String {
    let bytes = Array(sentence.utf8)
    return lines(of: bytes, bytes.indices).map { String(decoding: bytes[$0], as: UTF8.self) }
      .joined(separator: " ")
  }

  private static func hasLetter(_ bytes: ArraySlice<UInt8>) -> Bool {
    String(decoding: bytes, as: UTF8.self).unicodeScalars.contains { $0.properties.isAlphabetic }
  }
}
