import Records
import Stages

/// The text of a DOCX: paragraphs, headings, lists and tables as lines, notes at the end.
///
/// Source: ECMA-376, part 1 (WordprocessingML). Deleted text of tracked changes, field codes and
/// hidden text are left out; headers and footers of pages are no part of the text.
struct WordDocument {
  /// A stretch of the document under one heading.
  struct Section {
    var heading: String?
    var lines: [String] = []
  }

  /// What the document says of itself.
  private(set) var title = ""
  private(set) var author = ""
  private(set) var sections: [Section] = [Section()]
  private let members: XMLMember
  private let name: String
  private let largest: Int
  private var size = 0
  private var numbering = WordNumbering()

  private static let document = "word/document.xml"

  /// Reads a document.
  ///
  /// - Parameter largest: The most bytes of its text.
  /// - Throws: what the archive throws, `invalid-docx` where it holds no document, `too-large`.
  init(_ archive: ZipArchive, name: String, largest: Int) throws {
    self.name = name
    self.largest = largest
    members = XMLMember(archive, name: name)
    guard archive[Self.document] != nil else { throw Self.noDocument(archive, name) }
    try members.forEach(ElementPath("/coreProperties") ?? .children, in: "docProps/core.xml") {
      title = try $0.child("title")?.text() ?? ""
      author = try $0.child("creator")?.text() ?? ""
    }
    numbering = try WordNumbering(members)
    var reader = WordReader(numbering: numbering, headings: try headings())
    let blocks = ElementPath("/document/body/*") ?? .children
    try members.forEach(blocks, in: Self.document) { try add($0, &reader) }
    try addNotes(reader.notes)
  }

  /// The styles of headings; what they are called in the file depends on its language.
  private func headings() throws -> Set<String> {
    var headings: Set<String> = []
    try members.forEach(ElementPath("/styles/style") ?? .children, in: "word/styles.xml") {
      let name = $0.child("name")?["val"]?.lowercased() ?? ""
      if let id = $0["styleId"], name.hasPrefix("heading ") || name == "title" {
        headings.insert(id)
      }
    }
    return headings
  }

  private mutating func add(_ block: XMLElement, _ reader: inout WordReader) throws(StageError) {
    for line in try reader.lines(of: block) {
      size += line.text.utf8.count
      guard size <= largest else {
        throw .tooLarge(Source(file: name, line: 0), limit: largest)
      }
      if line.isHeading {
        sections.append(Section(heading: line.text, lines: [line.text]))
      } else {
        sections[sections.count - 1].lines.append(line.text)
      }
    }
  }

  /// Footnotes and endnotes, by their numbers, behind the text.
  private mutating func addNotes(_ wanted: [WordReader.Note]) throws {
    var texts: [WordReader.Note: String] = [:]
    for kind in WordReader.Note.Kind.allCases {
      let path = ElementPath("/\(kind.rawValue)s/\(kind.rawValue)") ?? .children
      var reader = WordReader(numbering: numbering, headings: [])
      try members.forEach(path, in: "word/\(kind.rawValue)s.xml") { note in
        let lines = try note.children.flatMap { block throws(StageError) in
          try reader.lines(of: block)
        }
        let text = lines.map(\.text).joined(separator: " ")
        texts[WordReader.Note(kind: kind, id: note["id"] ?? "")] = text
      }
    }
    for (index, note) in wanted.enumerated() {
      guard let text = texts[note] else { continue }
      sections[sections.count - 1].lines.append("[\(index + 1)] \(text)")
    }
  }

  /// The whole text.
  var text: String { sections.flatMap(\.lines).joined(separator: "\n") }

  private static func noDocument(_ archive: ZipArchive, _ name: String) -> StageError {
    let kinds = [("xl/workbook.xml", "a spreadsheet"), ("ppt/presentation.xml", "a presentation")]
    let kind = kinds.first { archive[$0.0] != nil }?.1
    return StageError(
      "invalid-docx",
      kind.map { "the file is \($0), not a text document" }
        ?? "the archive holds no '\(document)'", source: Source(file: name, line: 0),
      remedy: kind == nil ? "name .docx files, or the format" : "save it as CSV or text")
  }
}

/// Which paragraphs are items of a list, and how they are marked.
struct WordNumbering {
  /// The format of each level of each numbering: `bullet`, `decimal` and so on.
  private var formats: [String: [String: String]] = [:]

  /// A document without lists.
  init() {}

  /// Reads the numberings of a document.
  init(_ members: XMLMember) throws {
    var abstract: [String: [String: String]] = [:]
    var formats: [String: [String: String]] = [:]
    let path = ElementPath("/numbering/*") ?? .children
    try members.forEach(path, in: "word/numbering.xml") { element in
      if element.name == "abstractNum" {
        var levels: [String: String] = [:]
        for level in element.children where level.name == "lvl" {
          levels[level["ilvl"] ?? "0"] = level.child("numFmt")?["val"] ?? "decimal"
        }
        abstract[element["abstractNumId"] ?? ""] = levels
      } else if element.name == "num", let id = element["numId"] {
        formats[id] = abstract[element.child("abstractNumId")?["val"] ?? ""]
      }
    }
    self.formats = formats
  }

  /// The format of a level; nil where it is no list.
  func format(_ number: String, level: String) -> String? {
    number == "0" ? nil : formats[number].map { $0[level] ?? "decimal" }
  }
}
