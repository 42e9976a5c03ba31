public import Records

/// Turns the output of the last stage into the files of the run folder that people read.
public struct RunPublisher: Sendable {
  let folder: String
  let results: [StageResult]
  let threads: Int

  /// A publisher of finished stages.
  public init(folder: String, results: [StageResult], threads: Int) {
    self.folder = folder
    self.results = results
    self.threads = threads
  }

  /// Writes `data/`, `ledger.jsonl`, `quarantine.jsonl`, `stages.json` and the stages' artifacts.
  /// - Returns: How many records each side holds.
  public func publish() throws -> [Side: Int] {
    let sides = try writeData()
    try writeQuarantine()
    try writeArtifacts()
    try AtomicFile.write(summary.prettyText.utf8, to: "\(folder)/stages.json")
    return sides
  }

  /// Where the records of a side are.
  public static func data(_ side: Side, in folder: String) -> String {
    "\(folder)/data/\(side.rawValue).jsonl"
  }

  /// Splits the last stage's records into sides and writes one ledger line for every record.
  private func writeData() throws -> [Side: Int] {
    let ledger = try AtomicFile("\(folder)/ledger.jsonl")
    for result in results { try copy("\(result.folder)/\(StageFiles.ledger)", to: ledger) }
    var files: [Side: AtomicFile] = [:]
    for side in Side.allCases { files[side] = try AtomicFile(Self.data(side, in: folder)) }
    var counts: [Side: Int] = [:]
    if let last = results.last {
      try LineBatches(last.records).forEach { lines in
        try Interruption.check()
        for batch in try OrderedMap.slices(
          of: lines.count, threads: threads,
          { range in
            try SideBatch(lines[range])
          })
        {
          try ledger.write(batch.ledger)
          for (side, bytes) in batch.data { try files[side]?.write(bytes) }
          counts.merge(batch.counts, uniquingKeysWith: +)
        }
      }
    }
    for side in Side.allCases { try files[side]?.commit() }
    try ledger.commit()
    return counts
  }

  private func writeQuarantine() throws {
    let path = "\(folder)/quarantine.jsonl"
    guard results.contains(where: { $0.counts.quarantinedTotal > 0 }) else {
      try Folders.remove(path)
      return
    }
    let file = try AtomicFile(path)
    for result in results { try copy("\(result.folder)/\(StageFiles.quarantine)", to: file) }
    try file.commit()
  }

  private func writeArtifacts() throws {
    for result in results {
      let source = "\(result.folder)/\(StageFiles.artifacts)"
      for name in try Folders.files(below: source) {
        let file = try AtomicFile("\(folder)/\(name)")
        try copy("\(source)/\(name)", to: file)
        try file.commit()
      }
    }
  }

  private func copy(_ path: String, to file: AtomicFile) throws {
    let reader = try FileReader(path)
    while true {
      let chunk = try reader.read(1 << 20)
      if chunk.isEmpty { return }
      try file.write(chunk)
    }
  }

  /// `stages.json`: what became of the records in each stage and in all.
  private var summary: JSONValue {
    let stages = results.map { result -> JSONValue in
      var object: JSONObject = ["name": .string(result.label)]
      object.merge(result.counts.object)
      return .object(object)
    }
    return ["stages": .array(stages), "total": .object(total.object)]
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
  var data: [Side: [UInt8]] = [:]
  var ledger: [UInt8] = []
  var counts: [Side: Int] = [:]

  init(_ lines: ArraySlice<ArraySlice<UInt8>>) throws {
    for bytes in lines {
      let line = try RecordLine.decode(bytes)
      let side = line.record.side ?? .train
      JSONValue.object(line.record.object).write(to: &data[side, default: []])
      data[side, default: []].append(UInt8(ascii: "\n"))
      counts[side, default: 0] += 1
      LedgerLine.write(line, fate: "kept", ["side": .string(side.rawValue)], to: &ledger)
    }
  }
}
