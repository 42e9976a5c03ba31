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
