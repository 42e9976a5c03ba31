import Records
import TextKit

/// What becomes of a record in a split.
enum Decision: Sendable, Hashable {
  case side(Side)
  /// Its links lead to families on both of these sides.
  case bridges(Side, Side)
  /// It was made from a record that bridges two sides.
  case childOfBridge
  /// It was made from a record that is on this evaluation side.
  case augmented(Side)
  /// It is the only record with its label.
  case labelSeenOnce
  /// It has no label to stratify by.
  case labelMissing

  /// The reason it is counted under where it is on no side.
  var code: String {
    switch self {
    case .side: "kept"
    case .bridges, .childOfBridge: "bridges-split"
    case .augmented: "augmented-in-evaluation"
    case .labelSeenOnce: "label-seen-once"
    case .labelMissing: "label-missing"
    }
  }
}

/// Puts records into families, and families on sides, in the order the records come.
///
/// A record is of a family with which it shares a text, a group, a parent or a child. The first record
/// of a family decides its side, by a hash of its group or its text alone; later ones follow. A record
/// that links families on different sides can follow neither without a leak, so it is left out, and so
/// are its children. Hence what comes later never moves what came before.
struct FamilyTree {
  private let rules: SplitRules
  private var sets = DisjointSets()
  /// The side of each family, by the number it got when it was founded.
  private var sides: [Side] = []
  /// The family each key leads to; `bridge` for records left out.
  private var families: [UInt128: Int32] = [:]
  private static let bridge: Int32 = -1

  init(_ rules: SplitRules) { self.rules = rules }

  /// Places a record.
  ///
  /// `near` are families with records that are nearly the same.
  /// - Returns: What becomes of it, and its family where it has one.
  mutating func place(_ keys: RecordKeys, near: [Int] = []) -> (decision: Decision, family: Int?) {
    if let parent = keys.parent, families[parent] == Self.bridge {
      families[keys.id] = Self.bridge
      return (.childOfBridge, nil)
    }
    let links = keys.links
    let known = links.compactMap { families[$0] }.filter { $0 != Self.bridge }.map(Int.init) + near
    let family: Int
    if let first = known.first {
      if let other = known.first(where: { sides[$0] != sides[first] }) {
        families[keys.id] = Self.bridge
        return (.bridges(sides[first], sides[other]), nil)
      }
      family = known.reduce(first) { sets.union($0, $1) }
    } else {
      family = sets.add()
      sides.append(rules.shares.side(at: rules.position(of: keys.deciding)))
    }
    for link in links where families[link] != Self.bridge { families[link] = Int32(family) }
    let side = sides[family]
    return (keys.isAugmented && side.isEvaluation ? .augmented(side) : .side(side), family)
  }

  /// The number that stands for a family as it is now; many threads may ask at once.
  func root(of family: Int) -> Int { sets.root(of: family) }
}
