import Clean
import Records
import Stages
import TestSupport
import Testing

/// What a stage that sees the whole collection makes of records.
struct CollectionOutcome: Equatable {
  var kept: [Record] = []
  var notes: [String: JSONValue] = [:]
  var dropped: [String: Reason] = [:]

  /// Runs a stage with parameters over records.
  init(
    _ name: String, _ records: [Record], _ parameters: [String: String] = [:], threads: Int = 2
  ) throws {
    let folder = try TemporaryFolder()
    let lines = records.map { JSONValue.object($0.object).text + "\n" }.joined()
    let path = try folder.write(lines, to: "records.jsonl")
    let descriptor = try #require(cleanStages.first { $0.name == name })
    let stage = try #require(try descriptor.stage(parameters) as? any CollectionStage)
    try run(stage, RecordCollection(path: path, count: records.count, threads: threads))
  }

  private mutating func run(
    _ stage: some CollectionStage, _ records: RecordCollection
  ) throws {
    let plan = try stage.plan(records, .test())
    for (index, record) in try records.map({ $0 }).enumerated() {
      switch try stage.outcome(of: record, at: index, plan, .test()) {
      case .keep(let record, let note):
        kept.append(record)
        if let note { notes[record.id] = note }
      case .drop(let reason): dropped[record.id] = reason
      default: Issue.record("neither kept nor dropped")
      }
    }
  }

  /// The texts of the records that stay.
  var texts: [String] { kept.flatMap { $0.fields().map(\.text) } }
}
