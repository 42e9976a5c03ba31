import Records
import Stages

/// `clean.whitespace`: control characters go, odd blanks become plain ones.
enum WhitespaceStage {
  private static let newlines = Parameter(
    "newlines", default: NewlineRule.keep,
    "Keep line breaks, keep one blank line at most, or turn them into blanks.")
  private static let indentation = Parameter(
    "indentation", default: IndentationRule.keep,
    "Keep what indents lines, and the blanks of fenced code; or treat them as all blanks.")
  private static let strip = Parameter(
    "strip", default: true, "Remove blanks at the ends of lines and texts.")

  static let descriptor = StageDescriptor(
    "clean.whitespace",
    "Remove control and invisible characters, and make runs of blanks one blank; code stays indented.",
    role: .cleaning, version: 3,
    parameters: [newlines, indentation, strip, CleanKeys.fields],
    example: "clean.whitespace: {newlines: paragraphs}"
  ) { values in
    let cleaner = WhitespaceCleaner(
      newlines: values[newlines],
      keepsIndentation: values[indentation] == .keep && values[newlines] != .blanks,
      strips: values[strip])
    return FieldStage(
      fields: values[CleanKeys.fields], spares: { cleaner.spares($0) },
      change: TextChange(utf8: { cleaner.clean($0, to: &$1) }))
  }
}

/// What becomes of line breaks.
enum NewlineRule: String, ChoiceValue {
  case keep
  case paragraphs
  case blanks
}

/// What becomes of the blanks that code stands by.
enum IndentationRule: String, ChoiceValue {
  case keep
  case collapse
}

/// Cleans white space byte by byte, and looks at characters only where they may be blank.
struct WhitespaceCleaner {
  let newlines: NewlineRule
  /// Whether blanks stay that begin a line or stand between fences: programs mean something by them.
  let keepsIndentation: Bool
  let strips: Bool

  /// Appends the clean text, which is never longer; false, with nothing appended, for one that is clean.
  func clean(_ bytes: UnsafeBufferPointer<UInt8>, to cleaned: inout [UInt8]) -> Bool {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(bytes.count, 1)) { buffer in
      var writer = Writer(self, bytes, to: buffer)
      writer.write()
      let result = UnsafeBufferPointer(rebasing: buffer[..<writer.count])
      if result.hasSameBytes(as: bytes) { return false }
      cleaned.append(contentsOf: result)
      return true
    }
  }

  /// What bytes are by themselves; those of `lead` begin characters that may be blank.
  enum ByteClass: UInt8 { case text, blank, newline, dropped, lead }

  static let classes: [ByteClass] = (0...255).map { (byte: UInt8) in
    // U+0080 to U+00AD, U+1680, U+2000 to U+206F, U+3000, U+FEFF and U+FFF9 begin with these.
    if [0xC2, 0xE1, 0xE2, 0xE3, 0xEF].contains(byte) { return .lead }
    guard byte < 0x80 else { return .text }
    return switch WhitespaceClass(Unicode.Scalar(byte)) {
    case .text: .text
    case .blank: .blank
    case .newline: .newline
    case .dropped: .dropped
    }
  }
}

/// What a character is to `clean.whitespace`.
enum WhitespaceClass {
  case text
  case blank
  case newline
  /// A control character, or one that only steers layout.
  case dropped

  /// The class and the length of a character of two or three bytes.
  static func ofCharacter(
    _ bytes: UnsafeBufferPointer<UInt8>, at place: Int
  ) -> (kind: WhitespaceClass, length: Int) {
    let length = bytes[place] < 0xE0 ? 2 : 3
    let value = (1..<length).reduce(UInt32(bytes[place]) & (length == 2 ? 0x1F : 0x0F)) {
      $0 << 6 | UInt32(bytes[place + $1] & 0x3F)
    }
    return (Unicode.Scalar(value).map { WhitespaceClass($0) } ?? .text, length)
  }

  init(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x0A, 0x0D, 0x0B, 0x0C, 0x85, 0x2028, 0x2029: self = .newline
    case 0x20, 0x09, 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: self = .blank
    // The joiners U+200C and U+200D stay: Persian, Hindi and emoji need them.
    case 0..<0x20, 0x7F..<0xA0, 0xAD, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x2064,
      0x2066...0x206F, 0xFEFF, 0xFFF9...0xFFFB:
      self = .dropped
    default: self = .text
    }
  }
}
