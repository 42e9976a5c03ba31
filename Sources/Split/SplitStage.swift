import Records
import Stages

/// Puts records on the sides train, validation and test, so that nothing leaks between them.
struct SplitStage: CollectionStage {
  let shares: Shares
  let stratify: Selector?
  let group: Selector?
  let isExact: Bool

  private func rules(_ context: StageContext) -> SplitRules {
    SplitRules(
      shares: shares, stratify: stratify, group: group, isExact: isExact, seed: context.seed)
  }

  func plan(_ records: RecordCollection, _ context: StageContext) throws -> SplitPlan {
    let rules = rules(context)
    let keys = try records.map { RecordKeys($0, rules) }
    let plan = SplitPlan(keys, rules)
    guard !context.artifacts.isEmpty else { return plan }
    let nearest = try NearestPair.find(
      in: [records], sides: keys.indices.map { keys[$0].isAugmented ? nil : plan.side(of: $0) })
    let certificate = SplitCertificate(plan, keys, rules, nearest)
    try AtomicFile.write(
      certificate.json.prettyText.utf8, to: "\(context.artifacts)/\(SplitCertificate.fileName)")
    return plan
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
