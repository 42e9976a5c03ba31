import Stages

/// `clean.whitespace`: control characters go, odd blanks become plain ones.
enum WhitespaceStage {
  private static let newlines = Parameter(
    "newlines", default: NewlineRule.keep,
    "Keep line breaks, keep one blank line at most, or turn them into blanks.")
  private static let strip = Parameter(
    "strip", default: true, "Remove blanks at the ends of lines and texts.")

  static let descriptor = StageDescriptor(
    "clean.whitespace",
    "Remove control and invisible characters, and make every run of blanks one blank.",
    role: .cleaning, parameters: [newlines, strip, CleanKeys.fields],
    example: "clean.whitespace: {newlines: paragraphs}"
  ) { values in
    let cleaner = WhitespaceCleaner(newlines: values[newlines], strips: values[strip])
    return FieldStage(fields: values[CleanKeys.fields]) { cleaner.clean($0) }
  }
}

/// What becomes of line breaks.
enum NewlineRule: String, ChoiceValue {
  case keep
  case paragraphs
  case blanks
}

/// Cleans white space scalar by scalar.
struct WhitespaceCleaner {
  let newlines: NewlineRule
  let strips: Bool

  func clean(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var pending = Pending()
    // A carriage return ends a line by itself or with the line feed behind it.
    var afterReturn = false
    for scalar in text.unicodeScalars {
      defer { afterReturn = scalar == "\r" }
      switch WhitespaceClass(scalar) {
      case .dropped: continue
      case .blank: pending.blanks += 1
      case .newline:
        if scalar == "\n", afterReturn { continue }
        if newlines == .blanks { pending.blanks += 1 } else { pending.addNewline(strips) }
      case .text:
        flush(&pending, to: &result)
        result.append(scalar)
      }
    }
    if !strips { flush(&pending, to: &result) }
    return String(result)
  }

  /// Blanks and line breaks that wait for the next visible character.
  private struct Pending {
    var blanks = 0
    var newlines = 0

    mutating func addNewline(_ strips: Bool) {
      newlines += 1
      if strips { blanks = 0 }
    }
  }

  private func flush(_ pending: inout Pending, to result: inout String.UnicodeScalarView) {
    defer { pending = Pending() }
    if strips, result.isEmpty { return }
    let breaks = newlines == .paragraphs ? min(pending.newlines, 2) : pending.newlines
    result.append(contentsOf: repeatElement("\n", count: breaks))
    if pending.blanks > 0, !strips || breaks == 0 { result.append(" ") }
  }
}

/// What a character is to `clean.whitespace`.
enum WhitespaceClass {
  case text
  case blank
  case newline
  /// A control character, or one that only steers layout.
  case dropped

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
