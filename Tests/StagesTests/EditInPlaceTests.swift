import Records
import Stages
import TestSupport
import Testing

/// Texts that are changed where they stand give the files that changing records gives.
@Suite struct `Stages that change texts one by one` {
  /// Makes every text loud; by records where `isPlain` is false.
  private struct LoudStage: RecordStage {
    let isPlain: Bool

    var textChange: TextChange? { isPlain ? TextChange { Self.loud($0) } : nil }

    static func loud(_ text: String) -> String {
      // A second stage finds something to change in what the first leaves.
      text.replacing("b", with: "B\"\n").replacing("é", with: "").replacing("a", with: "ba")
    }

    func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
      var record = record
      record.mapFields { _, text in Self.loud(text) }
      return .keep(record)
    }
  }

  /// Writes the JSON of lines, or makes records of them.
  private struct Source: SourceStage {
    let lines: LineSource
    let isPlain: Bool

    func dependencies() throws(StageError) -> [String] { try lines.dependencies() }
    func readUnits(_ visit: (SourceUnit) throws -> Void) throws { try lines.readUnits(visit) }
    func outcome(of unit: SourceUnit, _ context: StageContext) throws(StageError) -> Outcome {
      try lines.outcome(of: unit, context)
    }
    func makeUnitWriter() -> (any UnitWriter)? { isPlain ? Writer(source: self) : nil }
  }

  private struct Writer: UnitWriter {
    let source: Source

    func write(_ unit: SourceUnit, to buffer: inout [UInt8]) -> Bool {
      guard case .keep(let record, _)? = try? source.outcome(of: unit, .test()) else {
        return false
      }
      record.write(to: &buffer)
      return true
    }
  }

  private func files(
    _ run: TestRun, plain: Bool, threads: Int = 2, batchSize: Int = 1 << 21
  ) throws -> [String: String] {
    // In one folder after the other's run, since names of folders tell the paths of what was read.
    if Folders.exists(run.path) { try Folders.remove(run.path) }
    let texts = (0..<300).map { index in
      ["a", "abc", "!fault", "~skipped", "éb", "#broken", "xyz\\é", "+b"][index % 8] + "\(index)"
    }
    let path = try run.folder.write(texts.map { "\($0)\n" }.joined(), to: "in.txt")
    let source = Source(lines: LineSource(path: path), isPlain: plain)
    let drop = EachStage { record, _ in
      record.text.hasSuffix("7") ? .drop(Reason("seven")) : .keep(record, note: nil)
    }
    return try run.everything(
      [
        try run.step("ingest", source, role: .source),
        try run.step("clean.loud", LoudStage(isPlain: plain)), try run.step("clean.drop", drop),
        try run.step("clean.again", LoudStage(isPlain: plain)),
        try run.step("clean.same", MergeStage()),
      ], threads: threads, batchSize: batchSize)
  }

  @Test(arguments: [(1, 1 << 21), (4, 64), (2, 1000)])
  func `give the files of stages that change records`(threads: Int, batch: Int) throws {
    let run = try TestRun()
    let records = try files(run, plain: false)
    let texts = try files(run, plain: true, threads: threads, batchSize: batch)
    #expect(records.keys.sorted() == texts.keys.sorted())
    for (name, text) in records { #expect(texts[name] == text, "\(name)") }
    #expect(records["ledger.jsonl"]?.contains("\"clean.again\"") == true)
  }

  @Test func `are shown originals of the training side alone where they augment`() throws {
    let run = try TestRun()
    let sides = EachStage { record, _ in
      var record = record
      record.side = record.text.hasPrefix("t") ? .test : .train
      return .keep(record)
    }
    let results = try run.run([
      try run.source(["a", "ta"]), try run.step("split", sides, role: .splitting),
      try run.step("augment.loud", LoudStage(isPlain: true), role: .augmenting),
    ])
    let records = try RecordCollection(path: results[2].records, count: 2, threads: 2).map(\.text)
    #expect(records == ["ba", "ta"])
  }
}
