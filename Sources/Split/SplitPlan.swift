import Records
import Stages
import TextKit

/// What a split has decided about every record, in their order.
struct SplitPlan: Sendable {
  /// What becomes of each record.
  private(set) var decisions: [Decision] = []
  /// The family of each record that has one, by a number that stands for it.
  private(set) var families: [Int32] = []
  /// Where sides begin, in a split by time.
  let boundaries: TimeBoundaries?

  /// Decides about records by their keys and the shingles of what they ask.
  init(
    _ keys: [RecordKeys], _ shingles: SetStore, _ rules: SplitRules, threads: Int
  ) throws {
    let faults = Self.faults(keys, rules)
    boundaries = rules.time.map { time in
      let times = keys.indices.filter { faults[$0] == nil && !keys[$0].isAugmented }
        .compactMap { keys[$0].time }
      return time.given ?? TimeBoundaries(sharing: times, rules.shares)
    }
    if rules.isExact {
      try decideExactly(keys, NearLinks(shingles, threads: threads), rules, faults)
    } else {
      try decideInOrder(keys, NearLinks(shingles, threads: threads), rules, faults)
    }
  }

  /// Records that cannot be split: they have no time, or their label is missing or nobody else's.
  private static func faults(_ keys: [RecordKeys], _ rules: SplitRules) -> [Decision?] {
    if rules.time != nil { return keys.map { $0.time == nil ? .noTime : nil } }
    guard let strata = rules.strata, strata.needsTwo else {
      return Array(repeating: nil, count: keys.count)
    }
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
    var placer = FamilyPlacer(keys, rules, boundaries, faults)
    try near.visit(Self.order(keys, rules), &placer, rules)
    if let (first, second) = placer.conflict, let one = keys[first].given,
      let other = keys[second].given
    {
      throw rules.given.conflict(one, other)
    }
    decisions = placer.decisions
    families = placer.families.map { $0 < 0 ? $0 : Int32(placer.tree.root(of: Int($0))) }
  }

  /// The order in which families are founded: by time, records that are given first, or as they come.
  private static func order(_ keys: [RecordKeys], _ rules: SplitRules) -> [Int32] {
    guard rules.time != nil else {
      return keys.indices.filter { keys[$0].given != nil }.map { Int32($0) }
        + keys.indices.filter { keys[$0].given == nil }.map { Int32($0) }
    }
    // Of one time, whatever their order in the data; what was made of a record comes behind it.
    return keys.indices.sorted { left, right in
      let (left, right) = (keys[left], keys[right])
      if left.time != right.time {
        return (left.time?.microseconds ?? .min) < (right.time?.microseconds ?? .min)
      }
      if left.isAugmented != right.isAugmented { return right.isAugmented }
      return (left.text, left.id) < (right.text, right.id)
    }.map { Int32($0) }
  }

  private mutating func decideExactly(
    _ keys: [RecordKeys], _ near: NearLinks, _ rules: SplitRules, _ faults: [Decision?]
  ) throws {
    let isIncluded = faults.map { $0 == nil }
    var joiner = FamilyJoiner(isIncluded)
    try near.visit(keys.indices.map { Int32($0) }, &joiner, rules)
    let exact = ExactFamilies(keys, isIncluded: isIncluded, joiner.sets)
    let given = try exact.givenSides(keys, isIncluded: isIncluded, rules.given)
    let sides = exact.sides(keys, isIncluded: isIncluded, given, rules)
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
