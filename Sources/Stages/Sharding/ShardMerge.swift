import Records

/// Puts the files together that the shards of a run have made of one stage.
///
/// Shards take raw records in turn, and every line of a stage's files tells which raw record it comes
/// from. So the lines are taken from the shards in turn, all those of one raw record at a time: the
/// order is that of a run of all records. Holds 8 bytes a raw record.
struct ShardMerge {
  /// The stage's folders of all shards, in their order.
  let parts: [StageResult]
  /// The raw records of each shard, in the order they were read: see `ShardUnits`.
  let units: [[UInt64]]

  private static let batch = 1024

  /// Writes the stage's files to an output.
  func write(to output: inout StageOutput, label: String) throws {
    var readers = try parts.map { try ShardReader($0) }
    var buffers = StageBuffers(stage: label)
    for part in parts { buffers.counts += part.counts }
    let total = units.reduce(0) { $0 + $1.count }
    for index in 0..<total {
      let shard = index % parts.count
      let place = index / parts.count
      guard place < units[shard].count else { throw damaged(parts[shard]) }
      try readers[shard].take(units[shard][place], into: &buffers)
      if index % Self.batch == Self.batch - 1 {
        try Interruption.check()
        try output.write([buffers])
        buffers = StageBuffers(stage: label)
      }
    }
    try output.write([buffers])
    for index in readers.indices where try !readers[index].isAtEnd() {
      throw damaged(parts[index])
    }
  }

  private func damaged(_ part: StageResult) -> StageError {
    StageError(
      "damaged-shard", "the folder '\(part.folder)' does not hold what its shard has read",
      remedy: "delete it and run the shard again")
  }
}

/// The files of a stage of one shard, read side by side.
private struct ShardReader {
  private let folder: String
  private var records: LineCursor
  private var ledger: LineCursor
  private var quarantine: LineCursor

  init(_ part: StageResult) throws(FileError) {
    folder = part.folder
    records = try LineCursor(part.records)
    ledger = try LineCursor(part.ledger)
    quarantine = try LineCursor("\(part.folder)/\(StageFiles.quarantine)")
  }

  /// Takes all lines that come from a raw record.
  mutating func take(_ unit: UInt64, into buffers: inout StageBuffers) throws {
    while let line = try records.peek(), try Self.unit(ofRecord: line, folder) == unit {
      buffers.records += line
      records.skip(line)
    }
    while let line = try ledger.peek(), try Self.unit(line, under: "source") == unit {
      buffers.ledger += line
      ledger.skip(line)
    }
    while let line = try quarantine.peek(), try Self.unit(line, under: nil) == unit {
      buffers.quarantine += line
      quarantine.skip(line)
    }
  }

  mutating func isAtEnd() throws -> Bool {
    try records.peek() == nil && ledger.peek() == nil && quarantine.peek() == nil
  }

  private static func unit(ofRecord line: ArraySlice<UInt8>, _ folder: String) throws -> UInt64 {
    ShardUnits.hash(of: try RecordLine(line.dropLast(), in: folder, at: 0).record.source)
  }

  private static func unit(_ line: ArraySlice<UInt8>, under key: String?) throws -> UInt64? {
    let value = try JSONValue.parse(line.dropLast())
    let place = key.map { value[$0] ?? .null } ?? value
    return Source(place).map(ShardUnits.hash)
  }
}

/// Which raw records a shard has read: a hash of the place of each, 8 bytes in little-endian order.
enum ShardUnits {
  static func hash(of source: Source) -> UInt64 { StableHash.hash(source.name) }

  /// The bytes of a place as they are filed.
  static func bytes(of source: Source) -> [UInt8] {
    let hash = hash(of: source)
    return (0..<8).map { UInt8(truncatingIfNeeded: hash >> (8 * UInt64($0))) }
  }

  /// Reads what a shard has filed.
  static func read(_ folder: String) throws(FileError) -> [UInt64] {
    let bytes = try FileReader.contents("\(folder)/\(StageFiles.units)")
    return stride(from: 0, to: bytes.count - bytes.count % 8, by: 8).map { start in
      (0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << (8 * UInt64($1)) }
    }
  }
}
