import Records

extension StageOutput {
  /// How far the files of a stage have come: enough to go on with them later.
  struct Mark: Equatable {
    /// What became of the records so far.
    var counts: StageCounts
    /// Records that fared alike at the end, of which the file of records does not tell yet.
    var run: StageChanges.Run?
    /// The sizes of the files of records, of the ledger and of the quarantine.
    var sizes: Sizes
    /// The hash of the file of records.
    var hash: String

    /// How long each file of a stage is.
    struct Sizes: Equatable {
      var records = 0
      var ledger = 0
      var quarantine = 0

      /// The files that are longer than they were.
      func grown(since old: Sizes) -> [String] {
        let all = [
          (StageFiles.records, records - old.records), (StageFiles.ledger, ledger - old.ledger),
          (StageFiles.quarantine, quarantine - old.quarantine),
        ]
        return all.filter { $0.1 > 0 }.map(\.0)
      }
    }
  }
}

extension StageOutput.Mark {
  private enum Keys {
    static let counts = "counts"
    static let run = "run"
    static let mark = "mark"
    static let count = "count"
    static let hash = "records_sha256"
  }

  /// The mark as it is written to a note.
  var object: JSONObject {
    let run = run.map { run -> JSONValue in
      [Keys.mark: .integer(Int(run.mark)), Keys.count: .integer(run.count)]
    }
    return [
      Keys.counts: .object(counts.object), Keys.run: run ?? .null, Keys.hash: .string(hash),
      StageFiles.records: .integer(sizes.records), StageFiles.ledger: .integer(sizes.ledger),
      StageFiles.quarantine: .integer(sizes.quarantine),
    ]
  }

  /// Reads what `object` wrote; nil where something is missing.
  init?(_ value: JSONValue) {
    guard let counts = value[Keys.counts]?.object, let hash = value[Keys.hash]?.string,
      let records = value[StageFiles.records]?.int, let ledger = value[StageFiles.ledger]?.int,
      let quarantine = value[StageFiles.quarantine]?.int, let run = value[Keys.run]
    else { return nil }
    self.counts = StageCounts(object: counts)
    self.hash = hash
    sizes = Sizes(records: records, ledger: ledger, quarantine: quarantine)
    guard run != .null else { return }
    guard let mark = run[Keys.mark]?.int.flatMap(UInt8.init(exactly:)),
      let count = run[Keys.count]?.int
    else { return nil }
    self.run = StageChanges.Run(mark: mark, count: count)
  }
}
