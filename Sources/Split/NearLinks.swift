import Records
import TextKit

/// Which records are nearly the same as others, by the shingles of what they ask.
struct NearLinks {
  private let shingles: SetStore
  private let threads: Int

  init(_ shingles: SetStore, threads: Int) {
    self.shingles = shingles
    self.threads = threads
  }

  /// Visits all records in order, each with its near duplicates before it.
  func visit(_ visitor: inout some NeighbourVisitor, _ rules: SplitRules) throws {
    let order = (0..<shingles.count).map { Int32($0) }
    guard let threshold = rules.similarity else {
      for record in order { _ = visitor.visit(record, []) }
      return
    }
    let rule = try JaccardRule(threshold: threshold, in: shingles)
    try NeighbourSearch(rule, in: shingles, threads: threads).run(order, &visitor)
  }
}

/// Places records in a tree of families, in their order.
struct FamilyPlacer: NeighbourVisitor {
  private let keys: [RecordKeys]
  private let faults: [Decision?]
  private(set) var tree: FamilyTree
  private(set) var decisions: [Decision] = []
  /// The family of each record so far, -1 for none.
  private(set) var families: [Int32] = []

  init(_ keys: [RecordKeys], _ rules: SplitRules, _ faults: [Decision?]) {
    self.keys = keys
    self.faults = faults
    tree = FamilyTree(rules)
  }

  /// Only records that have a family are met again.
  func group(of item: Int32) -> Int32 { Int32(tree.root(of: Int(families[Int(item)]))) }

  mutating func visit(_ item: Int32, _ neighbours: [Neighbour]) -> Bool {
    let near = neighbours.map { Int(families[Int($0.item)]) }
    let fault = faults[Int(item)]
    let placed =
      fault.map { (decision: $0, family: nil) } ?? tree.place(keys[Int(item)], near: near)
    decisions.append(placed.decision)
    families.append(placed.family.map { Int32($0) } ?? -1)
    return placed.family != nil
  }
}

/// Joins records with all their near duplicates.
struct FamilyJoiner: NeighbourVisitor {
  private let isIncluded: [Bool]
  private(set) var sets: DisjointSets

  init(_ isIncluded: [Bool]) {
    self.isIncluded = isIncluded
    sets = DisjointSets(count: isIncluded.count)
  }

  func group(of item: Int32) -> Int32 { Int32(sets.root(of: Int(item))) }

  mutating func visit(_ item: Int32, _ neighbours: [Neighbour]) -> Bool {
    guard isIncluded[Int(item)] else { return false }
    for neighbour in neighbours { sets.union(Int(item), Int(neighbour.item)) }
    return true
  }
}
