public import Stages
import TextKit

/// The stages that read raw files.
public let ingestStages: [StageDescriptor] = [
  StageDescriptor(
    "ingest",
    "Reads data, text, web pages, books and documents of many formats, packed or not, into records.",
    role: .source, version: 3, parameters: IngestOptions.parameters,
    example: "ingest: {path: data/*.csv, fields: {text: abstract, label: department}}",
    make: { values throws(Diagnostic) in IngestStage(try IngestOptions(values)) })
]

/// What `ingest` was told.
struct IngestOptions: Sendable {
  let paths: [PathValue]
  /// What mixtures call the source.
  let name: String?
  let format: FileFormat
  let mapping: FieldMapping
  let limit: Int?
  let every: Int
  let decoding: Decoding
  let recordPath: ElementPath
  let split: TextSplit
  let delimiter: UInt8?
  let header: Bool
  let quotes: Bool
  let html: HTMLKept
  let chapter: LinePattern
  let window: Int
  let overlap: Int
  /// Whether records of a text repeat parts of each other.
  var sharesText: Bool { split == .window && overlap > 0 }
  let parts: Bool
  let gutenberg: GutenbergFrame
  /// Patterns of the members of archives to read; none where all are.
  let members: [String]
  /// The most bytes of one record.
  let largest: Int
  /// The most bytes of a window of zstd.
  let largestWindow: Int

  init(_ values: ParameterValues) throws(Diagnostic) {
    paths = values[Self.path]
    name = values[Self.nameParameter]
    format = values[Self.formatParameter]
    mapping = FieldMapping(
      fields: values[Self.fields].entries, schema: values[Self.schema].schema)
    limit = values[Self.limitParameter]
    every = values[Self.everyParameter]
    decoding = Decoding(
      encoding: values[Self.encodingParameter].lowercased(),
      replaces: values[Self.errorsParameter] == .replace)
    recordPath = values[Self.record].flatMap { ElementPath($0) } ?? .children
    split = values[Self.splitParameter]
    delimiter = values[Self.delimiterParameter].flatMap(Self.delimiterByte)
    header = values[Self.headerParameter]
    quotes = values[Self.quotesParameter]
    members = values[Self.membersParameter]
    largest = values[Self.largestParameter] << 20
    largestWindow = values[Self.windowLimitParameter] << 20
    html = values[Self.htmlParameter]
    guard let pattern = LinePattern(values[Self.chapterParameter]) else {
      preconditionFailure("the parameter's check lets no other pattern pass")
    }
    chapter = pattern
    window = values[Self.windowParameter]
    overlap = values[Self.overlapParameter]
    parts = values[Self.partsParameter]
    gutenberg = values[Self.gutenbergParameter]
    guard overlap < window else {
      throw Diagnostic(
        "overlap is \(overlap) and window \(window)", path: Self.overlapParameter.name,
        remedy: "an overlap must be less than the window")
    }
    try checkPrograms()
  }

  /// PDF needs a program: better said before anything is read.
  private func checkPrograms() throws(Diagnostic) {
    let path = paths.first { $0.written.lowercased().hasSuffix(".pdf") }
    guard format == .pdf || path != nil, PDFPages.program() == nil else { return }
    throw Diagnostic(
      "PDF is read by 'pdftotext', which is not installed", path: Self.path.name,
      remedy: PDFPages.remedy)
  }
}

extension IngestOptions {
  static let parameters: [any AnyParameter] = [
    path, nameParameter, formatParameter, fields, schema, limitParameter, everyParameter,
    encodingParameter,
    splitParameter,
    delimiterParameter, headerParameter, quotesParameter, record, htmlParameter, partsParameter,
    chapterParameter, windowParameter, overlapParameter, gutenbergParameter,
    membersParameter, largestParameter, windowLimitParameter, errorsParameter,
  ]

