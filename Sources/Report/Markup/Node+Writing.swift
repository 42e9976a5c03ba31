extension Node {
  /// The markup: HTML that is well-formed XML too.
  package var markup: String {
    var output: [UInt8] = []
    write(to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  private func write(to output: inout [UInt8]) {
    switch self {
    case .text(let text): Self.escape(text, to: &output)
    case .fragment(let nodes): for node in nodes { node.write(to: &output) }
    case .style(let sheet):
      output.append(contentsOf: "<style>".utf8)
      Self.append(sheet, to: &output)
      output.append(contentsOf: "</style>".utf8)
    case .element(let name, let attributes, let children):
      Self.open(name, attributes, to: &output)
      for child in children { child.write(to: &output) }
      Self.close(name, to: &output)
    }
  }

  private static func open(
    _ name: StaticString, _ attributes: Attributes, to output: inout [UInt8]
  ) {
    output.append(UInt8(ascii: "<"))
    append(name, to: &output)
    for (name, value) in attributes.list {
      output.append(UInt8(ascii: " "))
      append(name, to: &output)
      output.append(contentsOf: "=\"".utf8)
      escape(value, to: &output)
      output.append(UInt8(ascii: "\""))
    }
    output.append(contentsOf: isVoid(name) ? " />".utf8 : ">".utf8)
  }

  private static func close(_ name: StaticString, to output: inout [UInt8]) {
    guard !isVoid(name) else { return }
    output.append(contentsOf: "</".utf8)
    append(name, to: &output)
    output.append(UInt8(ascii: ">"))
    if isBlock(name) { output.append(UInt8(ascii: "\n")) }
  }

  private static func append(_ literal: StaticString, to output: inout [UInt8]) {
    literal.withUTF8Buffer { output.append(contentsOf: $0) }
  }

  /// Elements that HTML forbids to close.
  private static func isVoid(_ name: StaticString) -> Bool {
    ["meta", "br", "hr", "col"].contains(name.description)
  }

  /// Elements after which a line break changes nothing on the page.
  private static func isBlock(_ name: StaticString) -> Bool {
    ["tr", "section", "p", "div", "figure", "svg", "g", "head", "li", "h1", "h2", "h3"]
      .contains(name.description)
  }

  /// Writes text with the five special characters as entities.
  ///
  /// Scalars that neither HTML nor XML allows become U+FFFD, so a page stays readable whatever
  /// bytes a record held.
  private static func escape(_ text: String, to output: inout [UInt8]) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": output.append(contentsOf: "&amp;".utf8)
      case "<": output.append(contentsOf: "&lt;".utf8)
      case ">": output.append(contentsOf: "&gt;".utf8)
      case "\"": output.append(contentsOf: "&quot;".utf8)
      case "'": output.append(contentsOf: "&#39;".utf8)
      case _ where isForbidden(scalar): output.append(contentsOf: "\u{FFFD}".utf8)
      default: output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
  }

  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D: false
    case 0..<0x20, 0x7F..<0xA0, 0xFFFE, 0xFFFF: true
    default: false
    }
  }
}
