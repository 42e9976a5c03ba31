import TextKit

/// What receives the parts of a page in order.
package protocol HTMLTokenSink {
  /// Text, its references decoded.
  mutating func text(_ bytes: ArraySlice<UInt8>)
  mutating func startTag(_ tag: HTMLTag)
  /// An end tag; its name is in small letters.
  mutating func endTag(_ name: [UInt8])
  mutating func comment(_ bytes: ArraySlice<UInt8>)
  mutating func documentType()
}

/// A start tag: names in small letters, values decoded, the first of two attributes of one name.
package struct HTMLTag {
  /// The name, in small letters.
  package var name: [UInt8] = []
  /// Names and values, in order.
  package var attributes: [(name: [UInt8], value: [UInt8])] = []
  /// Whether it ends in `/>`.
  package var closesItself = false

  /// What is past this many attributes of a tag is ignored, so that comparing them stays cheap.
  static let mostAttributes = 64

  /// Adds an attribute unless there is one of that name.
  mutating func add(_ name: [UInt8], _ value: [UInt8]) {
    guard attributes.count < Self.mostAttributes, !attributes.contains(where: { $0.name == name })
    else { return }
    attributes.append((name, value))
  }
}

/// How the characters behind a start tag are read.
package enum HTMLContent {
  /// Tags, comments and references count.
  case data
  /// References count, and the end tag of the element.
  case title
  /// Only the end tag of the element counts.
  case raw
  /// As `raw`, but comments within hide end tags by the rules of old scripts.
  case script
  /// Nothing counts any more.
  case plain

  /// The content of an element.
  init(of name: [UInt8]) {
    switch String(decoding: name, as: UTF8.self) {
    case "title", "textarea": self = .title
    case "style", "xmp", "iframe", "noembed", "noframes": self = .raw
    case "script": self = .script
    case "plaintext": self = .plain
    default: self = .data
    }
  }
}

/// Divides a page into tags, comments and text, as the tokenizer of the HTML standard does.
///
/// No input is refused, and the time is linear in its length.
/// Source: https://html.spec.whatwg.org/multipage/parsing.html#tokenization.
package struct HTMLTokenizer<Sink: HTMLTokenSink> {
  let bytes: [UInt8]
  var place = 0
  /// What receives the parts.
  package var sink: Sink
  /// How what follows is read.
  package var content = HTMLContent.data
  /// The element whose end tag ends `title`, `raw` and `script`.
  package var lastStart: [UInt8] = []
  /// Whether start tags change how what follows is read, as in a page.
  private let switches: Bool
  static var open: UInt8 { UInt8(ascii: "<") }
  static var close: UInt8 { UInt8(ascii: ">") }
  static var ampersand: UInt8 { UInt8(ascii: "&") }

  /// A tokenizer at the beginning of a page in UTF-8.
  package init(_ bytes: [UInt8], sink: Sink, switches: Bool = true) {
    self.bytes = Self.withPlainNewlines(bytes)
    self.sink = sink
    self.switches = switches
  }

  private static func withPlainNewlines(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(0x0D) else { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var follows = false
    for byte in bytes {
      if byte == 0x0D {
        result.append(0x0A)
      } else if byte != 0x0A || !follows {
        result.append(byte)
      }
      follows = byte == 0x0D
    }
    return result
  }

  /// Gives all parts to the sink.
  package mutating func run() {
    while place < bytes.count {
      switch content {
      case .data: data()
      case .title: rawText(withReferences: true)
      case .raw: rawText(withReferences: false)
      case .script: script()
      case .plain:
        emitWithoutNul(place..<bytes.count)
        place = bytes.count
      }
    }
  }

  /// Gives text and moves behind it.
  mutating func emit(upTo end: Int) {
    if end > place { sink.text(bytes[place..<end]) }
    place = end
  }

  /// Gives text in which no byte may be zero.
  mutating func emitWithoutNul(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    sink.text(bytes[range].contains(0) ? Self.replacingNul(bytes[range])[...] : bytes[range])
  }

  static func replacingNul(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    bytes.flatMap { $0 == 0 ? [0xEF, 0xBF, 0xBD] : [$0] }
  }

  // MARK: - Ordinary content

  private mutating func data() {
    let special = bytes[place...].firstIndex { $0 == Self.open || $0 == Self.ampersand }
    emit(upTo: special ?? bytes.count)
    guard let special else { return }
    if bytes[special] == Self.ampersand { reference() } else { markup() }
  }

  private mutating func reference() {
    guard
      let (text, length) = HTMLEntities.standard.reference(in: bytes[place...], ofAttribute: false)
    else { return emit(upTo: place + 1) }
    sink.text(Array(text.utf8)[...])
    place += length
  }

  private mutating func markup() {
    guard place + 1 < bytes.count else { return emit(upTo: bytes.count) }
    switch bytes[place + 1] {
    case let byte where byte.isASCIILetter: startTag()
    case UInt8(ascii: "/"): endTag()
    case UInt8(ascii: "!"): declaration()
    case UInt8(ascii: "?"): bogusComment(from: place + 1)
    default: emit(upTo: place + 1)
    }
  }

  private mutating func startTag() {
    guard let tag = readTag(from: place + 1) else { return }
    sink.startTag(tag)
    guard switches else { return }
    content = HTMLContent(of: tag.name)
    lastStart = tag.name
  }

  private mutating func endTag() {
    guard place + 2 < bytes.count else { return emit(upTo: bytes.count) }
    let next = bytes[place + 2]
    if next.isASCIILetter {
      if let tag = readTag(from: place + 2) { sink.endTag(tag.name) }
    } else if next == Self.close {
      place += 3
    } else {
      bogusComment(from: place + 2)
    }
  }

  // MARK: - Raw content

  /// Text up to the end tag of the element it is in.
  private mutating func rawText(withReferences: Bool) {
    var end = place
    while end < bytes.count {
      let byte = bytes[end]
      if byte == Self.open, endsElement(at: end) { break }
      if withReferences, byte == Self.ampersand {
        emitWithoutNul(place..<end)
        place = end
        return reference()
      }
      end += 1
    }
    emitWithoutNul(place..<end)
    place = end
    closeElement()
  }

  /// Reads the end tag that stands here, if any, and goes on as in ordinary content.
  private mutating func closeElement() {
    guard place < bytes.count else { return }
    content = .data
    endTag()
  }

  private mutating func script() {
    var scan = ScriptScan()
    var end = place
    while end < bytes.count, !scan.ends(bytes, at: end, endsElement) {
      end += scan.step(bytes, at: end)
    }
    emitWithoutNul(place..<end)
    place = end
    closeElement()
  }

  /// Whether the end tag of the element stands at a bracket.
  private func endsElement(at start: Int) -> Bool {
    bytes.isTag(lastStart, at: start, closing: true)
  }
}
