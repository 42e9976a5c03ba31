import Records
import TextKit

/// Takes the markup out of a text and leaves what a browser would show.
///
/// Only tags of HTML's own elements are markup: `a < b`, `<your name>` and `List<Int>` stay. Code
/// between backticks or fences is copied as it is. References are decoded once, after the tags are
/// gone, so `&lt;b&gt;` becomes the text `<b>`.
struct HTMLStripper {
  private let bytes: [UInt8]
  private var place = 0
  private var result: [UInt8] = []
  /// Whether a block began or ended since the last text; a break at either end is none.
  private var breaksLine = false
  /// From here on no comment is closed; known once, so that it is not looked for again and again.
  private var unclosedComment = Int.max

  /// Appends a text without its markup; false, with nothing appended, for one that has none.
  static func strip(_ text: UnsafeBufferPointer<UInt8>, to stripped: inout [UInt8]) -> Bool {
    guard holdsMarkup(text) else { return false }
    var stripper = HTMLStripper(Array(text))
    stripper.run()
    let isSame = stripper.result.withUnsafeBufferPointer { $0.hasSameBytes(as: text) }
    if !isSame { stripped += stripper.result }
    return !isSame
  }

  /// Whether there is a `<` or a `&`, looked for eight bytes at a time.
  static func holdsMarkup(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let raw = UnsafeRawBufferPointer(bytes)
    var place = 0
    while place + 8 <= bytes.count {
      let word = raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      let less = word ^ (ones &* 0x3C)
      let and = word ^ (ones &* 0x26)
      // A byte of zero borrows from its high bit (H. Warren, Hacker's Delight, section 6-1).
      if ((less &- ones) & ~less | (and &- ones) & ~and) & (ones &* 0x80) != 0 { return true }
      place += 8
    }
    return bytes[place...].contains { $0 == 0x3C || $0 == 0x26 }
  }

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
    result.reserveCapacity(bytes.count)
  }

  private mutating func run() {
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "<"): markup()
      case UInt8(ascii: "&"): reference()
      case UInt8(ascii: "`"): code()
      default: copyText()
      }
    }
  }

  /// Copies up to what may be markup or code.
  private mutating func copyText() {
    let end = bytes[place...].firstIndex { $0 == 0x3C || $0 == 0x26 || $0 == 0x60 } ?? bytes.count
    // Blanks between two blocks are layout.
    while breaksLine, place < end, Self.isBlank(bytes[place]) { place += 1 }
    copy(end - place)
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n")
  }

  private mutating func copy(_ count: Int) {
    write(bytes[place..<place + count])
    place += count
  }

  private mutating func write(_ text: some Collection<UInt8>) {
    if breaksLine {
      if text.allSatisfy(Self.isBlank) { return }
      breakLine()
    }
    result += text
  }

  private mutating func reference() {
    guard let (text, length) = HTMLEntities.standard.reference(in: bytes[place...]) else {
      copy(1)
      return
    }
    write(text.utf8)
    place += length
  }

  /// Copies from a run of backticks to the next run of the same length; without one, the run alone.
  private mutating func code() {
    let mark = bytes[place...].prefix { $0 == UInt8(ascii: "`") }.count
    var next = place + mark
    while next < bytes.count {
      let run = bytes[next...].prefix { $0 == UInt8(ascii: "`") }.count
      if run == mark {
        copy(next + run - place)
        return
      }
      next += max(1, run)
    }
    copy(mark)
  }

  private mutating func markup() {
    if let end = commentEnd() {
      place = end
    } else if let tag = HTMLTag(in: bytes, at: place) {
      place = tag.end
      if HTMLTag.blocks.contains(tag.name) { breaksLine = true }
      if HTMLTag.hidden.contains(tag.name), !tag.isClosing { skipContent(of: tag.name) }
    } else {
      copy(1)
    }
  }

  /// Where a comment, a doctype or a processing instruction that begins here ends.
  private mutating func commentEnd() -> Int? {
    guard place + 1 < bytes.count,
      bytes[place + 1] == UInt8(ascii: "!") || bytes[place + 1] == UInt8(ascii: "?")
    else { return nil }
    let rest = bytes[place...]
    if rest.starts(with: "<!--".utf8) {
      guard place < unclosedComment else { return nil }
      let end = rest.dropFirst(4).firstRange(of: Array("-->".utf8))?.upperBound
      if end == nil { unclosedComment = place }
      return end
    }
    let isDeclaration =
      rest.prefix(9).map { $0 | 0x20 }.elementsEqual("<!doctype".utf8.map { $0 | 0x20 })
      || rest.starts(with: "<?xml".utf8)
    guard isDeclaration else { return nil }
    return rest.firstIndex(of: UInt8(ascii: ">")).map { $0 + 1 }
  }

  /// A block begins on a line of its own.
  private mutating func breakLine() {
    breaksLine = false
    while result.last == UInt8(ascii: " ") { result.removeLast() }
    if let last = result.last, last != UInt8(ascii: "\n") { result.append(UInt8(ascii: "\n")) }
  }

  /// Passes over what a script or a style holds.
  private mutating func skipContent(of name: String) {
    var next = place
    while let open = bytes[next...].firstIndex(of: UInt8(ascii: "<")) {
      if let tag = HTMLTag(in: bytes, at: open), tag.isClosing, tag.name == name {
        place = tag.end
        return
      }
      next = open + 1
    }
    // Without an end tag all that follows belongs to the element.
    place = bytes.count
  }
}

