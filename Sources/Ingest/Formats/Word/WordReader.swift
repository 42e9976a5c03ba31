import Records
import Stages

/// Makes lines of the paragraphs and tables of a DOCX.
struct WordReader {
  /// A paragraph, or a row of a table.
  struct Line {
    let text: String
    var isHeading = false
  }

  /// A footnote or an endnote.
  struct Note: Hashable {
    enum Kind: String, CaseIterable {
      case footnote, endnote
    }

    let kind: Kind
    let id: String
  }

  /// The notes that the text refers to, in order.
  private(set) var notes: [Note] = []
  private let numbering: WordNumbering
  /// The styles of headings.
  private let headings: Set<String>
  /// How many items of each list and level there were.
  private var counts: [String: Int] = [:]
  private static let deepest = 8

  init(numbering: WordNumbering, headings: Set<String>) {
    self.numbering = numbering
    self.headings = headings
  }

  /// The lines of a paragraph, a table, or what holds some; blank ones are left out.
  mutating func lines(of block: XMLElement) throws(StageError) -> [Line] {
    switch block.name {
    case "p":
      let line = try paragraph(block)
      return line.text.isEmpty ? [] : [line]
    case "tbl":
      var rows: [Line] = []
      for row in block.children where row.name == "tr" {
        let text = try self.row(row)
        if !text.isEmpty { rows.append(Line(text: text)) }
      }
      return rows
    // Content controls, tracked insertions and alternatives are boxes around blocks.
    case "sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag":
      return try inner(of: block)
    default: return []
    }
  }

  private mutating func inner(of block: XMLElement) throws(StageError) -> [Line] {
    var lines: [Line] = []
    for child in block.children { lines += try self.lines(of: child) }
    return lines
  }

  /// The cells of a row with tabs between them.
  private mutating func row(_ row: XMLElement) throws(StageError) -> String {
    var cells: [String] = []
    for cell in row.children where cell.name == "tc" {
      let lines = try inner(of: cell)
      cells.append(lines.map(\.text).joined(separator: " "))
    }
    return cells.allSatisfy(\.isEmpty) ? "" : cells.joined(separator: "\t")
  }

  private mutating func paragraph(_ paragraph: XMLElement) throws(StageError) -> Line {
    var text = ""
    try collect(paragraph, into: &text)
    text = XMLElement.trimmed(text)
    let properties = paragraph.child("pPr")
    let style = properties?.child("pStyle")?["val"] ?? ""
    let name = style.lowercased()
    let isHeading =
      headings.contains(style) || name.hasPrefix("heading") || name == "title"
      || properties?.child("outlineLvl") != nil
    guard !isHeading, !text.isEmpty, let mark = mark(of: properties) else {
      return Line(text: text, isHeading: isHeading && !text.isEmpty)
    }
    return Line(text: "\(mark) \(text)")
  }

  /// The bullet or number before an item of a list.
  private mutating func mark(of properties: XMLElement?) -> String? {
    guard let list = properties?.child("numPr"), let id = list.child("numId")?["val"] else {
      return nil
    }
    // There are nine levels, whatever a file says.
    let level = min(max(list.child("ilvl")?["val"].flatMap { Int($0) } ?? 0, 0), Self.deepest)
    guard let format = numbering.format(id, level: "\(level)") else { return nil }
    let count = (counts["\(id)/\(level)"] ?? 0) + 1
    counts["\(id)/\(level)"] = count
    // A deeper level begins anew under each item.
    for deeper in level..<Self.deepest { counts["\(id)/\(deeper + 1)"] = nil }
    return format == "bullet" || format == "none" ? "-" : "\(count)."
  }

  /// The text of runs; libxml2's limit of depth bounds the recursion.
  private mutating func collect(_ element: XMLElement, into text: inout String) throws(StageError) {
    for child in element.children {
      switch child.name {
      case "t": text += try child.rawContent()
      case "tab": text += "\t"
      case "br", "cr": text += "\n"
      case "noBreakHyphen": text += "-"
      case "footnoteReference": addNote(.footnote, child, &text)
      case "endnoteReference": addNote(.endnote, child, &text)
      case "r":
        let properties = child.child("rPr")
        if properties?.child("vanish") == nil { try collect(child, into: &text) }
      // Old text of changes, properties, codes of fields, and the second form of drawings.
      case "del", "moveFrom", "pPr", "rPr", "instrText", "delText", "Fallback": continue
      default: try collect(child, into: &text)
      }
    }
  }

  private mutating func addNote(_ kind: Note.Kind, _ reference: XMLElement, _ text: inout String) {
    guard let id = reference["id"] else { return }
    notes.append(Note(kind: kind, id: id))
    text += "[\(notes.count)]"
  }
}
