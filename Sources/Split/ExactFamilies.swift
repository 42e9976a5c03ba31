import Records
import Stages
import TextKit

/// Splits a collection that is known as a whole, so that each class is shared out to the record.
///
/// Families are all that is linked, however far; none is ever cut and no record left out. What it
/// gives up is stability: one more record may move others.
struct ExactFamilies {
  /// The family of each record.
  let families: [Int]

  /// Joins what is linked, and what near duplicates have joined before.
  init(_ keys: [RecordKeys], isIncluded: [Bool], _ near: DisjointSets) {
    var sets = near
    var first: [UInt128: Int] = [:]
    for (index, record) in keys.enumerated() where isIncluded[index] {
      for link in record.links {
        if let other = first[link] {
          sets.union(index, other)
        } else {
          first[link] = index
        }
      }
    }
    families = keys.indices.map { sets.find($0) }
  }

  /// A family on its way to a side.
  private struct Family {
    let number: Int
    /// The class of its first original.
    let label: String
    /// How many originals it has.
    var size: Int
    /// The least of its texts' hashes, which decides about its rank.
    var key: UInt128
  }

  /// The side of each family that a list of ids names a record of.
  /// - Throws: `StageError` where lists of two sides name records of one family.
  func givenSides(
    _ keys: [RecordKeys], isIncluded: [Bool], _ lists: GivenIDs
  ) throws(StageError) -> [Int: Side] {
    var first: [Int: GivenIDs.Placement] = [:]
    for (index, record) in keys.enumerated() where isIncluded[index] {
      guard let given = record.given else { continue }
      let other = first[families[index], default: given]
      guard other.side == given.side else { throw lists.conflict(other, given) }
      first[families[index]] = other
    }
    return first.mapValues(\.side)
  }

  /// The side of each family, by the family's number; some are given.
  func sides(
    _ keys: [RecordKeys], isIncluded: [Bool], _ given: [Int: Side], _ rules: SplitRules
  ) -> [Int: Side] {
    var list: [Int: Family] = [:]
    for (index, record) in keys.enumerated() where isIncluded[index] {
      let number = families[index]
      guard given[number] == nil else { continue }
      let label = rules.strata == nil ? "" : record.label ?? ""
      let size = record.isAugmented ? 0 : 1
      var family =
        list[number] ?? Family(number: number, label: label, size: 0, key: record.text)
      family.size += size
      family.key = min(family.key, record.text)
      list[number] = family
    }
    let classes = Dictionary(grouping: list.values, by: \.label)
    var sides = given
    // What one class got too little of by rounding, the next makes up for.
    var owed = [Double](repeating: 0, count: Side.allCases.count)
    for label in classes.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      share(classes[label] ?? [], &owed, into: &sides, rules)
    }
    return sides
  }

  private func share(
    _ families: [Family], _ owed: inout [Double], into sides: inout [Int: Side],
    _ rules: SplitRules
  ) {
    let ranked = families.map { (rules.position(of: $0.key), $0) }
      .sorted { ($0.0, $0.1.key) < ($1.0, $1.1.key) }.map(\.1)
    let count = ranked.reduce(0) { $0 + $1.size }
    for side in Side.allCases { owed[side.index] += rules.shares[side] * Double(count) }
    var quotas = Self.rounded(owed, total: count)
    for family in ranked {
      let order: [Side] = [.test, .validation, .train]
      let side =
        order.first { quotas[$0.index] >= max(1, family.size) }
        ?? order.max { quotas[$0.index] < quotas[$1.index] } ?? .train
      quotas[side.index] -= family.size
      owed[side.index] -= Double(family.size)
      sides[family.number] = side
    }
  }

  /// Whole numbers that add up to `total`, as near to the amounts as can be (largest remainders).
  static func rounded(_ amounts: [Double], total: Int) -> [Int] {
    var whole = amounts.map { max(0, Int($0.rounded(.down))) }
    let byRemainder = amounts.indices.sorted {
      amounts[$0] - Double(whole[$0]) > amounts[$1] - Double(whole[$1])
    }
    var turn = 0
    while whole.reduce(0, +) < total {
      whole[byRemainder[turn % byRemainder.count]] += 1
      turn += 1
    }
    while whole.reduce(0, +) > total, let largest = whole.indices.max(by: { whole[$0] < whole[$1] })
    {
      whole[largest] -= 1
    }
    return whole
  }
}
