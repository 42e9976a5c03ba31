import Records

/// Files which raw records a shard reads; holds a hash of each.
struct ShardPlaces {
  private let file: AtomicFile
  private var known: Set<UInt64> = []

  /// Begins the file in the folder of a shard's first stage.
  init(_ folder: String) throws(FileError) {
    file = try AtomicFile("\(folder)/\(StageFiles.units)")
  }

  /// Notes the place of the next raw record.
  /// - Throws: `repeated-place` where one before has it: what becomes of them could not be told apart, nor
  ///   put in order again. `FileError`.
  mutating func add(_ source: Source) throws {
    guard known.insert(ShardUnits.hash(of: source)).inserted else {
      throw StageError(
        "repeated-place", "two raw records have this place, which shards cannot tell apart",
        source: source, remedy: "run it without --shard")
    }
    try file.write(ShardUnits.bytes(of: source))
  }

  /// Puts the file in place.
  func commit() throws(FileError) { try file.commit() }
}
