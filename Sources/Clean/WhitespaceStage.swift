import Records
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

/// Cleans white space byte by byte, and looks at characters only where they may be blank.
struct WhitespaceCleaner {
  let newlines: NewlineRule
  let strips: Bool

  /// Appends the clean text, which is never longer; false, with nothing appended, for one that is clean.
  func clean(_ bytes: UnsafeBufferPointer<UInt8>, to cleaned: inout [UInt8]) -> Bool {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(bytes.count, 1)) { buffer in
      var writer = Writer(cleaner: self, output: buffer)
      writer.write(bytes)
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

  /// Writes clean text into a buffer that is as large as the text.
  private struct Writer {
    let cleaner: WhitespaceCleaner
    let output: UnsafeMutableBufferPointer<UInt8>
    var count = 0
    /// Blanks and line breaks that wait for the next visible character.
    private var blanks = 0
    private var breaks = 0
    /// A carriage return ends a line by itself or with the line feed behind it.
    private var afterReturn = false

    init(cleaner: WhitespaceCleaner, output: UnsafeMutableBufferPointer<UInt8>) {
      self.cleaner = cleaner
      self.output = output
    }

    mutating func write(_ bytes: UnsafeBufferPointer<UInt8>) {
      WhitespaceCleaner.classes.withUnsafeBufferPointer { classes in
        var place = 0
        while place < bytes.count {
          let byte = bytes[place]
          let kind = classes[Int(byte)]
          if kind == .text {
            flush()
            // Most of a text is words; they are copied without a look at what waits.
            repeat {
              output[count] = bytes[place]
              count += 1
              place += 1
            } while place < bytes.count && classes[Int(bytes[place])] == .text
          } else if kind == .lead {
            place += character(bytes, at: place)
          } else {
            take(kind, isReturn: byte == 0x0D, isFeed: byte == 0x0A)
            place += 1
          }
        }
      }
      if !cleaner.strips { flush() }
    }

    /// Takes a character of several bytes; returns how many.
    private mutating func character(
      _ bytes: UnsafeBufferPointer<UInt8>, at place: Int
    ) -> Int {
      let (kind, length) = WhitespaceClass.ofCharacter(bytes, at: place)
      switch kind {
      case .blank: take(.blank)
      case .newline: take(.newline)
      case .dropped: take(.dropped)
      case .text:
        flush()
        for index in place..<place + length {
          output[count] = bytes[index]
          count += 1
        }
      }
      return length
    }

    private mutating func take(_ kind: ByteClass, isReturn: Bool = false, isFeed: Bool = false) {
      defer { afterReturn = isReturn }
      switch kind {
      case .text, .lead, .dropped: break
      case .blank: blanks += 1
      case .newline:
        if isFeed, afterReturn { return }
        if cleaner.newlines == .blanks { return blanks += 1 }
        breaks += 1
        if cleaner.strips { blanks = 0 }
      }
    }

    @inline(__always)
    private mutating func flush() {
      afterReturn = false
      if blanks | breaks != 0 { writePending() }
    }

    private mutating func writePending() {
      defer { (blanks, breaks) = (0, 0) }
      if cleaner.strips, count == 0 { return }
      let kept = cleaner.newlines == .paragraphs ? min(breaks, 2) : breaks
      for _ in 0..<kept { put(0x0A) }
      if blanks > 0, !cleaner.strips || kept == 0 { put(0x20) }
    }

    private mutating func put(_ byte: UInt8) {
      output[count] = byte
      count += 1
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
