import Records
import TextKit

/// What becomes of a record in a split.
enum Decision: Sendable, Hashable {
  case side(Side)
  /// Its links lead to families on both of these sides.
  case bridges(Side, Side)
  /// It is of this side by its time, and its family is on this earlier one.
  case seenEarlier(Side, Side)
  /// It was made from a record that was left out for its family.
  case childOfBridge
  /// It has no time that can be read.
  case noTime
  /// It was made from a record that is on this evaluation side.
  case augmented(Side)
  /// It is the only record with its label.
  case labelSeenOnce
  /// It has no label to stratify by.
  case labelMissing

  /// The reason it is counted under where it is on no side.
  func code(_ rules: SplitRules) -> String {
    switch self {
    case .side: "kept"
    case .bridges: "bridges-split"
    case .seenEarlier: "seen-earlier"
    case .childOfBridge: rules.time == nil ? "bridges-split" : "seen-earlier"
    case .noTime: "no-time"
    case .augmented: "augmented-in-evaluation"
    case .labelSeenOnce: "label-seen-once"
    case .labelMissing: "label-missing"
    }
  }
}

/// Puts records into families, and families on sides, in the order the records come.
///
/// A record is of a family with which it shares a text, a group, a parent or a child. The first record
/// of a family decides its side, by its time, by what it was given or else by a hash of its group or its
/// text alone; later ones follow. A record that links families on different sides can follow neither
/// without a leak, so it is left out, and so are its children; by time so is one whose family is on an
/// earlier side than itself. Hence what comes later never moves what came before.
struct FamilyTree {
  private let rules: SplitRules
  private var sets = DisjointSets()
  /// The side of each family, by the number it got when it was founded.
  private var sides: [Side] = []
  /// The family each key leads to; `bridge` for records left out.
  private var families: [UInt128: Int32] = [:]
  private static let bridge: Int32 = -1

  /// Where sides begin, in a split by time.
  private let boundaries: TimeBoundaries?

  init(_ rules: SplitRules, _ boundaries: TimeBoundaries?) {
    self.rules = rules
    self.boundaries = boundaries
  }

  /// The families that a record is linked to; `near` are those of records that are nearly the same.
  func known(to keys: RecordKeys, near: [Int]) -> [Int] {
    keys.links.compactMap { families[$0] }.filter { $0 != Self.bridge }.map(Int.init) + near
  }

  /// The side of a family.
  func side(of family: Int) -> Side { sides[family] }

  /// Places a record.
  /// - Returns: What becomes of it, and its family where it has one.
  mutating func place(_ keys: RecordKeys, near: [Int] = []) -> (decision: Decision, family: Int?) {
    if let parent = keys.parent, families[parent] == Self.bridge {
      families[keys.id] = Self.bridge
      return (.childOfBridge, nil)
    }
    let known = known(to: keys, near: near)
    let own = boundaries.flatMap { boundaries in keys.time.map { boundaries.side(of: $0) } }
    let wanted = own ?? keys.given?.side
    let family: Int
    if let first = known.first {
      let expected = wanted ?? sides[first]
      if let other = known.first(where: { sides[$0] != expected }) {
        families[keys.id] = Self.bridge
        let sides = (expected, sides[other])
        return (own == nil ? .bridges(sides.0, sides.1) : .seenEarlier(sides.0, sides.1), nil)
      }
      family = known.reduce(first) { sets.union($0, $1) }
    } else {
      family = sets.add()
      sides.append(wanted ?? rules.shares.side(at: rules.position(of: keys.deciding)))
    }
    for link in keys.links where families[link] != Self.bridge { families[link] = Int32(family) }
    let side = sides[family]
    return (keys.isAugmented && side.isEvaluation ? .augmented(side) : .side(side), family)
  }

  /// The number that stands for a family as it is now; many threads may ask at once.
  func root(of family: Int) -> Int { sets.root(of: family) }
}