/// A start or end tag of one of HTML's elements.
struct HTMLTag {
  let name: String
  let isClosing: Bool
  /// The place behind the closing bracket.
  let end: Int

  init?(in bytes: [UInt8], at start: Int) {
    var place = start + 1
    isClosing = place < bytes.count && bytes[place] == UInt8(ascii: "/")
    if isClosing { place += 1 }
    let letters = bytes[place...].prefix { $0.isASCIIAlphanumeric }
    name = String(decoding: letters, as: UTF8.self).lowercased()
    place += letters.count
    guard Self.elements.contains(name), let end = Self.end(in: bytes, from: place) else {
      return nil
    }
    self.end = end
  }

  /// The place behind the bracket that closes a tag whose name ends here; quotes hide brackets.
  private static func end(in bytes: [UInt8], from start: Int) -> Int? {
    guard start < bytes.count, !bytes[start].isASCIIAlphanumeric, bytes[start] != UInt8(ascii: "-")
    else { return nil }
    var quote: UInt8?
    for place in start..<bytes.count {
      let byte = bytes[place]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        return place + 1
      } else if byte == UInt8(ascii: "<") {
        return nil
      }
    }
    return nil
  }

  /// Elements that begin a line.
  static let blocks: Set<String> = [
    "address", "article", "aside", "blockquote", "br", "center", "dd", "details", "dialog", "dir",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4",
    "h5", "h6", "header", "hr", "legend", "li", "main", "nav", "ol", "option", "p", "pre",
    "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
  ]

  /// Elements whose content is never shown.
  static let hidden: Set<String> = ["script", "style", "template", "noscript"]

  /// All elements of HTML, old ones included.
  static let elements: Set<String> = blocks.union(hidden).union([
    "a", "abbr", "acronym", "applet", "area", "audio", "b", "base", "basefont", "bdi", "bdo", "big",
    "body", "button", "canvas", "caption", "cite", "code", "col", "colgroup", "data", "datalist",
    "del", "dfn", "em", "embed", "font", "frame", "frameset", "head", "html", "i", "iframe", "img",
    "input", "ins", "kbd", "label", "link", "map", "mark", "marquee", "menu", "meta", "meter",
    "nobr", "noframes", "object", "optgroup", "output", "param", "picture", "progress", "q", "rp",
    "rt", "ruby", "s", "samp", "select", "small", "source", "span", "strike", "strong", "sub",
    "sup", "svg", "td", "textarea", "th", "time", "title", "track", "tt", "u", "var", "video",
    "wbr",
  ])
}
