import Records
import Stages
import TextKit

/// What a split has decided about every record, in their order.
struct SplitPlan: Sendable {
  /// What becomes of each record.
  private(set) var decisions: [Decision] = []
  /// The family of each record that has one, by a number that stands for it.
  private(set) var families: [Int32] = []

  /// Decides about records by their keys and the shingles of what they ask.
  init(
    _ keys: [RecordKeys], _ shingles: SetStore, _ rules: SplitRules, threads: Int
  ) throws {
    let faults = Self.labelFaults(keys, rules)
    if rules.isExact {
      try decideExactly(keys, NearLinks(shingles, threads: threads), rules, faults)
    } else {
      try decideInOrder(keys, NearLinks(shingles, threads: threads), rules, faults)
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
    _ keys: [RecordKeys], _ near: NearLinks, _ rules: SplitRules, _ faults: [Decision?]
  ) throws {
    var placer = FamilyPlacer(keys, rules, faults)
    try near.visit(&placer, rules)
    decisions = placer.decisions
    families = placer.families.map { $0 < 0 ? $0 : Int32(placer.tree.root(of: Int($0))) }
  }

  private mutating func decideExactly(
    _ keys: [RecordKeys], _ near: NearLinks, _ rules: SplitRules, _ faults: [Decision?]
  ) throws {
    let isIncluded = faults.map { $0 == nil }
    var joiner = FamilyJoiner(isIncluded)
    try near.visit(&joiner, rules)
    let exact = ExactFamilies(keys, isIncluded: isIncluded, joiner.sets)
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
