/// Counts the attributes of tags in bytes of XML as they pass, whatever their encoding is.
///
/// libxml2 compares each attribute of a tag with every other one, so a tag of a hundred thousand takes it
/// minutes. Only what stands in tags is looked at: comments, CDATA, instructions and declarations may hold
/// anything. What is no well-formed XML may be counted wrongly; the parser says so itself.
struct AttributeCount {
  /// The most attributes of a tag.
  static let most = 1000

  private enum Place {
    case text
    /// Behind `<`.
    case opened
    /// Behind `<!`.
    case declared
    /// Behind `<!-`.
    case dashed
    /// Behind `<![`.
    case bracketed
    case tag
    case quoted(UInt8)
    /// Within what ends with `>` behind so many marks, of which so many have just been seen.
    case special(mark: UInt8, count: Int, seen: Int)
  }

  private var place = Place.text
  private var count = 0

  /// Looks at the next bytes; false where a tag among them has more attributes than it may have.
  mutating func accepts(_ bytes: [UInt8]) -> Bool {
    // Wider encodings hold zeros between the bytes that count.
    for byte in bytes where byte != 0 {
      step(byte)
      if count > Self.most { return false }
    }
    return true
  }

  private mutating func step(_ byte: UInt8) {
    switch place {
    case .text:
      if byte == UInt8(ascii: "<") { place = .opened }
    case .tag: walkTag(byte)
    case .quoted(let quote):
      if byte == quote { place = .tag }
    case .special(let mark, let count, let seen):
      if byte == UInt8(ascii: ">"), seen == count {
        place = .text
      } else {
        place = .special(mark: mark, count: count, seen: byte == mark ? min(seen + 1, count) : 0)
      }
    case .opened: open(byte)
    case .declared:
      switch byte {
      case UInt8(ascii: "-"): place = .dashed
      case UInt8(ascii: "["): place = .bracketed
      // What stands within a declaration begins anew.
      default: place = .text
      }
    case .dashed: place = byte == UInt8(ascii: "-") ? Self.within("-", 2) : .text
    case .bracketed: place = byte == UInt8(ascii: "C") ? Self.within("]", 2) : .text
    }
  }

  private static func within(_ mark: Unicode.Scalar, _ count: Int) -> Place {
    .special(mark: UInt8(ascii: mark), count: count, seen: 0)
  }

  private mutating func open(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "?"): place = Self.within("?", 1)
    case UInt8(ascii: "!"): place = .declared
    default:
      count = 0
      place = .tag
      walkTag(byte)
    }
  }

  private mutating func walkTag(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: ">"): place = .text
    case UInt8(ascii: "\""), UInt8(ascii: "'"): place = .quoted(byte)
    case UInt8(ascii: "="): count += 1
    default: break
    }
  }
}
