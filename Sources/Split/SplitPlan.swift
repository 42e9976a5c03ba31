import Records
import Stages

/// What a split has decided about every record, in their order.
struct SplitPlan: Sendable {
  /// What becomes of each record.
  private(set) var decisions: [Decision] = []
  /// The family of each record that has one, by a number that stands for it.
  private(set) var families: [Int32] = []

  /// Decides about records by their keys.
  init(_ keys: [RecordKeys], _ rules: SplitRules) {
    let faults = Self.labelFaults(keys, rules)
    if rules.isExact {
      decideExactly(keys, rules, faults)
    } else {
      decideInOrder(keys, rules, faults)
    }
  }

  /// Records whose label cannot be stratified by: it is missing, or nobody else has it.
  private static func labelFaults(_ keys: [RecordKeys], _ rules: SplitRules) -> [Decision?] {
    guard rules.stratify != nil else { return Array(repeating: nil, count: keys.count) }
    var counts: [String: Int] = [:]
    for record in keys where !record.isAugmented { counts[record.label ?? "", default: 0] += 1 }
    return keys.map { record in
      guard let label = record.label, !label.isEmpty else { return .labelMissing }
      return counts[label, default: 0] < 2 ? .labelSeenOnce : nil
    }
  }

  private mutating func decideInOrder(
    _ keys: [RecordKeys], _ rules: SplitRules, _ faults: [Decision?]
  ) {
    var tree = FamilyTree(rules)
    for (record, fault) in zip(keys, faults) {
      let placed = fault.map { (decision: $0, family: nil) } ?? tree.place(record)
      decisions.append(placed.decision)
      families.append(placed.family.map(Int32.init) ?? -1)
    }
    families = families.map { $0 < 0 ? $0 : Int32(tree.representative(of: Int($0))) }
  }

  private mutating func decideExactly(
    _ keys: [RecordKeys], _ rules: SplitRules, _ faults: [Decision?]
  ) {
    let isIncluded = faults.map { $0 == nil }
    let exact = ExactFamilies(keys, isIncluded: isIncluded)
    let sides = exact.sides(keys, isIncluded: isIncluded, rules)
    for (index, record) in keys.enumerated() {
      let family = exact.families[index]
      let side = sides[family] ?? .train
      let placed: Decision =
        record.isAugmented && side.isEvaluation ? .augmented(side) : .side(side)
      decisions.append(faults[index] ?? placed)
      families.append(isIncluded[index] ? Int32(family) : -1)
    }
  }

  /// The side of a record, nil where it is on none.
  func side(of index: Int) -> Side? {
    if case .side(let side) = decisions[index] { side } else { nil }
  }
}
