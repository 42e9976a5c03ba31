import TextKit

extension [UInt8] {
  /// Whether a tag of a name begins at a bracket and its name ends.
  func isTag(_ name: [UInt8], at start: Int, closing: Bool) -> Bool {
    let head = start + (closing ? 2 : 1)
    guard !name.isEmpty, head + name.count < count,
      !closing || self[start + 1] == UInt8(ascii: "/"),
      zip(self[head...], name).allSatisfy({ $0 == $1 || ($0 | 0x20) == $1 && $0.isASCIILetter })
    else { return false }
    let next = self[head + name.count]
    return next.isHTMLBlank || next == UInt8(ascii: "/") || next == UInt8(ascii: ">")
  }
}

/// Where a script ends: a comment may hide the tags of a script within it.
struct ScriptScan {
  private enum State {
    case plain
    case comment
    case scriptInComment
  }

  private var state = State.plain
  private static let name = Array("script".utf8)

  /// Whether the script ends at a place.
  func ends(_ bytes: [UInt8], at place: Int, _ endsElement: (Int) -> Bool) -> Bool {
    bytes[place] == UInt8(ascii: "<") && state != .scriptInComment && endsElement(place)
  }

  /// How many bytes of the script to pass over.
  mutating func step(_ bytes: [UInt8], at place: Int) -> Int {
    let rest = bytes[place...]
    if state == .plain {
      guard rest.starts(with: "<!--".utf8) else { return 1 }
      state = .comment
      // The dashes may be those of the end already, as in `<!-->`.
      return 2
    }
    if rest.starts(with: "-->".utf8) {
      state = .plain
    } else if bytes[place] == UInt8(ascii: "<"),
      bytes.isTag(Self.name, at: place, closing: state == .scriptInComment)
    {
      state = state == .comment ? .scriptInComment : .comment
    }
    return 1
  }
}
