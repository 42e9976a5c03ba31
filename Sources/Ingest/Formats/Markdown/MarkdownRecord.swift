import Records
import Stages

/// What a document of Markdown holds: the fields of its front matter and its text.
enum MarkdownRecord {
  /// The record of a document or a section; nil where it has no text.
  static func object(_ bytes: [UInt8], at source: Source) throws(StageError) -> JSONObject? {
    _ = try UTF8Check.text(bytes, at: source)
    let matter = FrontMatter(bytes)
    let tree = HTMLTree(MarkdownHTML.html(of: Array(bytes[matter.end...])))
    if tree.isTooDeep { throw HTMLPage.tooDeep(source) }
    let text = HTMLText.text(of: tree)
    guard !text.isEmpty else { return nil }
    var object = matter.fields
    object["text"] = .string(text)
    if let heading = tree.nodes.firstIndex(where: { $0.element == .h1 }), object["title"] == nil {
      object["title"] = .string(HTMLText.text(of: tree, below: heading))
    }
    return object
  }
}

/// Divides a document of Markdown at its headings.
enum MarkdownSections {
  /// The sections and the lines they begin on.
  ///
  /// What stands before the first heading is one, then each heading with what follows it up to the
  /// next, whatever its level. Front matter goes with every section.
  static func sections(of bytes: [UInt8]) -> [(line: Int, bytes: [UInt8])] {
    let matter = FrontMatter(bytes)
    let body = Array(bytes[matter.end...])
    let parser = MarkdownParser(body)
    let headings = parser.document.children.filter { block in
      if case .heading = block.kind { true } else { false }
    }
    let starts = lineStarts(of: body)
    let before = bytes[..<matter.end].count { $0 == 0x0A }
    let lines = ([1] + headings.map(\.line)).filter { $0 <= starts.count }
    var sections: [(line: Int, bytes: [UInt8])] = []
    for (index, line) in lines.enumerated() {
      let end = index + 1 < lines.count ? starts[lines[index + 1] - 1] : body.count
      let section = Array(body[starts[line - 1]..<end])
      guard !TextPieces.isBlank(section) else { continue }
      sections.append((before + line, Array(bytes[..<matter.end]) + section))
    }
    return sections
  }

  private static func lineStarts(of bytes: [UInt8]) -> [Int] {
    [0] + bytes.indices.filter { bytes[$0] == 0x0A && $0 + 1 < bytes.count }.map { $0 + 1 }
  }
}

/// The lines of YAML between two rules that a document may begin with.
///
/// Read are keys with texts, quoted or not, lists of texts in brackets or in lines, and texts of
/// several lines (`|`, `>`); what is nested deeper is kept as it is written.
struct FrontMatter {
  /// The keys and what they hold.
  private(set) var fields = JSONObject()
  /// The place behind it; 0 where there is none.
  private(set) var end = 0

  /// Looks for front matter at the beginning of a document.
  init(_ bytes: [UInt8]) {
    guard bytes.starts(with: "---\n".utf8) || bytes.starts(with: "---\r\n".utf8) else { return }
    var lines: [String] = []
    var place = (bytes.firstIndex(of: 0x0A) ?? 0) + 1
    while place < bytes.count {
      let newline = bytes[place...].firstIndex(of: 0x0A) ?? bytes.count
      let line = bytes[place..<newline].last == 0x0D ? newline - 1 : newline
      let text = String(decoding: bytes[place..<line], as: UTF8.self)
      place = min(newline + 1, bytes.count)
      if text == "---" || text == "..." {
        end = place
        read(lines)
        return
      }
      lines.append(text)
    }
  }

  private mutating func read(_ lines: [String]) {
    var place = 0
    while place < lines.count {
      let line = lines[place]
      place += 1
      guard let colon = line.firstIndex(of: ":"), let first = line.unicodeScalars.first,
        first != "#", first != " ", first != "-"
      else { continue }
      var inner: [String] = []
      while place < lines.count, lines[place].isEmpty || " -\t".contains(lines[place].prefix(1)) {
        inner.append(lines[place])
        place += 1
      }
      let key = Self.scalar(String(line[..<colon]))
      let text = XMLElement.trimmed(String(line[line.index(after: colon)...]))
      fields[key] = Self.value(text, inner)
    }
  }

  private static func value(_ text: String, _ inner: [String]) -> JSONValue {
    let lines = inner.map { XMLElement.trimmed($0) }
    if text.hasPrefix("|") { return .string(XMLElement.trimmed(lines.joined(separator: "\n"))) }
    if text.hasPrefix(">") { return .string(lines.filter { !$0.isEmpty }.joined(separator: " ")) }
    if text.hasPrefix("["), text.hasSuffix("]") {
      return .array(items(of: text.dropFirst().dropLast()).map { .string(scalar($0)) })
    }
    let items = lines.filter { !$0.isEmpty }
    if text.isEmpty, !items.isEmpty {
      guard items.allSatisfy({ $0.hasPrefix("- ") }) else {
        return .string(inner.joined(separator: "\n"))
      }
      return .array(items.map { .string(scalar(XMLElement.trimmed(String($0.dropFirst(2))))) })
    }
    return .string(scalar(([text] + items).joined(separator: " ")))
  }

  /// The parts between commas that stand in no quotes.
  private static func items(of text: Substring) -> [String] {
    var items = [""]
    var quote: Character?
    for character in text {
      if character == ",", quote == nil {
        items.append("")
        continue
      }
      if character == quote {
        quote = nil
      } else if quote == nil, "\"'".contains(character) {
        quote = character
      }
      items[items.count - 1].append(character)
    }
    return items.map { XMLElement.trimmed($0) }.filter { !$0.isEmpty }
  }

  /// A text without its quotes, or without the comment behind it.
  private static func scalar(_ text: String) -> String {
    for quote in ["\"", "'"] where text.hasPrefix(quote) && text.hasSuffix(quote) {
      guard text.utf8.count >= 2 else { break }
      let inner = String(text.dropFirst().dropLast())
      return quote == "'"
        ? inner.replacing("''", with: "'")
        : inner.replacing("\\\"", with: "\"").replacing("\\n", with: "\n")
    }
    guard let comment = text.firstRange(of: " #") else { return text }
    return XMLElement.trimmed(String(text[..<comment.lowerBound]))
  }
}
