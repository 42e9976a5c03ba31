import Records
import Stages
import Synchronization

/// Reads files of any format the family knows into records.
struct IngestStage: SourceStage {
  let options: IngestOptions
  private let parsers = ParserTable()
  private let input = InputMeter()

  init(_ options: IngestOptions) { self.options = options }

  /// The name that is written, or the last part of the one path.
  var name: String? {
    options.name ?? (options.paths.count == 1 ? FilePaths.name(options.paths[0].written) : nil)
  }

  func dependencies() throws(StageError) -> [String] {
    try InputFile.resolve(options.paths).map(\.path)
  }

  var meter: InputMeter? { input }

  func readUnits(_ visit: (SourceUnit) throws -> Void) throws {
    var counter = Counter(limit: options.limit, every: options.every)
    let files = try InputFile.resolve(options.paths)
    input.begin(files: files.map(\.size))
    for file in files where !counter.isFull {
      try read(file, &counter, visit)
      input.finishFile()
    }
  }

  func outcome(of unit: SourceUnit, _ context: StageContext) throws(StageError) -> Outcome {
    switch unit.payload {
    case .fault(let error): throw error
    case .object(let raw):
      let parser = parsers[unit.source.file]
      guard let object = parser.refined(raw) else { return .drop(parser.emptyReason) }
      return .keep(try options.mapping.record(object, at: unit.source))
    case .text(let text):
      return .keep(try options.mapping.record(["text": .string(text)], at: unit.source))
    case .bytes(let bytes): return try outcome(of: bytes, at: unit.source)
    }
  }

  func makeUnitWriter() -> (any UnitWriter)? {
    guard options.mapping.fields.isEmpty, !options.decoding.replaces else { return nil }
    return JSONUnitWriter(schema: options.mapping.schema, parsers: parsers)
  }

  private func outcome(
    of bytes: [UInt8], at source: Source
  ) throws(StageError) -> Outcome {
    let entry = parsers.entry(of: source.file)
    let parser = entry.parser
    let (bytes, note) = parser.isText ? decoded(bytes, entry, source) : (bytes, nil)
    guard let object = try parser.object(bytes, at: source) else {
      guard let run = parsers.takeBlank(at: source) else { return .drop(parser.emptyReason) }
      return .drop(Reason(parser.emptyReason.code, ["lines": .integer(run.count)]))
    }
    var record = try options.mapping.record(object, at: source)
    // Stretches that repeat text of each other are parts of one thing, so that no split divides them.
    if case .text = parser, options.sharesText { record.parent = source.file }
    return .keep(record, note: note)
  }

  /// The bytes as UTF-8 and what the ledger is told of how they came to it; nil where they were that.
  private func decoded(
    _ bytes: [UInt8], _ entry: ParserTable.Entry, _ source: Source
  ) -> ([UInt8], JSONValue?) {
    guard entry.encoding != nil || options.decoding.replaces else { return (bytes, nil) }
    let isPlain = ASCII.isAll(bytes)
    var note = JSONObject()
    if !isPlain, let encoding = entry.encoding { note["encoding"] = .string(encoding) }
    guard options.decoding.replaces else { return (bytes, note.isEmpty ? nil : .object(note)) }
    var (text, count) = isPlain ? (bytes, 0) : replaced(bytes, entry, source)
    if case .json = entry.parser { count += SurrogateHalves.replace(in: &text) }
    if count > 0 { note["replaced"] = .integer(count) }
    return (text, note.isEmpty ? nil : .object(note))
  }

  /// The bytes with U+FFFD for those that are no text, and for how many that was.
  private func replaced(
    _ bytes: [UInt8], _ entry: ParserTable.Entry, _ source: Source
  ) -> ([UInt8], Int) {
    var bytes = bytes
    // What a page declares of itself counts before anything is replaced.
    if case .html = entry.parser, let page = try? HTMLEncoding.utf8(bytes, at: source) {
      bytes = page
    }
    let text = Array(String(decoding: bytes, as: UTF8.self).utf8)
    // U+FFFD may stand in UTF-8 from the start; what was decoded has those of the decoder.
    let isDecoded = entry.encoding != nil || entry.isDecoded
    return (text, Self.replacements(in: text) - (isDecoded ? 0 : Self.replacements(in: bytes)))
  }

  /// How often U+FFFD stands in UTF-8.
  private static func replacements(in bytes: [UInt8]) -> Int {
    bytes.indices.dropLast(2).count {
      bytes[$0] == 0xEF && bytes[$0 + 1] == 0xBF && bytes[$0 + 2] == 0xBD
    }
  }

  // MARK: - Reading

  /// How many records have been read, and when to stop.
  private struct Counter {
    let limit: Int?
    let every: Int
    /// Records met, and those of them that were taken.
    var met = 0
    var count = 0

    /// Whether the next record is one to take.
    mutating func takesNext() -> Bool {
      defer { met += 1 }
      return met % every == 0
    }

    var isFull: Bool { limit.map { count >= $0 } ?? false }
  }

  /// Stops the walk over a file without being a fault of it.
  private enum Stop: Error {
    case limit
    /// What whoever receives the records threw.
    case receiver(any Error)
  }

  /// Reads a file and, if it is an archive, its members; a fault of it ends the file, not the walk.
  private func read(
    _ file: InputFile, _ counter: inout Counter, _ visit: (SourceUnit) throws -> Void
  ) throws {
    var parts = 0
    do {
      try FileParts.forEach(
        of: file, members: options.members, window: options.largestWindow, meter: input
      ) { part in
        parts += 1
        try read(part, &counter, visit)
        if counter.isFull { throw Stop.limit }
      }
      if parts == 0 { throw empty(file) }
    } catch Stop.limit {
    } catch Stop.receiver(let error) {
      throw error
    } catch let error as StageError {
      try visit(
        SourceUnit(source: Source(file: file.name, line: 1), payload: .fault(error)))
    }
  }

