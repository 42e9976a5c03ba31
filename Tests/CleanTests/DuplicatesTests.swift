import Clean
import Records
import Stages
import TestSupport
import Testing

@Suite struct `Exact duplicates` {
  /// The ids that stay and the ids that others are merged into, of texts with ids 0, 1, ….
  private func run(
    _ texts: [String], _ parameters: [String: String] = [:], threads: Int = 2
  ) throws -> (kept: [String], merged: [String: String]) {
    let folder = try TemporaryFolder()
    let lines = texts.enumerated().map { index, text -> String in
      var record = Record.text(text, id: "\(index)")
      record.label = Label("\(index)")
      return JSONValue.object(record.object).text
    }
    let path = try folder.write(lines.joined(separator: "\n") + "\n", to: "records.jsonl")
    let descriptor = try #require(cleanStages.first { $0.name == "clean.duplicates" })
    let stage = try #require(try descriptor.stage(parameters) as? any CollectionStage)
    return try decide(stage, RecordCollection(path: path, count: texts.count, threads: threads))
  }

  private func decide(
    _ stage: some CollectionStage, _ records: RecordCollection
  ) throws -> (kept: [String], merged: [String: String]) {
    let plan = try stage.plan(records, .test())
    var kept: [String] = []
    var merged: [String: String] = [:]
    for (index, record) in try records.map({ $0 }).enumerated() {
      switch try stage.outcome(of: record, at: index, plan, .test()) {
      case .keep(let record, _): kept.append(record.id)
      case .merge(let survivor, _): merged[record.id] = survivor
      default: Issue.record("neither kept nor merged")
      }
    }
    return (kept, merged)
  }

  @Test(arguments: [1, 4]) func `the first of equal texts stays, whatever its label`(threads: Int)
    throws
  {
    let (kept, merged) = try run(["a", "b", "a", "c", "b", "a"], threads: threads)
    #expect(kept == ["0", "1", "3"])
    #expect(merged == ["2": "0", "4": "1", "5": "0"])
  }

  @Test func `case and blanks count unless they are normalized`() throws {
    let texts = ["Heart  pain", "heart pain", "ｈeart pain"]
    #expect(try run(texts).kept.count == 3)
    #expect(try run(texts, ["normalize": "true"]).kept == ["0"])
  }
}
