import Records
import TextKit

/// What records share that must be on one side, as the checker sees it: words, groups and parents.
struct SeenLinks: Sendable {
  /// The first record that each hash led to.
  private var first: [UInt128: Int32] = [:]
  private var sides: [Side] = []
  private var isOriginal: [Bool] = []
  private var sets = DisjointSets()

  /// Looks at a record.
  /// - Returns: What it shares with records on other sides.
  mutating func add(_ record: SeenRecord, _ side: Side) -> [SplitFault] {
    let node = sets.add()
    sides.append(side)
    isOriginal.append(record.isOriginal)
    var faults: [SplitFault] = []
    // What is made later may say what a training record says; the checker compares it by itself.
    if record.isOriginal, let other = join(node, record.text, side) {
      faults.append(
        SplitFault(
          .sharedText, "the text of \(record.id), on side \(side), is on side \(other) too"))
    }
    if let group = record.group, let other = join(node, group, side) {
      faults.append(
        SplitFault(
          .sharedGroup,
          "the group '\(record.groupName ?? "")' of \(record.id) is on sides \(side) and \(other)"))
    }
    if let other = join(node, record.own, side) {
      faults.append(
        SplitFault(
          .separatedChild,
          "\(record.id) is on side \(side), and on side \(other) is it too or one made from it"))
    }
    if let parent = record.parent, let other = join(node, parent, side) {
      faults.append(
        SplitFault(
          .separatedChild,
          "\(record.id) is on side \(side), its parent or a sibling is on side \(other)"))
    }
    return faults
  }

  /// Joins a record with the first of a hash.
  /// - Returns: The side of that one, where it is another.
  private mutating func join(_ node: Int, _ hash: UInt128, _ side: Side) -> Side? {
    guard let other = first[hash].map(Int.init) else {
      first[hash] = Int32(node)
      return nil
    }
    guard sides[other] == side else { return sides[other] }
    sets.union(node, other)
    return nil
  }

  /// The side on which an original asks with these words.
  func side(ofText text: UInt128) -> Side? { first[text].map { sides[Int($0)] } }

  /// How many families of originals each side has, and how many originals the largest.
  func families() -> (counts: [Int], largest: Int) {
    var counts = [Int](repeating: 0, count: Side.allCases.count)
    var sizes: [Int: Int] = [:]
    for node in isOriginal.indices where isOriginal[node] {
      let size = sizes[sets.root(of: node), default: 0]
      if size == 0 { counts[sides[node].index] += 1 }
      sizes[sets.root(of: node)] = size + 1
    }
    return (counts, sizes.values.max() ?? 0)
  }
}