  private func read(
    _ part: FilePart, _ counter: inout Counter, _ visit: (SourceUnit) throws -> Void
  ) throws {
    func give(_ source: Source, _ payload: SourceUnit.Payload) throws {
      do { try visit(SourceUnit(source: source, payload: payload)) } catch {
        throw Stop.receiver(error)
      }
    }
    let start = Source(file: part.file.name, line: 1)
    switch part.content {
    case .bytes(let stream): try read(stream, of: part, &counter, give)
    case .fault(let error): try give(start, .fault(error))
    case .skipped(let reason):
      parsers[part.file.name] = .skipped(reason)
      try give(start, .bytes([]))
    }
  }

  /// Reads the records of one file of data.
  private func read(
    _ stream: PeekedBytes, of part: FilePart, _ counter: inout Counter,
    _ give: (Source, SourceUnit.Payload) throws -> Void
  ) throws {
    let before = counter.met
    /// The last record's place in the file, or in the row group of a Parquet file.
    var last = Source(file: part.file.name, line: 0)
    var blanks = BlankLines()
    func giveBlanks() throws {
      guard let run = blanks.end() else { return }
      last = Source(file: last.file, line: run.lowerBound)
      parsers.note(last.file, blank: run)
      try give(last, .bytes([]))
      last.line = run.upperBound - 1
    }
    do {
      let walk = FileWalk(
        file: part.file, stream: stream, options: options, parsers: parsers, meter: input)
      try walk.run { group in
        last = Source(file: part.file.name + group, line: 0)
      } _: { line, payload in
        // Blank lines are reported, but are no records to count.
        let isBlank =
          if case .bytes(let bytes) = payload { TextPieces.isBlank(bytes) } else { false }
        if isBlank, !blanks.isOwn(line) { return }
        if !isBlank { try giveBlanks() }
        last.part = line == last.line ? last.part + 1 : 1
        last.line = line
        if !isBlank {
          guard !counter.isFull else { throw Stop.limit }
          guard counter.takesNext() else { return }
          counter.count += 1
          if let limit = counter.limit { input.take(counter.count, of: limit) }
        }
        try give(last, payload)
      }
      try giveBlanks()
      if counter.met == before, !counter.isFull, last.line == 0 || !part.isMember {
        guard part.isMember else { throw empty(part.file) }
        // Archives hold empty files for reasons of their own.
        parsers[part.file.name] = .skipped(Reason("empty-file"))
        try give(Source(file: last.file, line: 1), .bytes([]))
      }
    } catch let error as StageError where part.isMember && error.code == "unknown-format" {
      // Archives of data hold pictures and programs as well; they are counted, and no fault.
      parsers[part.file.name] = .skipped(Reason(error.code))
      try give(Source(file: last.file, line: 1), .bytes([]))
    } catch let error as StageError {
      try giveBlanks()
      // The line of a fault may be one that gave a record already; the unit needs its own.
      try give(Source(file: last.file, line: last.line + 1), .fault(error))
    }
  }

  private func empty(_ file: InputFile) -> StageError {
    StageError(
      "empty-file", "the file holds no records", source: Source(file: file.name, line: 0),
      remedy: "check how the file was made, or leave it out")
  }
}

/// Blank lines in a row: the first of them are reported each, the others as one, since a file of
/// nothing else would fill the disk with reports.
struct BlankLines {
  private static let mostOwn = 100
  private var count = 0
  private var run: Range<Int>?

  /// Takes the next blank line; false where it belongs to those that are reported as one.
  mutating func isOwn(_ line: Int) -> Bool {
    count += 1
    guard count > Self.mostOwn else { return true }
    run = (run?.lowerBound ?? line)..<line + 1
    return false
  }

  /// Ends the row: the lines to be reported as one, where there are any.
  mutating func end() -> Range<Int>? {
    count = 0
    defer { run = nil }
    return run
  }
}

/// How each file's records are parsed, told by the walk over files to the threads that parse.
final class ParserTable: Sendable {
  /// How a file's records are parsed.
  struct Entry {
    var parser = RecordParser.json
    /// What its text was guessed to be in; nil where that was not needed.
    var encoding: String?
    /// Whether its text was decoded from what it says, or was said, to be in.
    var isDecoded = false
    /// Blank lines that are reported as one, by the first of them.
    fileprivate var blanks: [Int: Range<Int>] = [:]
  }

  private let entries = Mutex<[String: Entry]>([:])

  /// The parser of a file; JSON where none was noted.
  subscript(file: String) -> RecordParser {
    get { entry(of: file).parser }
    set { entries.withLock { $0[file, default: Entry()].parser = newValue } }
  }

  /// Notes what a file's text was guessed to be in.
  func note(_ file: String, encoding: String) {
    entries.withLock { $0[file, default: Entry()].encoding = encoding }
  }

  /// Notes blank lines that are reported as one.
  func note(_ file: String, blank run: Range<Int>) {
    entries.withLock { $0[file, default: Entry()].blanks[run.lowerBound] = run }
  }

  /// Takes the blank lines that were noted to begin at a place.
  func takeBlank(at source: Source) -> Range<Int>? {
    entries.withLock { $0[source.file]?.blanks.removeValue(forKey: source.line) }
  }

  /// Notes that a file's text is decoded.
  func noteDecoded(_ file: String) {
    entries.withLock { $0[file, default: Entry()].isDecoded = true }
  }

  /// What is known of a file.
  func entry(of file: String) -> Entry { entries.withLock { $0[file] } ?? Entry() }
}
