import CLibXML2
import Records
import Stages
import TextKit

/// The text of a page: what a reader sees of its body, a line a block.
///
/// Scripts, styles and their like are left out, entities are decoded, and blanks run together
/// except in `pre`. libxml2's event parser builds no tree, so size is no danger; its time grows with
/// the depth, which is limited.
struct HTMLPage: Sendable, Hashable {
  /// The text of the `title` element; empty where there is none.
  let title: String
  /// The text of the body.
  let text: String

  /// Reads a page.
  /// - Throws: `invalid-utf8` where the bytes are not UTF-8 and the page declares no encoding,
  ///   `html-too-deep`.
  init(_ bytes: [UInt8], at source: Source) throws(StageError) {
    let bytes = try Self.utf8(bytes, at: source)
    let writer = HTMLTextWriter()
    Self.parse(bytes, into: writer)
    guard !writer.isTooDeep else {
      throw StageError(
        "html-too-deep", "elements are nested deeper than \(HTMLTextWriter.deepest) levels",
        source: source, remedy: "leave the file out")
    }
    title = writer.titleText
    text = writer.bodyText
  }

  private static func parse(_ bytes: [UInt8], into writer: HTMLTextWriter) {
    MarkupLibrary.start()
    let context = Unmanaged.passUnretained(writer).toOpaque()
    var handler = HTMLTextWriter.handler
    guard
      let parser = htmlCreatePushParserCtxt(
        &handler, context, nil, 0, nil, XML_CHAR_ENCODING_UTF8)
    else { preconditionFailure("libxml2 has no memory for a parser") }
    defer { htmlFreeParserCtxt(parser) }
    // The bytes are UTF-8 by now, whatever the page says of itself.
    let options =
      HTML_PARSE_NOERROR.rawValue | HTML_PARSE_NOWARNING.rawValue | HTML_PARSE_NONET.rawValue
      | HTML_PARSE_IGNORE_ENC.rawValue
    htmlCtxtUseOptions(parser, Int32(options))
    // Fed in pieces, as the parser's lengths are 32 bits.
    let piece = 1 << 14
    bytes.withUnsafeBytes { buffer in
      for start in stride(from: 0, to: buffer.count, by: piece) where !writer.isTooDeep {
        let part = UnsafeRawBufferPointer(
          rebasing: buffer[start..<min(start + piece, buffer.count)])
        let chars = part.assumingMemoryBound(to: CChar.self)
        htmlParseChunk(parser, chars.baseAddress, Int32(chars.count), 0)
      }
    }
    htmlParseChunk(parser, nil, 0, 1)
  }

  /// The bytes as UTF-8: as they are, or from the encoding that the page declares.
  private static func utf8(_ bytes: [UInt8], at source: Source) throws(StageError) -> [UInt8] {
    if UTF8Check.isValid(bytes) { return bytes }
    guard let name = declaredEncoding(bytes), let decoder = TextDecoder(name),
      let text = try? decoder.decode(bytes, atEnd: true)
    else { throw UTF8Check.fault(in: bytes, at: source) }
    return text
  }

  /// The encoding after `charset=` in the first 1024 bytes, where HTML has it.
  static func declaredEncoding(_ bytes: [UInt8]) -> String? {
    let head = bytes.prefix(1024).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    let key = Array("charset=".utf8)
    guard head.count > key.count,
      let place = (0..<head.count - key.count).first(where: { head[$0...].starts(with: key) })
    else { return nil }
    let name = head[(place + key.count)...].drop { " \"'".utf8.contains($0) }
      .prefix { !" \"'/>;".utf8.contains($0) }
    return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
  }
}

