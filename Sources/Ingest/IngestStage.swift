import Records
import Stages
import Synchronization

/// Reads files of any format the family knows into records.
struct IngestStage: SourceStage {
  let options: IngestOptions
  private let parsers = ParserTable()

  init(_ options: IngestOptions) { self.options = options }

  func dependencies() throws(StageError) -> [String] {
    try InputFile.resolve(options.paths).map(\.path)
  }

  func readUnits(_ visit: (SourceUnit) throws -> Void) throws {
    var counter = Counter(limit: options.limit, every: options.every)
    for file in try InputFile.resolve(options.paths) where !counter.isFull {
      try read(file, &counter, visit)
    }
  }

  func outcome(of unit: SourceUnit, _ context: StageContext) throws(StageError) -> Outcome {
    switch unit.payload {
    case .fault(let error): throw error
    case .object(let object): return .keep(try options.mapping.record(object, at: unit.source))
    case .text(let text):
      return .keep(try options.mapping.record(["text": .string(text)], at: unit.source))
    case .bytes(let bytes):
      let parser = parsers[unit.source.file]
      guard let object = try parser.object(bytes, at: unit.source) else {
        return .drop(parser.emptyReason)
      }
      return .keep(try options.mapping.record(object, at: unit.source))
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

  /// Reads one file; a fault of it ends the file, not the walk.
  private func read(
    _ file: InputFile, _ counter: inout Counter, _ visit: (SourceUnit) throws -> Void
  ) throws {
    let before = counter.met
    var last = 0
    /// The row group of a Parquet file, for its records' names.
    var part = ""
    func give(_ line: Int, _ payload: SourceUnit.Payload) throws {
      last = line
      // Blank lines are reported, but are no records to count.
      if case .bytes(let bytes) = payload, TextPieces.isBlank(bytes) {
      } else {
        guard !counter.isFull else { throw Stop.limit }
        guard counter.takesNext() else { return }
        counter.count += 1
      }
      let unit = SourceUnit(source: Source(file: file.name + part, line: line), payload: payload)
      do { try visit(unit) } catch { throw Stop.receiver(error) }
    }
    do {
      try FileWalk(file: file, options: options, parsers: parsers).run(
        entering: {
          part = $0
          last = 0
        }, give)
      if counter.met == before, !counter.isFull { throw empty(file) }
    } catch Stop.limit {
    } catch Stop.receiver(let error) {
      throw error
    } catch let error as StageError {
      // The line of a fault may be one that gave a record already; the unit needs its own.
      try visit(
        SourceUnit(
          source: Source(file: file.name + part, line: last + 1), payload: .fault(error)))
    }
  }

  private func empty(_ file: InputFile) -> StageError {
    StageError(
      "empty-file", "the file holds no records", source: Source(file: file.name, line: 0),
      remedy: "check how the file was made, or leave it out")
  }
}

/// How each file's records are parsed, told by the walk over files to the threads that parse.
final class ParserTable: Sendable {
  private let parsers = Mutex<[String: RecordParser]>([:])

  /// The parser of a file; JSON where none was noted.
  subscript(file: String) -> RecordParser {
    get { parsers.withLock { $0[file] } ?? .json }
    set { parsers.withLock { $0[file] = newValue } }
  }
}
