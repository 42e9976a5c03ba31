import Parquet
import Records
import Stages
import TextKit

/// Walks the raw records of one file of data: a file itself, or a member of an archive.
struct FileWalk {
  let file: InputFile
  /// The file's bytes, without any compression around them.
  let stream: PeekedBytes
  let options: IngestOptions
  let parsers: ParserTable
  /// Told of what is read elsewhere than from the stream.
  let meter: InputMeter?

  /// Calls `give` with the line or number of each raw record and its payload.
  ///
  /// `enter` is called before with the part of the file that the numbers count in, where it has parts.
  func run(
    entering enter: (String) -> Void, _ give: (Int, SourceUnit.Payload) throws -> Void
  ) throws {
    let head = try stream.peek()
    let format = options.format == .auto ? try detect(head) : options.format
    if let fault = UnsupportedArchive.fault(head, format, file.name) { throw fault }
    if options.decoding.decoder(head) != nil { parsers.noteDecoded(file.name) }
    switch format {
    case .parquet: try readParquet(entering: enter, give)
    case .xml, .feed, .mediawiki: try readXML(stream, format, give)
    case .docx, .epub, .pdf, .warc: try readDocument(stream, format, give)
    case .html:
      parsers[file.name] = .html(options.html)
      try give(1, .bytes(try page(stream)))
    default:
      let text = try DecodedBytes(stream, options.decoding, name: file.name) { name in
        parsers.note(file.name, encoding: name)
      }
      try read(text, format, give)
    }
  }

  /// The format by name and first bytes, these decoded where a mark says they are UTF-16.
  private func detect(_ head: [UInt8]) throws(StageError) -> FileFormat {
    let decoder = options.decoding.decoder(head)
    let text = (try? decoder?.decode(head, atEnd: false)) ?? head
    if FileFormat.isUnknown(name: file.name, head: text) { throw .unknownFormat(file.name) }
    let format = FileFormat.detect(name: file.name, head: text)
    // Whoever names the element of a record wants elements, whatever they are of.
    let isMarkup = format == .feed || format == .mediawiki
    return isMarkup && options.recordPath != .children ? .xml : format
  }

  private func read(
    _ stream: DecodedBytes, _ format: FileFormat,
    _ give: (Int, SourceUnit.Payload) throws -> Void
  ) throws {
    let lines = LineReader(stream, name: file.name, largest: options.largest)
    switch format {
    case .json:
      try JSONElements.forEach(in: stream, name: file.name, largest: options.largest, give)
    case .csv, .tsv: try readRows(stream, format, give)
    case .text:
      parsers[file.name] = .text
      try readText(options.gutenberg == .strip ? GutenbergBytes(stream) : stream, give)
    case .wordnet:
      parsers[file.name] = .wordnet
      try lines.forEach { line, bytes in
        if !WordNetLine.isLicence(bytes) { try give(line, .bytes(bytes)) }
      }
    case .markdown: try readMarkdown(stream, give)
    case .auto, .jsonl, .html, .xml, .feed, .mediawiki, .docx, .epub, .pdf, .warc, .parquet:
      try readLines(lines, give)
    }
  }

  private func readLines(
    _ lines: LineReader, _ give: (Int, SourceUnit.Payload) throws -> Void
  ) throws {
    try lines.forEach(tooLong: { try give($0, tooLarge($0)) }) { try give($0, .bytes($1)) }
  }

  func tooLarge(_ line: Int) -> SourceUnit.Payload {
    .fault(.tooLarge(Source(file: file.name, line: line), limit: options.largest))
  }

  private func readText(
    _ stream: any ByteStream, _ give: (Int, SourceUnit.Payload) throws -> Void
  ) throws {
    let lines = LineReader(stream, name: file.name, largest: options.largest)
    let splitting = TextSplitting(lines: lines, largest: options.largest)
    func tooLong(_ line: Int) throws { try give(line, tooLarge(line)) }
    func visit(_ line: Int, _ bytes: [UInt8]) throws { try give(line, .bytes(bytes)) }
    switch options.split {
    case .line: try readLines(lines, give)
    case .sentence: try splitting.forEachSentence(tooLong: tooLong, visit)
    case .chapter: try splitting.forEachChapter(options.chapter, tooLong: tooLong, visit)
    case .window:
      try splitting.forEachWindow(
        size: options.window, overlap: options.overlap, tooLong: tooLong, visit)
    case .paragraph:
      try TextPieces.forEachParagraph(
        lines, largest: options.largest, tooLong: tooLong, visit)
    case .file:
      let bytes = try stream.readAll(atMost: options.largest, of: file.name)
      if !bytes.isEmpty { try give(1, .bytes(bytes)) }
    }
  }

