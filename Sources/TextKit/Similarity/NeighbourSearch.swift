import Stages

/// A set met before that is alike enough.
package struct Neighbour: Sendable, Hashable {
  /// Its place in the store.
  package let item: Int32
  /// How alike it is.
  package let similarity: Double
}

/// Decides about sets in order, each with those before it that are alike.
package protocol NeighbourVisitor: Sendable {
  /// Which group a set visited before is of; of each group the first neighbour alone is looked for.
  ///
  /// Called from many threads. Groups may merge but never part.
  func group(of item: Int32) -> Int32
  /// Decides about a set; a set without keys has no neighbours and is met by none.
  /// - Returns: Whether sets behind it shall meet it.
  mutating func visit(_ item: Int32, _ neighbours: [Neighbour]) -> Bool
}

/// Finds for each set of a store those before it that are alike, by the keys of a rule.
///
/// What is found does not depend on the number of threads: sets are taken in blocks; all threads
/// compare a block with the sets before it, then one compares the block's sets with one another.
package struct NeighbourSearch<Rule: SimilarityRule> {
  private let rule: Rule
  private let store: SetStore
  private let threads: Int
  private static var blockSize: Int { 2048 }

  package init(_ rule: Rule, in store: SetStore, threads: Int) {
    self.rule = rule
    self.store = store
    self.threads = threads
  }

  /// Visits the sets in an order.
  package func run(_ order: [Int32], _ visitor: inout some NeighbourVisitor) throws {
    _ = try pass(order, .max, &visitor)
  }

  /// Visits the sets in an order with an index of so many bytes at most.
  ///
  /// Those that no longer fit wait for a further pass, so a set that has neighbours must be done with
  /// after its first and enter no index.
  package func runWithinMemory(
    _ order: [Int32], bytes: Int, _ visitor: inout some NeighbourVisitor
  ) throws {
    let capacity = BandIndex.capacity(keyCount: rule.keyCount, bytes: bytes)
    var rest = order
    while !rest.isEmpty { rest = try pass(rest, capacity, &visitor) }
  }

  /// Visits sets until the index is full; those that have no neighbour then are left over.
  private func pass(
    _ order: [Int32], _ capacity: Int, _ visitor: inout some NeighbourVisitor
  ) throws -> [Int32] {
    var index = BandIndex(keyCount: rule.keyCount)
    var left: [Int32] = []
    for start in stride(from: 0, to: order.count, by: Self.blockSize) {
      try Interruption.check()
      let block = order[start..<min(start + Self.blockSize, order.count)]
      let first = index.items.count
      for found in try compare(block, index, visitor) {
        guard !found.keys.isEmpty else {
          _ = visitor.visit(found.item, [])
          continue
        }
        let fresh = index.members(sharing: found.keys[...], from: first)
        let neighbours = try extend(found, with: fresh, in: index, visitor)
        if neighbours.isEmpty, index.items.count >= capacity {
          left.append(found.item)
        } else if visitor.visit(found.item, neighbours) {
          index.insert(found.item, found.keys[...])
        }
      }
    }
    return left
  }

  private struct Found: Sendable {
    let item: Int32
    var keys: [UInt32] = []
    var neighbours: [Neighbour] = []
  }

  /// Compares a block with the sets that are in the index.
  private func compare(
    _ block: ArraySlice<Int32>, _ index: BandIndex, _ visitor: some NeighbourVisitor
  ) throws -> [Found] {
    try OrderedMap.map(Array(block), threads: threads) { _, item in
      var found = Found(item: item)
      try store.with(Int(item)) { rule.appendKeys(of: $0, to: &found.keys) }
      let members = index.members(sharing: found.keys[...])
      found.neighbours = try extend(found, with: members, in: index, visitor)
      return found
    }
  }

  /// The neighbours of a set and those among further members, the first of each group.
  private func extend(
    _ found: Found, with members: [Int32], in index: BandIndex, _ visitor: some NeighbourVisitor
  ) throws -> [Neighbour] {
    var neighbours = found.neighbours
    guard !members.isEmpty else { return neighbours }
    var groups = neighbours.map { visitor.group(of: $0.item) }
    for member in members {
      let other = index.items[Int(member)]
      let group = visitor.group(of: other)
      if groups.contains(group) { continue }
      let similarity = try store.with(Int(found.item)) { own in
        try store.with(Int(other)) { rule.match(own, $0) }
      }
      guard let similarity else { continue }
      neighbours.append(Neighbour(item: other, similarity: similarity))
      groups.append(group)
    }
    return neighbours
  }
}
