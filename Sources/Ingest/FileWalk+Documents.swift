import Records
import Stages

extension FileWalk {
  // MARK: - XML

  /// XML says itself what it is in, unless the pipeline says otherwise.
  func readXML(
    _ stream: PeekedBytes, _ format: FileFormat,
    _ give: (Int, SourceUnit.Payload) throws -> Void
  ) throws {
    guard try !stream.peek().isEmpty else { return }
    let isOwn = options.decoding.isAutomatic
    let bytes: any ByteStream =
      isOwn
      ? stream : try DecodedBytes(stream, options.decoding, name: file.name)
    let fields = try XMLFields(
      format == .xml ? options.mapping.fields.map(\.text) : [], of: file.name)
    let records = XMLRecords(bytes, name: file.name, path: path(of: format))
    if format == .mediawiki { parsers[file.name] = .mediawiki }
    if format == .feed { parsers[file.name] = .feed }
    try records.forEach(encoding: isOwn ? nil : "UTF-8") { number, element in
      let object =
        switch format {
        case .feed: try FeedEntry.object(of: element)
        case .mediawiki: try MediaWikiPage.object(of: element)
        default: try fields.object(of: element)
        }
      try give(number, bounded(object, number))
    }
  }

  /// A record made of a part of a file, or the complaint that its texts are too large.
  private func bounded(_ object: JSONObject, _ number: Int) -> SourceUnit.Payload {
    let size = object.members.reduce(0) { $0 + ($1.value.string?.utf8.count ?? 0) }
    return size > options.largest ? tooLarge(number) : .object(object)
  }

  /// The most bytes of text that a file may hold, of which its parts or it itself are records.
  private var largestText: Int { options.parts ? Self.largestFile : options.largest }

  private func path(of format: FileFormat) -> ElementPath {
    switch format {
    case .feed: FeedEntry.path
    case .mediawiki: MediaWikiPage.path
    default: options.recordPath
    }
  }

  // MARK: - Documents

  /// The most bytes of a file that is read at once; its records are far smaller.
  private static let largestFile = 1 << 30

  /// Reads what is no stream of text: archives of pages, documents and books.
  func readDocument(
    _ stream: PeekedBytes, _ format: FileFormat,
    _ give: (Int, SourceUnit.Payload) throws -> Void
  ) throws {
    if format == .warc {
      parsers[file.name] = .warc(options.html)
      var records = WARCRecords(stream, name: file.name, largest: options.largest)
      return try records.forEach(tooLong: { try give($0, tooLarge($0)) }) {
        try give($0, .bytes($1))
      }
    }
    guard try !stream.peek().isEmpty else { return }
    if format == .pdf {
      return try readPDF(try stream.readAll(atMost: Self.largestFile, of: file.name), give)
    }
    let bytes =
      file.isPlain
      ? try RandomFile(path: file.path, name: file.name)
      : try RandomFile(keeping: stream, name: file.name)
    let archive = try ZipArchive(bytes, name: file.name)
    if format == .epub {
      try readBook(try EPUBBook(archive, name: file.name), give)
    } else {
      try readWord(
        try WordDocument(archive, name: file.name, largest: largestText), give)
    }
  }

  private func readPDF(
    _ bytes: [UInt8], _ give: (Int, SourceUnit.Payload) throws -> Void
  ) throws {
    let pages = try PDFPages.texts(
      bytes, atMost: largestText, at: Source(file: file.name, line: 0))
    guard options.parts else {
      let text = pages.filter { !$0.isEmpty }.joined(separator: "\n\n")
      guard !text.isEmpty else { throw scanned() }
      return try give(1, .object(["text": .string(text), "pages": .integer(pages.count)]))
    }
    for (index, page) in pages.enumerated() where !page.isEmpty {
      try give(
        index + 1, bounded(["text": .string(page), "page": .integer(index + 1)], index + 1))
    }
    if pages.allSatisfy(\.isEmpty) { throw scanned() }
  }

  private func scanned() -> StageError {
    StageError(
      "no-text", "the PDF holds no text, as one of scanned pages",
      source: Source(file: file.name, line: 0), remedy: "run a text recogniser, such as ocrmypdf")
  }

  private func readBook(
    _ book: EPUBBook, _ give: (Int, SourceUnit.Payload) throws -> Void
  ) throws {
    let about = Self.about([
      ("title", book.title), ("author", book.author), ("language", book.language),
    ])
    var texts: [String] = []
    var size = 0
    try book.forEachChapter { number, chapter in
      guard options.parts else {
        texts.append(chapter.text)
        size += chapter.text.utf8.count
        guard size <= options.largest else {
          throw StageError.tooLarge(Source(file: file.name, line: 0), limit: options.largest)
        }
        return
      }
      var object = about
      object["chapter"] = chapter.title.isEmpty ? nil : .string(chapter.title)
      object["text"] = .string(chapter.text)
      try give(number, bounded(object, number))
    }
    guard !texts.isEmpty else { return }
    var object = about
    object["text"] = .string(texts.joined(separator: "\n\n"))
    try give(1, .object(object))
  }

  private func readWord(
    _ document: WordDocument, _ give: (Int, SourceUnit.Payload) throws -> Void
  ) throws {
    let about = Self.about([("title", document.title), ("author", document.author)])
    guard options.parts else {
      guard !document.text.isEmpty else { return }
      var object = about
      object["text"] = .string(document.text)
      return try give(1, .object(object))
    }
    for (index, section) in document.sections.enumerated() where !section.lines.isEmpty {
      var object = about
      object["section"] = section.heading.map { .string($0) }
      object["text"] = .string(section.lines.joined(separator: "\n"))
      try give(index + 1, bounded(object, index + 1))
    }
  }

  private static func about(_ fields: [(String, String)]) -> JSONObject {
    var object = JSONObject()
    for (name, text) in fields where !text.isEmpty { object[name] = .string(text) }
    return object
  }

  // MARK: - Markdown

  /// Markdown, a record a file or a section.
  func readMarkdown(
    _ stream: DecodedBytes, _ give: (Int, SourceUnit.Payload) throws -> Void
  ) throws {
    parsers[file.name] = .markdown
    let bytes = try stream.readAll(atMost: largestText, of: file.name)
    guard !bytes.isEmpty else { return }
    guard options.parts else { return try give(1, .bytes(bytes)) }
    for (line, section) in MarkdownSections.sections(of: bytes) {
      try give(line, section.count > options.largest ? tooLarge(line) : .bytes(section))
    }
  }
}
