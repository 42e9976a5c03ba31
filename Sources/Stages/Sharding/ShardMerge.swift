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
  /// Whether there are no records before the stage.
  let isFirst: Bool

  /// The most raw records, and about the most bytes, that are put together before they are written.
  private static let batch = 1024
  private static let batchSize = 1 << 21

  /// Writes the stage's files to an output.
  func write(to output: inout StageOutput, label: String) throws {
    var readers = try parts.map { try ShardReader($0) }
    func empty() -> StageBuffers { StageBuffers(stage: label, isFirst: isFirst) }
    var buffers = empty()
    for part in parts { buffers.counts += part.counts }
    let total = units.reduce(0) { $0 + $1.count }
    for index in 0..<total {
      let shard = index % parts.count
      let place = index / parts.count
      guard place < units[shard].count else { throw damaged(parts[shard]) }
      try readers[shard].take(units[shard][place], into: &buffers)
      if index % Self.batch == Self.batch - 1 || buffers.size > Self.batchSize {
        try Interruption.check()
        try output.write(buffers)
        buffers = empty()
      }
    }
    try output.write(buffers)
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

extension StageBuffers {
  fileprivate var size: Int { changes.bytes.count + ledger.count + quarantine.count }
}
