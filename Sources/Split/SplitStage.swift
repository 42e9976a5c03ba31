import Records
import Stages
import TextKit

/// Puts records on the sides train, validation and test, so that nothing leaks between them.
struct SplitStage: CollectionStage {
  let shares: Shares
  let strata: Strata?
  let group: Selector?
  let isExact: Bool
  let similarity: Double?
  let time: TimeRule?
  /// Files that name the records of sides, and what holds these names; nil for the records' ids.
  let files: [Side: String]
  let idField: Selector?

  func dependencies() throws(StageError) -> [String] { Side.allCases.compactMap { files[$0] } }

  private func rules(_ context: StageContext) throws -> SplitRules {
    SplitRules(
      shares: shares, strata: strata, group: group, isExact: isExact, similarity: similarity,
      seed: context.seed, time: time, given: try GivenIDs(files, field: idField))
  }

  func plan(_ records: RecordCollection, _ context: StageContext) throws -> SplitPlan {
    let rules = try rules(context)
    let (keys, shingles) = try read(records, rules, context)
    if let time, !keys.isEmpty, keys.allSatisfy({ $0.time == nil }) {
      throw try time.fault(ofAll: records)
    }
    let given = try GivenSide.all(
      rules.given, found: names(givenTo: keys, where: { _ in true }), in: records)
    let plan = try SplitPlan(keys, shingles, rules, threads: context.threads)
    guard !context.artifacts.isEmpty else { return plan }
    let nearest = try NearestPair.find(
      in: [records], sides: keys.indices.map { keys[$0].isAugmented ? nil : plan.side(of: $0) })
    let placed = names(givenTo: keys) { !keys[$0].isAugmented && plan.side(of: $0) != nil }
    let certificate = SplitCertificate(
      plan, keys, rules, given.map { $0.keeping(placed.contains) }, nearest)
    try AtomicFile.write(
      certificate.json.prettyText.utf8, to: "\(context.artifacts)/\(SplitCertificate.fileName)")
    return plan
  }

  /// The hashes of the names by which lists put some of the records on sides.
  private func names(
    givenTo keys: [RecordKeys], where isWanted: (Int) -> Bool
  ) -> Set<UInt128> {
    var names: Set<UInt128> = []
    for (index, record) in keys.enumerated() where isWanted(index) {
      if let given = record.given { names.insert(ContentHash.short(given.name)) }
    }
    return names
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
    case .seenEarlier(let own, let earlier):
      return .drop(
        Reason(
          "seen-earlier",
          ["side": .string(own.rawValue), "earlier": .string(earlier.rawValue)]))
    case .childOfBridge:
      let code = time == nil ? "bridges-split" : "seen-earlier"
      return .drop(Reason(code, ["parent": .string(record.parent ?? "")]))
    case .noTime: throw time?.fault(of: record) ?? StageError("no-time", "there is no time")
    case .augmented(let side):
      return .drop(Reason("augmented-in-evaluation", ["side": .string(side.rawValue)]))
    case .labelSeenOnce:
      throw StageError(
        "label-seen-once",
        "the label '\(label(of: record))' is seen once, so it cannot be on two sides",
        source: record.source, field: strata?.description,
        remedy: "merge the class with another, drop the record, or set 'stratify: none'")
    case .labelMissing:
      throw StageError(
        "label-missing", "there is no label to stratify by", source: record.source,
        field: strata?.description,
        remedy: "drop such records before the split, or set 'stratify: none'")
    }
  }

  private func label(of record: Record) -> String {
    strata.flatMap { $0.name(of: record) } ?? ""
  }
}
