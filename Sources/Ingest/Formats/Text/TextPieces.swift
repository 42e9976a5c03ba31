import Records
import Stages

/// Divides plain text into paragraphs: lines up to the next blank one.
enum TextPieces {
  /// Calls `visit` with the line each paragraph begins on and its bytes, lines joined by `\n`.
  ///
  /// - Parameter tooLong: Called with the line that a paragraph longer than the limit begins on.
  static func forEachParagraph(
    _ lines: LineReader, largest: Int, tooLong: (Int) throws -> Void,
    _ visit: (Int, [UInt8]) throws -> Void
  ) throws {
    var paragraph: [UInt8] = []
    var first = 0
    var isPassedOver = false
    func add(_ line: Int, _ bytes: [UInt8]?) throws {
      if isPassedOver { return }
      if first == 0 { first = line }
      if let bytes {
        if !paragraph.isEmpty { paragraph.append(0x0A) }
        paragraph += bytes
        guard paragraph.count > largest else { return }
      }
      try tooLong(first)
      paragraph = []
      isPassedOver = true
    }
    try lines.forEach(tooLong: { try add($0, nil) }) { line, bytes in
      guard isBlank(bytes) else { return try add(line, bytes) }
      if !paragraph.isEmpty { try visit(first, paragraph) }
      paragraph = []
      first = 0
      isPassedOver = false
    }
    if !paragraph.isEmpty { try visit(first, paragraph) }
  }

  /// Whether bytes are blanks alone.
  static func isBlank(_ bytes: [UInt8]) -> Bool {
    bytes.allSatisfy(TextSplitting.isBlank)
  }
}
