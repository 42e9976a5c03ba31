import Parquet
import Records
import Stages

/// The formats that raw records are read from.
enum FileFormat: String, ChoiceValue {
  /// What the file's name says, or else its first bytes.
  case auto
  /// One JSON object a line.
  case jsonl
  /// An array of objects, an object that holds one, or objects one after the other.
  case json
  /// Rows of cells divided by commas (RFC 4180).
  case csv
  /// Rows of cells divided by tabs.
  case tsv
  /// Plain text: a record a line, paragraph or file.
  case text
  /// A page: its text is one record.
  case html
  /// Elements of one path.
  case xml
  /// The `data.*` files of WordNet 3.0.
  case wordnet
  /// Text with the marks of CommonMark.
  case markdown
  /// Entries of RSS and Atom.
  case feed
  /// Articles of a dump of a wiki such as Wikipedia.
  case mediawiki
  /// Pages of a web archive.
  case warc
  /// A text document of Word and its like.
  case docx
  /// A book.
  case epub
  /// A PDF, read by `pdftotext`.
  case pdf
  /// Tables by column: a record a row.
  case parquet

  private static let endings: [String: FileFormat] = [
    "jsonl": .jsonl, "ndjson": .jsonl, "jsonlines": .jsonl, "json": .json, "csv": .csv,
    "tsv": .tsv, "tab": .tsv, "txt": .text, "text": .text, "html": .html, "htm": .html,
    "xhtml": .html, "xml": .xml, "nxml": .xml, "md": .markdown, "markdown": .markdown,
    "rss": .feed, "atom": .feed, "warc": .warc, "wet": .warc, "docx": .docx, "epub": .epub,
    "pdf": .pdf, "parquet": .parquet, "parq": .parquet,
  ]
  private static let wordNetNames: Set<String> = ["data.noun", "data.verb", "data.adj", "data.adv"]

  /// The part of a name behind its last dot, `.gz`, `.zst`, `.bz2` and `.xz` left aside.
  static func ending(of name: String) -> String? {
    var parts = FilePaths.name(name).lowercased().split(
      separator: ".", omittingEmptySubsequences: false)
    while parts.count > 1, let last = parts.last, Compression.endings.contains(String(last)) {
      parts.removeLast()
    }
    return parts.count > 1 ? parts.last.map(String.init) : nil
  }

  /// The format of a file by its name and its first bytes; never `auto`.
  static func detect(name: String, head: [UInt8]) -> FileFormat {
    if wordNetNames.contains(FilePaths.name(name)), head.starts(with: "  1 ".utf8) {
      return .wordnet
    }
    if head.starts(with: ParquetFile.magic) { return .parquet }
    let named = ending(of: name).flatMap { endings[$0] }
    // Many files named .json hold one object a line.
    if named == .json { return isLines(head) ? .jsonl : .json }
    if named == .xml {
      let kind = MarkupKind.format(head)
      return kind == .text ? .xml : kind
    }
    return named ?? sniff(head)
  }

  /// Whether neither the name nor the first bytes tell a format, and the bytes are no text either:
  /// pictures, programs, tables of unknown kinds.
  static func isUnknown(name: String, head: [UInt8]) -> Bool {
    ending(of: name).flatMap { endings[$0] } == nil && head.prefix(4096).contains(0)
      && detect(name: name, head: head) == .text
  }

  private static func sniff(_ head: [UInt8]) -> FileFormat {
    let start = head.drop { $0 <= 0x20 || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }
    let word = String(decoding: start.prefix(14), as: UTF8.self).lowercased()
    if word.hasPrefix("{") { return isLines(head) ? .jsonl : .json }
    if word.hasPrefix("[") { return .json }
    if word.hasPrefix("<!doctype html") || word.hasPrefix("<html") { return .html }
    if word.hasPrefix("<") { return MarkupKind.format(head) }
    if word.hasPrefix("%pdf-") { return .pdf }
    if word.hasPrefix("warc/1.") { return .warc }
    if word.hasPrefix("pk\u{3}\u{4}") { return head.isBook ? .epub : .docx }
    return .text
  }

  /// Whether the first line is a whole JSON object and another object begins the next.
  private static func isLines(_ head: [UInt8]) -> Bool {
    let bytes = head.starts(with: [0xEF, 0xBB, 0xBF]) ? head.dropFirst(3) : head[...]
    let line = bytes.prefix { $0 != 0x0A }
    guard bytes[line.endIndex...].first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else {
      return false
    }
    return (try? JSONValue.parse(line).object) != nil
  }
}

/// What XML a file is, by the name of its first element.
enum MarkupKind {
  private static let roots: [(name: String, format: FileFormat)] = [
    ("rss", .feed), ("feed", .feed), ("rdf:rdf", .feed), ("mediawiki", .mediawiki),
    ("html", .html),
  ]

  /// The format of a file that begins with a bracket; text where no element begins.
  static func format(_ head: [UInt8]) -> FileFormat {
    let text = String(decoding: head.prefix(4096), as: UTF8.self).lowercased()
    var rest = text[...]
    while let open = rest.firstIndex(of: "<") {
      rest = rest[rest.index(after: open)...]
      guard let first = rest.first, first != "!", first != "?" else { continue }
      let name = rest.prefix { !$0.isWhitespace && $0 != ">" && $0 != "/" }
      return roots.first { $0.name == name }?.format ?? .xml
    }
    return text.contains("<?xml") || text.contains("<!doctype") ? .xml : .text
  }
}

extension [UInt8] {
  /// Whether a zip archive begins as books do, with its type as the first member.
  fileprivate var isBook: Bool {
    prefix(100).firstRange(of: Array("mimetypeapplication/epub+zip".utf8)) != nil
  }
}

/// How plain text is divided into records.
enum TextSplit: String, ChoiceValue {
  /// Each line.
  case line
  /// Lines up to the next blank one.
  case paragraph
  /// Each sentence; lines of a paragraph run together.
  case sentence
  /// Lines from one that `chapter` matches to the next.
  case chapter
  /// Stretches of `window` characters.
  case window
  /// The whole file.
  case file
}