  static let path = Parameter<[PathValue]>(
    required: "path", aliases: ["paths", "files", "data_files"],
    "Files to read; * and ? match within a name, ** any depth of folders, - is standard input; "
      + "hf://datasets/OWNER/NAME/PATH and http(s) addresses are fetched once.",
    check: { $0.isEmpty ? "must name at least one file" : nil })
  static let nameParameter = Parameter<String?>(
    "name", default: nil,
    "What train.mixture calls the source; the file's own name where one path is written.",
    check: { $0?.isEmpty == true ? "must not be empty" : nil })
  static let formatParameter = Parameter(
    "format", default: FileFormat.auto,
    "The files' format; auto goes by the name, or else by the first bytes.")
  static let fields = Parameter(
    "fields", default: TextMap(), aliases: ["columns"],
    "Names and the fields they are read from: {text: abstract, label: department}.")
  static let schema = Parameter(
    "schema", default: SchemaChoice.auto,
    "The form of the records; auto goes by the names of their fields.")
  static let limitParameter = Parameter<Int?>(
    "limit", default: nil, "Read at most this many records.", check: Check.optionalAtLeast(1))
  static let everyParameter = Parameter(
    "every", default: 1, "Read one record of every so many: a sample of files that are sorted.",
    check: Check.atLeast(1))
  static let encodingParameter = Parameter(
    "encoding", default: Decoding.automatic,
    "What the files are in, such as latin-1 or gb18030; auto is UTF-8, or what mark and bytes say.",
    check: { name in
      let isKnown = name == Decoding.automatic || TextEncoding.isKnown(name)
      return isKnown ? nil : "is no encoding; write utf-8, latin-1, utf-16, gb18030 or their like"
    })
  static let splitParameter = Parameter(
    "split", default: TextSplit.line, "What one record of plain text is.")
  static let delimiterParameter = Parameter<String?>(
    "delimiter", default: nil, aliases: ["sep"],
    "The byte between cells; by default what divides the first rows alike of comma, ';', tab and '|', in "
      + "TSV a tab.",
    check: { text in
      text.map { delimiterByte($0) == nil } == true ? "must be one ASCII character, or tab" : nil
    })
  static let headerParameter = Parameter(
    "header", default: true,
    "Whether the first row of CSV and TSV names the columns; else they are named 1, 2, ….")
  static let quotesParameter = Parameter(
    "quotes", default: true,
    "Whether a cell of CSV and TSV that begins with a double quote ends at the next one.")
  static let gutenbergParameter = Parameter(
    "gutenberg", default: GutenbergFrame.strip,
    "Plain text: whether what Project Gutenberg writes before and behind a book is left out.")
  static let record = Parameter<String?>(
    "record", default: nil, aliases: ["record-path"],
    "XML: the path of a record's element, such as //Document/Question or page[not(redirect)]; by "
      + "default each child of the root.",
    check: { text in
      text.map { ElementPath($0) == nil } == true ? "must be a path such as //Document/Item" : nil
    })

  static let htmlParameter = Parameter(
    "html", default: HTMLKept.main,
    "Web pages: main keeps the text that a page is for, whole all that a reader sees.")
  static let partsParameter = Parameter(
    "parts", default: false,
    "Whether each section of Markdown or DOCX, chapter of EPUB or page of PDF is a record.")
  static let chapterParameter = Parameter(
    "chapter", default: "^(?i:(chapter|part|book|act) +([0-9]+|[ivxlc]+))\\b",
    "With split: chapter, a regular expression that the first line of a chapter matches.",
    check: { LinePattern($0) == nil ? "must be a regular expression" : nil })
  static let windowParameter = Parameter(
    "window", default: 2000, "With split: window, the most characters of a record.",
    check: Check.within(1...10_000_000))
  static let overlapParameter = Parameter(
    "overlap", default: 0,
    "With split: window, how many characters of the record before each one repeats; records of a file "
      + "are then on one side of a split.",
    check: Check.atLeast(0))
  static let membersParameter = Parameter(
    "members", default: [String](),
    "Files of tar and zip archives to read, as patterns over path or name; by default all.")

  static let largestParameter = Parameter(
    "largest-record", default: StageError.largestRecord >> 20,
    "The most megabytes of one record; a larger one is a fault of its own, and the file goes on.",
    check: { (1...2048).contains($0) ? nil : "must be from 1 to 2048" })

  static let windowLimitParameter = Parameter(
    "largest-window", default: ZstdUnpacker.usualWindow >> 20,
    "The most megabytes of memory for the window of a zstd file; one made with --long=31 needs 2048.",
    check: {
      (8...2048).contains($0) && $0.nonzeroBitCount == 1
        ? nil : "must be 8, 16, 32, … or 2048"
    })

  static let errorsParameter = Parameter(
    "errors", default: DecodingErrors.strict,
    "What becomes of bytes that are no text, and of halves of surrogate pairs in JSON: a fault of the "
      + "record, or U+FFFD, counted in the ledger.")

  private static func delimiterByte(_ text: String) -> UInt8? {
    if text == "tab" || text == "\\t" { return UInt8(ascii: "\t") }
    guard text.utf8.count == 1, let byte = text.utf8.first, byte < 0x80,
      byte != UInt8(ascii: "\""), byte != 0x0A, byte != 0x0D
    else { return nil }
    return byte
  }
}

/// What becomes of bytes that are no text in a file's encoding.
enum DecodingErrors: String, ChoiceValue {
  case strict
  case replace
}
