import TextKit

/// The HTML of a document of Markdown, as the examples of the CommonMark specification have it.
package struct MarkdownHTML {
  private var result: [UInt8] = []
  private let references: [String: MarkdownReference]

  /// The HTML of Markdown in UTF-8.
  package static func html(of markdown: [UInt8]) -> [UInt8] {
    let parser = MarkdownParser(markdown)
    var writer = MarkdownHTML(references: parser.references)
    for block in parser.document.children { writer.write(block, isTight: false) }
    return writer.result
  }

  private init(references: [String: MarkdownReference]) { self.references = references }

  private mutating func breakLine() {
    if let last = result.last, last != 0x0A { result.append(0x0A) }
  }

  private mutating func add(_ text: String) { result += text.utf8 }

  /// Writes a block; the parser's limit of depth bounds the recursion.
  private mutating func write(_ block: MarkdownBlock, isTight: Bool) {
    switch block.kind {
    case .document: break
    case .paragraph:
      if isTight { return addInlines(block.text) }
      breakLine()
      box("p", block.text)
    case .heading(let level):
      breakLine()
      box("h\(level)", block.text)
    case .rule:
      breakLine()
      add("<hr />\n")
    case .code: writeCode(block)
    case .html:
      breakLine()
      result += block.text
      add("\n")
    case .quote:
      breakLine()
      add("<blockquote>\n")
      for child in block.children { write(child, isTight: false) }
      breakLine()
      add("</blockquote>\n")
    case .list(let mark): writeList(block, mark)
    case .item: writeItem(block, isTight: isTight)
    case .table: writeTable(block)
    }
  }

  private mutating func box(_ name: String, _ text: [UInt8]) {
    add("<\(name)>")
    addInlines(text)
    add("</\(name)>\n")
  }

  private mutating func addInlines(_ text: [UInt8]) {
    result += MarkdownInlines.html(of: Array(text[...].trimmedBlanks), references)
  }

  private mutating func writeCode(_ block: MarkdownBlock) {
    breakLine()
    let language = block.info[...].unescaped.prefix { !$0.isHTMLBlank }
    add("<pre><code")
    if !language.isEmpty {
      add(" class=\"language-")
      result += language.escapedHTML
      add("\"")
    }
    add(">")
    result += block.text[...].escapedHTML
    add("</code></pre>\n")
  }

  private mutating func writeList(_ block: MarkdownBlock, _ mark: MarkdownBlock.ListMark) {
    breakLine()
    let start = mark.number.map { $0 == 1 ? "<ol>" : "<ol start=\"\($0)\">" }
    add("\(start ?? "<ul>")\n")
    for child in block.children { write(child, isTight: block.isTight) }
    add(start == nil ? "</ul>\n" : "</ol>\n")
  }

  private mutating func writeItem(_ block: MarkdownBlock, isTight: Bool) {
    add("<li>")
    for (index, child) in block.children.enumerated() {
      let isText = isTight && child.kind == .paragraph
      if !isText || index > 0 { breakLine() }
      write(child, isTight: isTight)
    }
    add("</li>\n")
  }

  private mutating func writeTable(_ block: MarkdownBlock) {
    breakLine()
    add("<table>\n")
    for (index, row) in MarkdownTable.rows(of: block.text).enumerated() {
      let name = index == 0 ? "th" : "td"
      add("<tr>\n")
      for cell in row { box(name, cell) }
      add("</tr>\n")
    }
    add("</table>\n")
  }
}

extension MarkdownHTML {
  private static let raw = ["script", "pre", "style", "textarea"]
  private static let blocks: Set<String> = [
    "address", "article", "aside", "base", "basefont", "blockquote", "body", "caption", "center",
    "col", "colgroup", "dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "frame", "frameset", "h1", "h2", "h3", "h4", "h5",
    "h6", "head", "header", "hr", "html", "iframe", "legend", "li", "link", "main", "menu",
    "menuitem", "nav", "noframes", "ol", "optgroup", "option", "p", "param", "search", "section",
    "summary", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "track", "ul",
  ]

  /// Which of the specification's seven kinds of HTML block begins here.
  static func kind(_ text: ArraySlice<UInt8>) -> Int? {
    let isClosing = text.dropFirst().first == UInt8(ascii: "/")
    let letters = text.dropFirst(isClosing ? 2 : 1).prefix(20).prefix { $0.isASCIIAlphanumeric }
    let name = String(decoding: letters, as: UTF8.self).lowercased()
    let after = text.dropFirst((isClosing ? 2 : 1) + letters.count).first
    let ends = after.map { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ">") } ?? true
    if raw.contains(name), !isClosing, ends { return 1 }
    if text.starts(with: "<!--".utf8) { return 2 }
    if text.starts(with: "<?".utf8) { return 3 }
    if text.starts(with: "<![CDATA[".utf8) { return 5 }
    if text.starts(with: "<!".utf8) {
      return text.dropFirst(2).first?.isASCIILetter == true ? 4 : nil
    }
    let closesItself = text.dropFirst((isClosing ? 2 : 1) + letters.count).starts(with: "/>".utf8)
    if blocks.contains(name), ends || closesItself { return 6 }
    guard let end = MarkdownInlines.tagEnd(in: text), text[end...].trimmedBlanks.isEmpty else {
      return nil
    }
    return 7
  }

  /// Whether a line ends a block of one of the first five kinds.
  static func ends(_ kind: Int, _ line: ArraySlice<UInt8>) -> Bool {
    switch kind {
    case 1:
      let text = String(decoding: line, as: UTF8.self).lowercased()
      return raw.contains { text.contains("</\($0)>") }
    case 2: return line.firstRange(of: Array("-->".utf8)) != nil
    case 3: return line.firstRange(of: Array("?>".utf8)) != nil
    case 4: return line.contains(UInt8(ascii: ">"))
    case 5: return line.firstRange(of: Array("]]>".utf8)) != nil
    default: return false
    }
  }
}

extension ArraySlice<UInt8> {
  /// The bytes as text of HTML.
  var escapedHTML: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(count)
    for byte in self {
      switch byte {
      case UInt8(ascii: "&"): result += "&amp;".utf8
      case UInt8(ascii: "<"): result += "&lt;".utf8
      case UInt8(ascii: ">"): result += "&gt;".utf8
      case UInt8(ascii: "\""): result += "&quot;".utf8
      default: result.append(byte)
      }
    }
    return result
  }
}
