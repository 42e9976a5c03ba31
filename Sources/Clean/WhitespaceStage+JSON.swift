/// Finds records that are clean as they stand, from the bytes of their JSON.
extension WhitespaceCleaner {
  /// What stands before a place of a JSON text.
  private enum Before {
    /// A quote: a text may begin here, or have ended.
    case quote
    /// A blank within a text, a line's end, or the blanks behind that.
    case blank, newline, indent
    /// Any other character, of a text or between texts.
    case text
  }

  /// Whether no text in this JSON would change; false where in doubt.
  ///
  /// A text stays as it is where each blank is a plain one with text on both sides or, if these are kept,
  /// one that indents a line, and where line ends, which must be allowed, have neither blanks before them
  /// nor the ends of the text beside them.
  func spares(_ json: UnsafeBufferPointer<UInt8>) -> Bool {
    Self.jsonClasses.withUnsafeBufferPointer { classes in
      var place = 0
      var before = Before.text
      while place < json.count {
        if place + 8 <= json.count,
          let after = Self.plain(
            UnsafeRawBufferPointer(json).loadUnaligned(fromByteOffset: place, as: UInt64.self),
            before)
        {
          before = after
          place += 8
          continue
        }
        switch classes[Int(json[place])] {
        case .text:
          before = .text
          repeat { place += 1 } while place < json.count && classes[Int(json[place])] == .text
        case .blank:
          guard let after = blank(before) else { return false }
          before = after
          place += 1
        case .quote:
          guard before == .text || before == .quote else { return false }
          before = .quote
          place += 1
        case .escape:
          guard let after = escaped(json, at: place + 1, before) else { return false }
          before = after
          place += 2
        case .lead:
          let (kind, length) = WhitespaceClass.ofCharacter(json, at: place)
          guard kind == .text else { return false }
          before = .text
          place += length
        case .unclean: return false
        }
      }
      return true
    }
  }

  /// What stands behind a plain blank; nil where it might change.
  @inline(__always)
  private func blank(_ before: Before) -> Before? {
    switch before {
    case .text: .blank
    case .newline, .indent: keepsIndentation ? .indent : nil
    case .quote, .blank: nil
    }
  }

  /// What stands behind eight bytes that are text in ASCII, or blanks with text on both sides; nil for others.
  ///
  /// Bytes below 0x80 hold sums with others up to 0x80, the high bit of which tells of each whether it is as
  /// large as asked for.
  private static func plain(_ bytes: UInt64, _ before: Before) -> Before? {
    let word = UInt64(littleEndian: bytes)
    let ones: UInt64 = 0x0101_0101_0101_0101
    let high = ones &* 0x80
    func isOther(_ byte: UInt64) -> UInt64 { (word ^ (ones &* byte)) &+ ones &* 0x7F }
    let isText =
      (word &+ ones &* 0x60) & ~(word &+ ones) & isOther(0x22) & isOther(0x5C)
    guard word & high == 0, isText & high == high else { return nil }
    let blanks = ~isOther(0x20) & high
    guard blanks & (blanks << 8) == 0, before == .text || blanks & 0x80 == 0 else { return nil }
    return blanks >> 63 == 1 ? .blank : .text
  }

  /// What stands behind an escape; nil where it is of a character that might change.
  private func escaped(
    _ json: UnsafeBufferPointer<UInt8>, at place: Int, _ before: Before
  ) -> Before? {
    guard place < json.count else { return nil }
    switch json[place] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): return .text
    case UInt8(ascii: "n"):
      return newlines == .keep && (before == .text || before == .newline) ? .newline : nil
    case UInt8(ascii: "t"):
      return keepsIndentation && (before == .newline || before == .indent) ? .indent : nil
    default: return nil
    }
  }

  private enum JSONClass: UInt8 { case text, blank, quote, escape, lead, unclean }

  private static let jsonClasses: [JSONClass] = classes.enumerated().map { byte, kind in
    switch kind {
    case .text where byte == 0x22: .quote
    case .text where byte == 0x5C: .escape
    case .text: .text
    case .blank: byte == 0x20 ? .blank : .unclean
    case .lead: .lead
    case .newline, .dropped: .unclean
    }
  }
}
