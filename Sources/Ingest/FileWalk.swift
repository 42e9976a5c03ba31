import Parquet
import Records
import Stages
import TextKit

/// Walks the raw records of one file.
struct FileWalk {
  let file: InputFile
  let options: IngestOptions
  let parsers: ParserTable

  /// Calls `give` with the line or number of each raw record and its payload.
  ///
  /// `enter` is called before with the part of the file that the numbers count in, where it has parts.
  func run(
    entering enter: (String) -> Void, _ give: (Int, SourceUnit.Payload) throws -> Void
  ) throws {
    let stream = try open()
    let head = try stream.peek()
    let format = options.format == .auto ? detect(head) : options.format
    switch format {
    case .parquet: try readParquet(head, entering: enter, give)
    case .xml: try readXML(stream, give)
    case .html:
      parsers[file.name] = .html
      try give(1, .bytes(try page(stream)))
    default:
      let text = try DecodedBytes(stream, encoding: options.encoding, name: file.name)
      try read(text, format) { try give($0, .bytes($1)) }
    }
  }

  private func open() throws(StageError) -> PeekedBytes {
    let stream = PeekedBytes(try FileBytes(file))
    let head = try stream.peek()
    if let archive = UnsupportedArchive.fault(head, file.name) { throw archive }
    guard head.starts(with: GunzipBytes.magic) else { return stream }
    return PeekedBytes(try GunzipBytes(stream, name: file.name))
  }

  /// The format by name and first bytes, these decoded where a mark says they are UTF-16.
  private func detect(_ head: [UInt8]) -> FileFormat {
    let decoder = DecodedBytes.decoder(options.encoding, head)
    let text = (try? decoder?.decode(head, atEnd: false)) ?? head
    return FileFormat.detect(name: file.name, head: text)
  }

  private func read(
    _ stream: DecodedBytes, _ format: FileFormat, _ give: (Int, [UInt8]) throws -> Void
  ) throws {
    let lines = LineReader(stream, name: file.name)
    switch format {
    case .json: try JSONElements.forEach(in: stream, name: file.name, give)
    case .csv, .tsv: try readRows(stream, format, give)
    case .text:
      parsers[file.name] = .text
      try readText(stream, lines, give)
    case .wordnet:
      parsers[file.name] = .wordnet
      try lines.forEach { line, bytes in
        if !WordNetLine.isLicence(bytes) { try give(line, bytes) }
      }
    case .auto, .jsonl, .html, .xml, .parquet: try lines.forEach(give)
    }
  }

  private func readText(
    _ stream: DecodedBytes, _ lines: LineReader, _ give: (Int, [UInt8]) throws -> Void
  ) throws {
    switch options.split {
    case .line: try lines.forEach(give)
    case .paragraph: try TextPieces.forEachParagraph(lines, name: file.name, give)
    case .file:
      let bytes = try stream.readAll(atMost: StageError.largestRecord, of: file.name)
      if !bytes.isEmpty { try give(1, bytes) }
    }
  }

  private func readRows(
    _ stream: DecodedBytes, _ format: FileFormat, _ give: (Int, [UInt8]) throws -> Void
  ) throws {
    let tab = UInt8(ascii: "\t")
    let comma = UInt8(ascii: ",")
    let dialect = CSVDialect(
      delimiter: options.delimiter ?? (format == .tsv ? tab : comma), quoted: options.quotes)
    var hasHeader = false
    try CSVRows.forEach(in: stream, name: file.name, dialect: dialect) { line, row in
      if !hasHeader, !TextPieces.isBlank(row) {
        let source = Source(file: file.name, line: line)
        let cells = try CSVRow.cells(row, dialect, at: source)
        let header = try CSVHeader(cells, isNames: options.header, at: source)
        parsers[file.name] = .csv(header, dialect)
        hasHeader = true
        if options.header { return }
      }
      try give(line, row)
    }
  }

  /// Parquet is read from the end, so it must lie on the disk as it is.
  private func readParquet(
    _ head: [UInt8], entering enter: (String) -> Void,
    _ give: (Int, SourceUnit.Payload) throws -> Void
  ) throws {
    let place = Source(file: file.name, line: 0)
    guard file.path != InputFile.standardInput, !head.isEmpty else {
      throw StageError(
        "invalid-parquet",
        head.isEmpty ? "the file is empty" : "Parquet is not read from standard input",
        source: place, remedy: "name a file of Parquet")
    }
    let source: FileSource
    do { source = try FileSource(file.path) } catch { throw StageError(error, file: file.name) }
    var group = 0
    try ParquetFile(source, name: file.name).forEachRow { number, row, object in
      if number != group { enter("#\(number)") }
      group = number
      try give(row, .object(object))
    }
  }

  private func page(_ stream: PeekedBytes) throws(StageError) -> [UInt8] {
    let limit = StageError.largestRecord
    let bytes = try DecodedBytes(stream, encoding: options.encoding, name: file.name)
      .readAll(atMost: limit, of: file.name)
    guard !TextPieces.isBlank(bytes) else {
      throw StageError(
        "empty-file", "the file holds no records", source: Source(file: file.name, line: 0),
        remedy: "check how the file was made, or leave it out")
    }
    return bytes
  }

  /// XML says itself what it is in, unless the pipeline says otherwise.
  private func readXML(
    _ stream: PeekedBytes, _ give: (Int, SourceUnit.Payload) throws -> Void
  ) throws {
    guard try !stream.peek().isEmpty else { return }
    let isOwn = options.encoding == DecodedBytes.automatic
    let bytes: any ByteStream =
      isOwn
      ? stream : try DecodedBytes(stream, encoding: options.encoding, name: file.name)
    let records = XMLRecords(bytes, name: file.name, path: options.recordPath)
    try records.forEach(
      encoding: isOwn ? nil : "UTF-8", fields: options.mapping.fields.map(\.text)
    ) { try give($0, .object($1)) }
  }
}

/// Archives and binary tables, which would otherwise be a puzzling complaint about UTF-8.
enum UnsupportedArchive {
  private static let kinds: [(magic: [UInt8], name: String, remedy: String)] = [
    ([0x28, 0xB5, 0x2F, 0xFD], "zstd", "unpack it with 'zstd -d'"),
    (Array("BZh".utf8), "bzip2", "unpack it with 'bunzip2'"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "xz", "unpack it with 'unxz'"),
    ([0x50, 0x4B, 0x03, 0x04], "a zip archive", "unpack it with 'unzip'"),
    (Array("%PDF-".utf8), "PDF", "convert it with 'pdftotext'"),
  ]

  /// The complaint about a file that begins like one of them.
  static func fault(_ head: [UInt8], _ name: String) -> StageError? {
    kinds.first { head.starts(with: $0.magic) }.map {
      StageError(
        "unsupported-format", "the file is \($0.name), which is not read",
        source: Source(file: name, line: 0), remedy: $0.remedy)
    }
  }
}
