import Records
import Stages
import TextKit

/// Puts records on the sides train, validation and test, so that nothing leaks between them.
struct SplitStage: CollectionStage {
  let shares: Shares
  let stratify: Selector?
  let group: Selector?
  let isExact: Bool
  let similarity: Double?

  private func rules(_ context: StageContext) -> SplitRules {
    SplitRules(
      shares: shares, stratify: stratify, group: group, isExact: isExact, similarity: similarity,
      seed: context.seed)
  }

  func plan(_ records: RecordCollection, _ context: StageContext) throws -> SplitPlan {
    let rules = rules(context)
    let (keys, shingles) = try read(records, rules, context)
    let plan = try SplitPlan(keys, shingles, rules, threads: context.threads)
    guard !context.artifacts.isEmpty else { return plan }
    let nearest = try NearestPair.find(
      in: [records], sides: keys.indices.map { keys[$0].isAugmented ? nil : plan.side(of: $0) })
    let certificate = SplitCertificate(plan, keys, rules, nearest)
    try AtomicFile.write(
      certificate.json.prettyText.utf8, to: "\(context.artifacts)/\(SplitCertificate.fileName)")
    return plan
  }

  /// The keys of the records, and their shingles in a store that goes to disk past 1 GB.
  private func read(
    _ records: RecordCollection, _ rules: SplitRules, _ context: StageContext
  ) throws -> ([RecordKeys], SetStore) {
    var keys: [RecordKeys] = []
    keys.reserveCapacity(records.count)
    let folder = Folders.isFolder(context.artifacts) ? context.artifacts : FilePaths.temporary
    var store = SetStore(bytes: 1 << 30, folder: folder)
    try records.forEachBatch { batch in
      let read = try OrderedMap.map(batch, threads: context.threads) { _, record in
        RecordKeys.read(record, rules)
      }
      for (record, shingles) in read {
        keys.append(record)
        try store.append(shingles)
      }
    }
    return (keys, store)
  }

  func outcome(
    of record: Record, at index: Int, _ plan: SplitPlan, _ context: StageContext
  ) throws(StageError) -> Outcome {
    switch plan.decisions[index] {
    case .side(let side):
      var placed = record
      placed.side = side
      return .keep(placed)
    case .bridges(let first, let second):
      return .drop(
        Reason(
          "bridges-split", ["sides": [.string(first.rawValue), .string(second.rawValue)]]))
    case .childOfBridge:
      return .drop(Reason("bridges-split", ["parent": .string(record.parent ?? "")]))
    case .augmented(let side):
      return .drop(Reason("augmented-in-evaluation", ["side": .string(side.rawValue)]))
    case .labelSeenOnce:
      throw StageError(
        "label-seen-once",
        "the label '\(label(of: record))' is seen once, so it cannot be on two sides",
        source: record.source, field: stratify?.description,
        remedy: "merge the class with another, drop the record, or set 'stratify: none'")
    case .labelMissing:
      throw StageError(
        "label-missing", "there is no label to stratify by", source: record.source,
        field: stratify?.description,
        remedy: "drop such records before the split, or set 'stratify: none'")
    }
  }

  private func label(of record: Record) -> String {
    stratify.flatMap { record.value(of: $0) } ?? ""
  }
}
