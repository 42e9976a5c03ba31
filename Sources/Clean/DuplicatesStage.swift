import Records
import Stages
import TextKit

/// `clean.duplicates`: of records with the same text the first stays.
struct DuplicatesStage: CollectionStage {
  /// How two records are found to be the same.
  enum Method: String, ChoiceValue {
    /// The texts are equal, byte for byte or in their comparable form.
    case exact
  }

  private enum Keys {
    static let method = Parameter(
      "method", default: Method.exact, "How two records are found to be the same.")
    static let normalize = Parameter(
      "normalize", default: false,
      "Compare without regard to case, blanks and compatibility characters.")
    static let fields = Parameter(
      "fields", default: [Selector.all], "The texts that must be equal.")
  }

  static let descriptor = StageDescriptor(
    "clean.duplicates", "Keep the first of records with the same text.", role: .cleaning,
    parameters: [Keys.method, Keys.normalize, Keys.fields],
    memory: "about 40 bytes a record", example: "clean.duplicates: {method: exact}"
  ) { values in
    DuplicatesStage(fields: values[Keys.fields], normalizes: values[Keys.normalize])
  }

  let fields: [Selector]
  let normalizes: Bool

  /// For each record the position of the one that stands for it, itself where it is the first,
  /// and the ids of those that stand for others.
  struct Plan: Sendable {
    fileprivate(set) var survivors: [Int32] = []
    fileprivate(set) var ids: [Int32: String] = [:]
  }

  func plan(_ records: RecordCollection, _ context: StageContext) throws -> Plan {
    var plan = Plan()
    plan.survivors.reserveCapacity(records.count)
    var first: [UInt128: Int32] = [:]
    for hash in try records.map({ ContentHash.short(key(of: $0)) }) {
      let index = Int32(plan.survivors.count)
      let survivor = first[hash] ?? index
      if survivor == index { first[hash] = index }
      plan.survivors.append(survivor)
    }
    try name(&plan, records)
    return plan
  }

  /// Fetches the ids of those records that others are merged into.
  private func name(_ plan: inout Plan, _ records: RecordCollection) throws {
    let wanted = Set(
      plan.survivors.enumerated().filter { Int($0.element) != $0.offset }.map(\.element))
    guard !wanted.isEmpty else { return }
    var index: Int32 = 0
    try records.forEachBatch { batch in
      for record in batch {
        if wanted.contains(index) { plan.ids[index] = record.id }
        index += 1
      }
    }
  }

  /// The texts compared, with a mark between them that no text holds.
  private func key(of record: Record) -> String {
    fields.flatMap { record.fields($0) }
      .map { normalizes ? ComparableText.form($0.text) : $0.text }.joined(separator: "\u{0}")
  }

  func outcome(
    of record: Record, at index: Int, _ plan: Plan, _ context: StageContext
  ) throws(StageError) -> Outcome {
    let survivor = plan.survivors[index]
    guard Int(survivor) != index, let id = plan.ids[survivor] else { return .keep(record) }
    return .merge(into: id, Reason("exact-duplicate"))
  }
}
