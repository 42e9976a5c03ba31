public import Records

/// Turns the output of the last stage into the files of the run folder that people read.
public struct RunPublisher: Sendable {
  let folder: String
  let results: [StageResult]
  let threads: Int
  /// The folders outside of the run folder that some stages' files go to, by the stages' labels.
  package var destinations: [String: String] = [:]

  /// A publisher of finished stages.
  public init(folder: String, results: [StageResult], threads: Int) {
    self.folder = folder
    self.results = results
    self.threads = threads
  }

  /// Writes `data/`, `ledger.jsonl`, `quarantine.jsonl`, `stages.json` and the stages' artifacts.
  /// - Returns: How many records each side holds.
  public func publish() throws -> [Side: Int] {
    let total = total
    precondition(total.balances, "the stages lost records: \(total)")
    try Leftovers.clear(folder)
    try Leftovers.clear(FilePaths.folder(Self.data(.train, in: folder)))
    let sides = try writeData(fates: total.incoming + total.made)
    try writeQuarantine()
    let artifacts = try RunArtifacts(
      folder: folder, results: results, destinations: destinations
    ).publish()
    try AtomicFile.write(summary(total, artifacts).prettyText.utf8, to: "\(folder)/stages.json")
    return sides
  }

  /// Puts the files of a stage in a folder outside of the run folder.
  package static func publishFiles(of result: StageResult, to destination: String) throws {
    try ExportedFolder.publish(try RunArtifacts.only(in: result), as: destination)
  }

  /// Where the records of a side are.
  public static func data(_ side: Side, in folder: String) -> String {
    "\(folder)/data/\(side.rawValue).jsonl"
  }

  /// Splits the last stage's records into sides and writes one ledger line for every record.
  private func writeData(fates: Int) throws -> [Side: Int] {
    let ledger = try AtomicFile("\(folder)/ledger.jsonl", isHashed: false)
    var lines = 0
    for result in results {
      try FileReader("\(result.folder)/\(StageFiles.ledger)").forEachChunk { chunk in
        lines += chunk.count { $0 == UInt8(ascii: "\n") }
        try ledger.write(chunk)
      }
    }
    var files: [Side: AtomicFile] = [:]
    for side in Side.allCases {
      files[side] = try AtomicFile(Self.data(side, in: folder), isHashed: false)
    }
    var counts: [Side: Int] = [:]
    try eachBatch { batch in
      try ledger.write(batch.ledger)
      for part in batch.sides where part.count > 0 {
        try files[part.side]?.write(part.data)
        counts[part.side, default: 0] += part.count
      }
    }
    lines += counts.values.reduce(0, +)
    try check(lines, are: fates)
    for side in Side.allCases { try files[side]?.commit() }
    try ledger.commit()
    return counts
  }

  /// Sorts the last stage's records into the files they go to; `write` is called in order, with one batch
  /// while the next is being made.
  private func eachBatch(_ write: @escaping (SideBatch) throws -> Void) throws {
    guard let last = results.last else { return }
    let writer = Behind(write)
    // Nothing may go on in a folder that whoever called has been given back.
    defer { try? writer.wait() }
    try StageLines(last.records).map(threads: threads) { lines, first in
      try SideBatch(lines, in: last.records, at: first)
    } _: {
      try writer.take($0)
    }
    try writer.wait()
  }

  /// Every record that came in or was made has one line in the ledger.
  private func check(_ lines: Int, are fates: Int) throws(StageError) {
    guard lines == fates else {
      throw StageError(
        "damaged-cache", "the ledger has \(lines) lines for \(fates) records",
        remedy: "delete the folder '\(StageRunner.cache(in: folder))' and run again")
    }
  }

  private func writeQuarantine() throws {
    let path = "\(folder)/quarantine.jsonl"
    guard results.contains(where: { $0.counts.quarantinedTotal > 0 }) else {
      try Folders.remove(path)
      return
    }
    let file = try AtomicFile(path)
    for result in results {
      try FileReader("\(result.folder)/\(StageFiles.quarantine)").forEachChunk {
        try file.write($0)
      }
    }
    try file.commit()
  }

  /// `stages.json`: what became of the records in each stage and in all.
  private func summary(_ total: StageCounts, _ artifacts: [String]) -> JSONValue {
    let stages = results.map { result -> JSONValue in
      var object: JSONObject = ["name": .string(result.label)]
      object.merge(result.counts.object)
      return .object(object)
    }
    return [
      "stages": .array(stages), "total": .object(total.object),
      "artifacts": .array(artifacts.map { .string($0) }),
    ]
  }

  /// The counts of the whole run: what came in from sources, and how each record ended.
  var total: StageCounts {
    var total = StageCounts()
    var upstream = 0
    for result in results {
      total += result.counts
      // Records that a stage took over from the one before are not new to the run.
      total.incoming -= upstream
      upstream = result.counts.kept
    }
    total.kept = upstream
    return total
  }
}

/// A slice of the last stage's records, sorted into the files they go to.
private struct SideBatch: Sendable {
  /// What goes to each side's file, and how many records those are.
  var sides = Side.allCases.map { (side: $0, data: [UInt8](), count: 0) }
  var ledger: [UInt8] = []

  init(_ lines: [ArraySlice<UInt8>], in path: String, at first: Int) throws {
    for (index, bytes) in lines.enumerated() {
      try Interruption.check()
      let json = bytes[..<RecordLine.endOfRecord(bytes)]
      let told = add(json, bytes[json.endIndex...])
      let side = if let told { told } else { try parsed(bytes, in: path, at: first + index) }
      append(json, to: side)
    }
  }

  private mutating func append(_ json: ArraySlice<UInt8>, to side: Side) {
    for place in sides.indices where sides[place].side == side {
      sides[place].data += json
      sides[place].data.append(UInt8(ascii: "\n"))
      sides[place].count += 1
    }
  }

  /// Adds the line of the ledger; nil where the record must be parsed for that.
  private mutating func add(_ json: ArraySlice<UInt8>, _ trail: ArraySlice<UInt8>) -> Side? {
    json.withUnsafeBufferPointer { json in
      guard let places = ProvenancePlaces(in: json) else { return nil }
      LedgerLine.write(kept: json, places, trail: trail, to: &ledger)
      return places.side ?? .train
    }
  }

  private mutating func parsed(
    _ bytes: ArraySlice<UInt8>, in path: String, at index: Int
  ) throws -> Side {
    let line = try RecordLine(bytes, at: LineLayer.place(of: index, in: path))
    let side = line.record.side ?? .train
    LedgerLine.write(line, fate: "kept", ["side": .string(side.rawValue)], to: &ledger)
    return side
  }
}
