import Records
import Split
import Stages
import TestSupport
import Testing

/// What a split did with records.
struct SplitRun {
  /// The records that were kept, with their sides, in order.
  var kept: [Record] = []
  /// The reasons of those that were dropped, by id.
  var dropped: [String: Reason] = [:]
  /// The faults of those that would stop the run or be quarantined, by id.
  var faults: [String: StageError] = [:]
  let certificate: SplitCertificate
  /// The certificate as it was written.
  let certificateBytes: [UInt8]
  /// The collection that was split, kept on disk as long as this is.
  let folder: TemporaryFolder

  /// Splits records with the stage that parameters make.
  init(
    _ records: [Record], _ parameters: [String: String] = [:], seed: UInt64 = 42, threads: Int = 2
  ) throws {
    folder = try TemporaryFolder()
    let stage = try #require(try splitStages[0].stage(parameters) as? any CollectionStage)
    let context = StageContext(
      seed: seed, stage: "split", threads: threads, artifacts: "\(folder.path)/artifacts")
    let collection = try Self.collection(records, "records.jsonl", in: folder, threads: threads)
    let outcomes = try Self.outcomes(stage, collection, records, context)
    for (record, outcome) in zip(records, outcomes) {
      switch outcome {
      case .success(.keep(let placed, _)): kept.append(placed)
      case .success(.drop(let reason)): dropped[record.id] = reason
      case .failure(let fault): faults[record.id] = fault
      default: Issue.record("\(record.id) was neither kept nor dropped")
      }
    }
    certificateBytes = try FileReader.contents(
      "\(context.artifacts)/\(SplitCertificate.fileName)")
    certificate = try SplitCertificate(json: try JSONValue.parse(certificateBytes))
  }

  /// Records in a file, as the runner keeps them.
  static func collection(
    _ records: [Record], _ name: String, in folder: TemporaryFolder, threads: Int = 2
  ) throws -> RecordCollection {
    let text = records.map { JSONValue.object($0.object).text + "\n" }.joined()
    let path = try folder.write(text, to: name)
    return RecordCollection(path: path, count: records.count, threads: threads)
  }

  private static func outcomes(
    _ stage: some CollectionStage, _ collection: RecordCollection, _ records: [Record],
    _ context: StageContext
  ) throws -> [Result<Outcome, StageError>] {
    let plan = try stage.plan(collection, context)
    return records.enumerated().map { index, record in
      Result { () throws(StageError) in try stage.outcome(of: record, at: index, plan, context) }
    }
  }

  /// The sides of the records that were kept, by id.
  var sides: [String: Side] {
    Dictionary(
      uniqueKeysWithValues: kept.compactMap { record in record.side.map { (record.id, $0) } })
  }

  /// How many originals a side holds.
  func count(_ side: Side) -> Int { kept.count { $0.side == side && $0.augmentedBy == nil } }
}

/// Records that tests are made of.
enum Make {
  /// A text of a few words that no other number gives.
  static func text(_ number: Int) -> String {
    var random = CounterRandom(seed: 7, purpose: "words", record: "\(number)")
    let words = (0..<8).map { _ in String(random.below(100_000), radix: 36) }
    return words.joined(separator: " ") + " number \(number)"
  }

  /// A record with a text of its own, in the group and with the label given.
  static func record(
    _ number: Int, label: String? = nil, group: String? = nil, text: String? = nil
  ) -> Record {
    var record = Record.text(text ?? Self.text(number), id: "f:\(number)", label: label)
    record.source.line = number
    if let group { record.metadata["patient"] = .string(group) }
    return record
  }

  /// Records whose numbers lie in a range.
  static func records(_ range: Range<Int>, labels: [String] = []) -> [Record] {
    range.map { record($0, label: labels.isEmpty ? nil : labels[$0 % labels.count]) }
  }

  /// A child made from a record by augmentation.
  static func child(of record: Record, _ number: Int = 1, text: String) -> Record {
    var child = record.child("synonyms.\(number)", content: .text(text))
    child.augmentedBy = "augment.synonyms"
    return child
  }
}
