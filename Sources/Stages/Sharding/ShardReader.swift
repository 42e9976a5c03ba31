import Records

/// The files of a stage of one shard, read side by side.
struct ShardReader {
  private var records: PlacedChanges
  private var ledger: PlacedLines
  private var quarantine: PlacedLines

  init(_ part: StageResult) throws {
    records = try PlacedChanges(part.records)
    ledger = try PlacedLines(part.ledger, under: "source")
    quarantine = try PlacedLines("\(part.folder)/\(StageFiles.quarantine)", under: nil)
  }

  /// Takes all lines that come from a raw record.
  mutating func take(_ unit: UInt64, into buffers: inout StageBuffers) throws {
    try records.take(unit, into: &buffers.changes)
    try ledger.take(unit, into: &buffers.ledger)
    try quarantine.take(unit, into: &buffers.quarantine)
  }

  mutating func isAtEnd() throws -> Bool {
    try records.isAtEnd && ledger.isAtEnd() && quarantine.isAtEnd()
  }
}

/// What a stage did to records, each of which comes from a raw record.
private struct PlacedChanges {
  private let layer: LineLayer
  /// What is not taken yet, and the raw record that it comes from.
  private var next: (change: LineChange, unit: UInt64)?

  init(_ path: String) throws {
    layer = try LineLayer(path)
    try read()
  }

  private mutating func read() throws {
    next = try layer.nextChange().map { change in
      let line = try RecordLine(
        provenanceOf: change.origin, at: layer.place(ofOriginIn: change))
      return (change, ShardUnits.hash(of: line.record.source))
    }
  }

  /// Appends what became of the records that come from a raw record.
  mutating func take(_ unit: UInt64, into changes: inout StageChanges) throws {
    while let (change, own) = next, own == unit {
      switch change {
      case .same: changes.add(StageChanges.Mark.same)
      case .ended: changes.add(StageChanges.Mark.ended)
      case .became(let line, _): changes.append(line, isMade: false)
      case .made(let line): changes.append(line, isMade: true)
      }
      try read()
    }
  }

  var isAtEnd: Bool { next == nil }
}

/// The lines of a file, each of which comes from a raw record.
private struct PlacedLines {
  private let path: String
  /// The member that says where a line comes from; nil where the line itself does.
  private let key: String?
  private var cursor: LineCursor
  private var number = 0
  /// The raw record that the next line comes from, where that has been read.
  private var next: UInt64?

  init(_ path: String, under key: String?) throws(FileError) {
    self.path = path
    self.key = key
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
      buffer.append(UInt8(ascii: "\n"))
      cursor.skip()
      number += 1
      next = nil
    }
  }

  mutating func isAtEnd() throws(FileError) -> Bool { try cursor.peek() == nil }

  private func hash(of line: ArraySlice<UInt8>) throws(StageError) -> UInt64 {
    let value = try? JSONValue.parse(line)
    guard let source = Source(key.map { value?[$0] ?? .null } ?? value) else {
      throw StageError(
        "damaged-shard", "the line does not tell where it comes from",
        source: Source(file: path, line: number + 1),
        remedy: "delete the folder '\(FilePaths.folder(path))' and run the shard again")
    }
    return ShardUnits.hash(of: source)
  }
}
