import Records
import Stages
import TextKit

/// Divides plain text where a count or a pattern says, or where sentences end.
///
/// What is longer than the limit is told by the line it begins on, to `tooLong`, and passed over.
struct TextSplitting {
  let lines: LineReader
  /// The most bytes of a record.
  let largest: Int

  // MARK: - Sentences

  /// Calls `visit` with each sentence and the line its paragraph begins on.
  ///
  /// Lines of a paragraph are wrapped text, so their ends count as blanks.
  func forEachSentence(
    tooLong: (Int) throws -> Void, _ visit: (Int, [UInt8]) throws -> Void
  ) throws {
    let sentences = Segmentation(.sentence)
    try TextPieces.forEachParagraph(lines, largest: largest, tooLong: tooLong) { line, paragraph in
      // What is no UTF-8 is told where the record is parsed.
      guard UTF8Check.isValid(paragraph) else { return try visit(line, paragraph) }
      let text = paragraph.map { $0 == 0x0A ? 0x20 : $0 }
      for segment in text.withUnsafeBufferPointer({ sentences.segments(of: $0) }) {
        let sentence = Self.trimmed(text[segment.range])
        if !sentence.isEmpty { try visit(line, sentence) }
      }
    }
  }

  // MARK: - Chapters

  /// Calls `visit` with each chapter and the line it begins on; a line that the pattern matches
  /// begins one, and what stands before the first is one too.
  func forEachChapter(
    _ pattern: LinePattern, tooLong: (Int) throws -> Void, _ visit: (Int, [UInt8]) throws -> Void
  ) throws {
    var chapter: [UInt8] = []
    var first = 1
    var isPassedOver = false
    func passOver() throws {
      if !isPassedOver { try tooLong(first) }
      isPassedOver = true
      chapter = []
    }
    func end() throws {
      let text = Self.trimmed(chapter[...])
      if !text.isEmpty { try visit(first, text) }
      chapter = []
      isPassedOver = false
    }
    let begins = pattern.matcher()
    try lines.forEach(tooLong: { _ in try passOver() }) { line, bytes in
      if begins(bytes) {
        try end()
        first = line
      }
      if isPassedOver { return }
      if !chapter.isEmpty { chapter.append(0x0A) }
      chapter += bytes
      if chapter.count > largest { try passOver() }
    }
    try end()
  }

  // MARK: - Windows

  /// Calls `visit` with stretches of at most `size` characters and the line each begins on.
  ///
  /// A stretch ends at the last blank of its last quarter, where there is one, and each begins with
  /// the last `overlap` characters of the one before, from a word's beginning where there is one. A
  /// line that is passed over ends a stretch.
  func forEachWindow(
    size: Int, overlap: Int, tooLong: (Int) throws -> Void,
    _ visit: (Int, [UInt8]) throws -> Void
  ) throws {
    var window = TextWindow(size: size, overlap: overlap)
    func passOver(_ line: Int) throws {
      try window.finish(visit)
      try tooLong(line)
    }
    try lines.forEach(tooLong: passOver) { line, bytes in
      try window.add(bytes, line: line, visit)
    }
    try window.finish(visit)
  }

  /// Bytes without blanks at their ends.
  static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let text = bytes.drop(while: isBlank)
    let end = text.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? text.startIndex
    return Array(text[..<end])
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}

/// Stretches of text of about one size, as they fill.
struct TextWindow {
  private let size: Int
  private let overlap: Int
  private var text: [UInt8] = []
  /// The line the text begins on, and the characters in it.
  private var line = 1
  private var characters = 0
  /// How much of the text the stretch before held too.
  private var repeated = 0

  init(size: Int, overlap: Int) {
    precondition(size > overlap && overlap >= 0, "windows of \(size), \(overlap) of them shared")
    self.size = size
    self.overlap = overlap
  }

  /// Adds a line and gives the stretches that are full.
  mutating func add(
    _ bytes: [UInt8], line: Int, _ visit: (Int, [UInt8]) throws -> Void
  ) throws {
    if text.isEmpty {
      self.line = line
    } else {
      text.append(0x0A)
      characters += 1
    }
    // A long line is added in pieces, so that the time is linear in its length.
    for start in stride(from: 0, to: bytes.count, by: Self.piece * size) {
      let piece = bytes[start..<min(start + Self.piece * size, bytes.count)]
      text += piece
      characters += Self.count(piece)
      while characters > size { try give(upTo: cut(), visit) }
    }
  }

  private static let piece = 16

  /// Gives what is left and begins anew.
  mutating func finish(_ visit: (Int, [UInt8]) throws -> Void) throws {
    if text.count > repeated { try give(upTo: text.count, visit) }
    self = TextWindow(size: size, overlap: overlap)
  }

  /// Bytes that begin a character of UTF-8.
  private static func count(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.count { $0 & 0xC0 != 0x80 }
  }

  /// The place behind a number of characters.
  private static func place(of count: Int, in text: [UInt8]) -> Int {
    var left = count
    for place in text.indices where text[place] & 0xC0 != 0x80 {
      if left == 0 { return place }
      left -= 1
    }
    return text.count
  }

  private func cut() -> Int {
    let end = Self.place(of: size, in: text)
    let least = max(Self.place(of: size - size / 4, in: text), repeated + 1)
    guard least < end else { return end }
    return text[least..<end].lastIndex { $0 == 0x20 || $0 == 0x0A } ?? end
  }

  private mutating func give(
    upTo end: Int, _ visit: (Int, [UInt8]) throws -> Void
  ) throws {
    let window = TextSplitting.trimmed(text[..<end])
    let before = text[..<end].prefix(while: TextSplitting.isBlank).count { $0 == 0x0A }
    if !window.isEmpty { try visit(line + before, window) }
    let next = end == text.count ? end : shared(upTo: end)
    line += text[..<next].count { $0 == 0x0A }
    text.removeFirst(next)
    repeated = end - next
    characters = Self.count(text[...])
  }

  /// Where the text that the next stretch repeats begins.
  private func shared(upTo end: Int) -> Int {
    guard overlap > 0 else { return end }
    let count = Self.count(text[..<end])
    // Every stretch must go on by a character, whatever it repeats.
    let start = max(Self.place(of: max(count - overlap, 1), in: text), 1)
    let word = text[start..<end].firstIndex { $0 == 0x20 || $0 == 0x0A }
    return word.map { $0 + 1 } ?? start
  }
}

/// A regular expression that lines are tried against.
struct LinePattern: Sendable {
  /// The expression as written.
  let source: String

  /// A pattern; nil where it is no regular expression.
  init?(_ source: String) {
    guard (try? Regex(source)) != nil else { return nil }
    self.source = source
  }

  /// Says of a line of UTF-8 whether the expression is found in it; of use on one thread.
  func matcher() -> ([UInt8]) -> Bool {
    guard let regex = try? Regex(source).matchingSemantics(.unicodeScalar) else {
      preconditionFailure("'\(source)' was a regular expression before")
    }
    return { String(decoding: $0, as: UTF8.self).firstMatch(of: regex) != nil }
  }
}
