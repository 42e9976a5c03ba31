import Augment
import Records
import Stages
import TestSupport
import Testing

/// What a record's children say, and how they were made.
struct Children {
  let records: [Record]
  let notes: [JSONValue]

  /// Runs `augment.synonyms` on one record.
  init(
    of record: Record, _ parameters: [String: String] = [:], seed: UInt64 = 42
  ) throws {
    let stage = try #require(try descriptor.stage(parameters) as? any RecordStage)
    let context = StageContext(seed: seed, stage: "augment.synonyms", threads: 1)
    switch try stage.outcome(of: record, context) {
    case .derive(let parent, let children):
      #expect(parent == record)
      records = children.map(\.record)
      notes = children.map(\.note)
    case .keep(let parent, _):
      #expect(parent == record)
      records = []
      notes = []
    default:
      Issue.record("the record came to an end")
      records = []
      notes = []
    }
  }

  /// The texts of the children.
  var texts: [String] { records.flatMap { $0.fields(.all).map(\.text) } }
}

/// The stage under test.
let descriptor = augmentStages { _ throws(Diagnostic) in throw Diagnostic("no translator") }[0]

/// A text with every word swapped that can be; nil where none can.
func swapped(_ text: String, _ parameters: [String: String] = [:]) throws -> String? {
  let defaults = ["rate": "1"].merging(parameters) { $1 }
  return try Children(of: .text(text), defaults).texts.first
}
