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

  /// Visits all records in an order, each with its near duplicates before it.
  func visit(
    _ order: [Int32], _ visitor: inout some NeighbourVisitor, _ rules: SplitRules
  ) throws {
    guard let threshold = rules.similarity else {
      for record in order { _ = visitor.visit(record, []) }
      return
    }
    let rule = try JaccardRule(threshold: threshold, in: shingles)
    try NeighbourSearch(rule, in: shingles, threads: threads).run(order, &visitor)
  }
}

/// Places records in a tree of families, in the order they are visited in.
struct FamilyPlacer: NeighbourVisitor {
  private let keys: [RecordKeys]
  private let faults: [Decision?]
  private(set) var tree: FamilyTree
  private(set) var decisions: [Decision]
  /// The family of each record so far, -1 for none.
  private(set) var families: [Int32]
  /// The first two records, if any, that were given to different sides and are of one family.
  private(set) var conflict: (Int, Int)?

  init(
    _ keys: [RecordKeys], _ rules: SplitRules, _ boundaries: TimeBoundaries?, _ faults: [Decision?]
  ) {
    self.keys = keys
    self.faults = faults
    tree = FamilyTree(rules, boundaries)
    decisions = Array(repeating: .noTime, count: keys.count)
    families = Array(repeating: -1, count: keys.count)
  }

  /// Only records that have a family are met again.
  func group(of item: Int32) -> Int32 { Int32(tree.root(of: Int(families[Int(item)]))) }

  mutating func visit(_ item: Int32, _ neighbours: [Neighbour]) -> Bool {
    let near = neighbours.map { Int(families[Int($0.item)]) }
    let index = Int(item)
    let placed =
      faults[index].map { (decision: $0, family: nil) } ?? tree.place(keys[index], near: near)
    if placed.family == nil, faults[index] == nil { noteConflict(of: index, near) }
    decisions[index] = placed.decision
    families[index] = placed.family.map { Int32($0) } ?? -1
    return placed.family != nil
  }

  /// Given records are visited first, so whichever family one cannot join has another of them.
  private mutating func noteConflict(of index: Int, _ near: [Int]) {
    guard conflict == nil, let side = keys[index].given?.side else { return }
    let roots = Set(
      tree.known(to: keys[index], near: near).filter { tree.side(of: $0) != side }
        .map { tree.root(of: $0) })
    let other = keys.indices.first {
      keys[$0].given != nil && families[$0] >= 0
        && roots.contains(tree.root(of: Int(families[$0])))
    }
    conflict = other.map { ($0, index) }
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
