import Records

/// The files of a stage of one shard, read side by side.
struct ShardReader {
  private var records: PlacedLines
  private var ledger: PlacedLines
  private var quarantine: PlacedLines

  init(_ part: StageResult) throws(FileError) {
    records = try PlacedLines(part.records) { line, path, number throws(StageError) in
      try RecordLine(provenanceOf: line, in: path, at: number).record.source
    }
    ledger = try PlacedLines(part.ledger) { line, _, _ in Self.source(line, under: "source") }
    quarantine = try PlacedLines("\(part.folder)/\(StageFiles.quarantine)") { line, _, _ in
      Self.source(line, under: nil)
    }
  }

  /// Takes all lines that come from a raw record.
  mutating func take(_ unit: UInt64, into buffers: inout StageBuffers) throws {
    try records.take(unit, into: &buffers.records)
    try ledger.take(unit, into: &buffers.ledger)
    try quarantine.take(unit, into: &buffers.quarantine)
  }

  mutating func isAtEnd() throws -> Bool {
    try records.isAtEnd() && ledger.isAtEnd() && quarantine.isAtEnd()
  }

  private static func source(_ line: ArraySlice<UInt8>, under key: String?) -> Source? {
    guard let value = try? JSONValue.parse(line) else { return nil }
    return Source(key.map { value[$0] ?? .null } ?? value)
  }
}

/// The lines of a file, each of which comes from a raw record.
private struct PlacedLines {
  /// Reads where a line comes from: of the line, its file and its number from 0; nil where it tells none.
  typealias Place = (ArraySlice<UInt8>, String, Int) throws(StageError) -> Source?

  private let path: String
  private let place: Place
  private var cursor: LineCursor
  private var number = 0
  /// The raw record that the next line comes from, where that has been read.
  private var next: UInt64?

  init(_ path: String, _ place: @escaping Place) throws(FileError) {
    self.path = path
    self.place = place
    cursor = try LineCursor(path)
  }

  /// Appends the lines that come from a raw record, up to the first that does not.
  mutating func take(_ unit: UInt64, into buffer: inout [UInt8]) throws {
    while next == nil || next == unit {
      guard let line = try cursor.peek() else { return }
      let own = try next ?? hash(of: line)
      guard own == unit else {
        next = own
        return
      }
      buffer += line
      cursor.skip(line)
      number += 1
      next = nil
    }
  }

  mutating func isAtEnd() throws(FileError) -> Bool { try cursor.peek() == nil }

  private func hash(of line: ArraySlice<UInt8>) throws(StageError) -> UInt64 {
    let text = line.last == UInt8(ascii: "\n") ? line.dropLast() : line
    guard let source = try place(text, path, number) else {
      throw StageError(
        "damaged-shard", "the line does not tell where it comes from",
        source: Source(file: path, line: number + 1),
        remedy: "delete the folder '\(FilePaths.folder(path))' and run the shard again")
    }
    return ShardUnits.hash(of: source)
  }
}
