import Records
import Stages

/// Divides plain text into paragraphs: lines up to the next blank one.
enum TextPieces {
  /// Calls `visit` with the line each paragraph begins on and its bytes, lines joined by `\n`.
  static func forEachParagraph(
    _ lines: LineReader, name: String, _ visit: (Int, [UInt8]) throws -> Void
  ) throws {
    var paragraph: [UInt8] = []
    var first = 0
    try lines.forEach { line, bytes in
      guard !isBlank(bytes) else {
        if !paragraph.isEmpty { try visit(first, paragraph) }
        paragraph = []
        return
      }
      if paragraph.isEmpty {
        first = line
        paragraph = bytes
      } else {
        paragraph.append(0x0A)
        paragraph += bytes
      }
      if paragraph.count > StageError.largestRecord {
        throw StageError.tooLarge(Source(file: name, line: first))
      }
    }
    if !paragraph.isEmpty { try visit(first, paragraph) }
  }

  /// Whether bytes are blanks alone.
  static func isBlank(_ bytes: [UInt8]) -> Bool {
    bytes.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
  }
}