/// Turns the events of libxml2's HTML parser into text.
final class HTMLTextWriter {
  private var body: [UInt8] = []
  private var title: [UInt8] = []
  /// How many elements are open whose text is left out.
  private var hidden = 0
  private var preformatted = 0
  private var inTitle = false
  private var depth = 0
  /// No page that people wrote is nested like this; browsers stop at 512.
  static let deepest = 2048
  /// Whether elements are nested too deep to go on.
  private(set) var isTooDeep = false
  /// A blank is due before the next word.
  private var blankDue = false
  /// A new line is due before the next word.
  private var lineDue = false

  private static let hiddenElements: Set<String> = [
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "canvas", "audio",
    "video", "select", "textarea", "button",
  ]
  private static let blocks: Set<String> = [
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
    "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "legend", "li",
    "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot",
    "thead", "tr", "ul",
  ]

  /// The text of the body without blanks at its ends.
  var bodyText: String { String(decoding: body, as: UTF8.self) }
  /// The text of the title.
  var titleText: String {
    String(decoding: title.last == 0x20 ? title.dropLast() : title[...], as: UTF8.self)
  }

  private func start(_ name: String) {
    depth += 1
    if depth > Self.deepest { isTooDeep = true }
    if Self.hiddenElements.contains(name) { hidden += 1 }
    switch name {
    case "title": inTitle = true
    case "pre": preformatted += 1
    case "br": lineBreak()
    case "td", "th": blankDue = true
    default: break
    }
    if Self.blocks.contains(name) { lineDue = true }
  }

  private func end(_ name: String) {
    depth -= 1
    if Self.hiddenElements.contains(name) { hidden = max(0, hidden - 1) }
    switch name {
    case "title": inTitle = false
    case "pre": preformatted = max(0, preformatted - 1)
    default: break
    }
    if Self.blocks.contains(name) { lineDue = true }
  }

  private func lineBreak() {
    guard hidden == 0, !body.isEmpty else { return }
    // The break itself ends the line, so a block that follows asks for none.
    body.append(0x0A)
    lineDue = false
    blankDue = false
  }

  private func characters(_ bytes: UnsafeBufferPointer<UInt8>) {
    if inTitle { return Self.append(bytes, to: &title) }
    guard hidden == 0 else { return }
    for byte in bytes {
      let isBlank = byte == 0x20 || (0x09...0x0D).contains(byte)
      if isBlank, preformatted == 0 {
        blankDue = true
      } else {
        if !isBlank || preformatted > 0 { beginWord() }
        body.append(byte)
      }
    }
  }

  /// Writes the newline or blank that is due.
  private func beginWord() {
    if lineDue, !body.isEmpty, body.last != 0x0A {
      body.append(0x0A)
    } else if blankDue, let last = body.last, last != 0x0A {
      body.append(0x20)
    }
    lineDue = false
    blankDue = false
  }

  private static func append(_ bytes: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) {
    for byte in bytes {
      let isBlank = byte == 0x20 || (0x09...0x0D).contains(byte)
      if !isBlank {
        text.append(byte)
      } else if let last = text.last, last != 0x20 {
        text.append(0x20)
      }
    }
  }

  // MARK: - libxml2's side

  private static func writer(_ context: UnsafeMutableRawPointer) -> HTMLTextWriter {
    Unmanaged<HTMLTextWriter>.fromOpaque(context).takeUnretainedValue()
  }

  /// The events wanted; all others, complaints among them, are ignored.
  static var handler: xmlSAXHandler {
    var handler = xmlSAXHandler()
    handler.startElement = { context, name, _ in
      guard let context, let name else { return }
      HTMLTextWriter.writer(context).start(String(cString: name))
    }
    handler.endElement = { context, name in
      guard let context, let name else { return }
      HTMLTextWriter.writer(context).end(String(cString: name))
    }
    handler.characters = { context, bytes, count in
      guard let context, let bytes else { return }
      let buffer = UnsafeBufferPointer(start: bytes, count: Int(count))
      HTMLTextWriter.writer(context).characters(buffer)
    }
    handler.ignorableWhitespace = handler.characters
    return handler
  }
}