  private func readRows(
    _ stream: DecodedBytes, _ format: FileFormat,
    _ give: (Int, SourceUnit.Payload) throws -> Void
  ) throws {
    let bytes = PeekedBytes(stream)
    let (delimiter, hasName) = try delimiter(of: bytes, format)
    let dialect = CSVDialect(delimiter: delimiter, quoted: options.quotes)
    var hasHeader = false
    var isNamed = hasName
    let rows = CSVRows(bytes, name: file.name, dialect: dialect, largest: options.largest)
    try rows.forEach(tooLong: { try give($0, tooLarge($0)) }) { line, row in
      if isNamed {
        isNamed = false
        return
      }
      if !hasHeader, !TextPieces.isBlank(row) {
        let source = Source(file: file.name, line: line)
        let cells = try CSVRow.first(row, dialect, at: source)
        let header = try CSVHeader(cells, isNames: options.header, at: source)
        parsers[file.name] = .csv(header, dialect)
        hasHeader = true
        if options.header { return }
      }
      try give(line, .bytes(row))
    }
  }

  /// What stands between the cells of a file, and whether its first line is there to name it.
  private func delimiter(
    of bytes: PeekedBytes, _ format: FileFormat
  ) throws(StageError) -> (UInt8, isNamed: Bool) {
    let head = try bytes.peek()
    let named = CSVDelimiter.named(head)
    if let delimiter = options.delimiter ?? named { return (delimiter, named != nil) }
    guard format == .csv else { return (UInt8(ascii: "\t"), false) }
    let sample = Array(head.prefix(CSVDelimiter.sampleSize))
    let isWhole = head.count < CSVDelimiter.sampleSize
    return (CSVDelimiter.detect(sample, isWhole: isWhole, quoted: options.quotes), false)
  }

  /// Parquet is read from its end, so what does not lie on the disk as it is is put there.
  private func readParquet(
    entering enter: (String) -> Void, _ give: (Int, SourceUnit.Payload) throws -> Void
  ) throws {
    guard try !stream.peek().isEmpty else {
      throw StageError(
        "invalid-parquet", "the file is empty", source: Source(file: file.name, line: 0),
        remedy: "name a file of Parquet")
    }
    let source =
      file.isPlain
      ? try RandomFile(path: file.path, name: file.name, meter: meter)
      : try RandomFile(keeping: stream, name: file.name)
    var group = 0
    try ParquetFile(source, name: file.name).forEachRow { number, row, object in
      if number != group { enter("#\(number)") }
      group = number
      try give(row, .object(object))
    }
  }

  private func page(_ stream: PeekedBytes) throws(StageError) -> [UInt8] {
    let limit = options.largest
    let bytes = try DecodedBytes(stream, options.decoding, name: file.name)
      .readAll(atMost: limit, of: file.name)
    guard !TextPieces.isBlank(bytes) else {
      throw StageError(
        "empty-file", "the file holds no records", source: Source(file: file.name, line: 0),
        remedy: "check how the file was made, or leave it out")
    }
    return bytes
  }
}

extension StageError {
  /// A file that is neither text nor of a format that is known.
  static func unknownFormat(_ name: String) -> StageError {
    StageError(
      "unknown-format", "the file is binary and of no format that is read",
      source: Source(file: name, line: 0), remedy: "convert it, or leave it out")
  }
}

/// Documents and binary tables, which would otherwise be a puzzling complaint about UTF-8.
enum UnsupportedArchive {
  private static let kinds: [(magic: [UInt8], name: String, remedy: String)] = [
    (ZipArchive.magic, "a document in a zip archive", "save it as text or HTML"),
    (PDFPages.magic, "PDF", "write 'format: pdf', or name it so"),
  ]

  /// The complaint about a file that begins like one of them and is none of the format.
  static func fault(_ head: [UInt8], _ format: FileFormat, _ name: String) -> StageError? {
    if [.docx, .epub, .pdf].contains(format) { return nil }
    return kinds.first { head.starts(with: $0.magic) }.map {
      StageError(
        "unsupported-format", "the file is \($0.name), which is not read",
        source: Source(file: name, line: 0), remedy: $0.remedy)
    }
  }
}
