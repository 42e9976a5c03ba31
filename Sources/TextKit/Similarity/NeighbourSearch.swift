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
  private let capacity: Int
  private static var blockSize: Int { 2048 }

  /// A search in a store, whose index has room for so many keys of sets: 2³¹ at most.
  package init(
    _ rule: Rule, in store: SetStore, threads: Int, capacity: Int = Int(Int32.max)
  ) {
    self.rule = rule
    self.store = store
    self.threads = threads
    self.capacity = capacity
  }

  /// Visits the sets in an order.
  /// - Throws: `StageError` where they have more keys than an index has room for.
  package func run(_ order: [Int32], _ visitor: inout some NeighbourVisitor) throws {
    _ = try pass(order, nil, &visitor)
  }

  /// Visits the sets in an order with an index of so many bytes at most.
  ///
  /// Those that no longer fit wait for a further pass, so a set that has neighbours must be done with
  /// after its first and enter no index.
  package func runWithinMemory(
    _ order: [Int32], bytes: Int, _ visitor: inout some NeighbourVisitor
  ) throws {
    var rest = order
    while !rest.isEmpty { rest = try pass(rest, bytes, &visitor) }
  }

  /// Visits sets until the index is full; those that have no neighbour then are left over, where
  /// there are so many bytes and no more, and are too many elsewhere.
  private func pass(
    _ order: [Int32], _ bytes: Int?, _ visitor: inout some NeighbourVisitor
  ) throws -> [Int32] {
    var index = KeyIndex(capacity: capacity)
    var left: [Int32] = []
    for start in stride(from: 0, to: order.count, by: Self.blockSize) {
      try Interruption.check()
      let block = order[start..<min(start + Self.blockSize, order.count)]
      var fresh = KeyIndex()
      var added: [Found] = []
      for found in try compare(block, index, visitor) {
        let neighbours = try extend(found, in: fresh, visitor)
        let hasRoom = index.hasRoom(for: found.keys.count, beside: fresh.entries.count)
        guard hasRoom || bytes != nil else { throw tooManyKeys }
        // Once one is left over all are, as one that came in behind it would never be met by it.
        let isFull =
          !left.isEmpty || !hasRoom
          || !index.members.isEmpty && index.bytes + fresh.bytes >= bytes ?? .max
        if isFull, neighbours.isEmpty, !found.keys.isEmpty {
          left.append(found.item)
        } else if visitor.visit(found.item, neighbours), !found.keys.isEmpty,
          !hasTwin(found.item, neighbours, visitor)
        {
          insert(found, into: &fresh, visitor)
          added.append(found)
        }
      }
      for found in added { insert(found, into: &index, visitor) }
    }
    return left
  }

  private var tooManyKeys: StageError {
    StageError(
      "too-many-keys", "the records share more than \(capacity) runs of words",
      remedy: "raise the similarity that makes near duplicates: 0.9 needs half of what 0.8 does")
  }

  /// Whether an equal set of the same group is in the index: whoever is like the one is like the
  /// other, and needs to meet one of them.
  private func hasTwin(
    _ item: Int32, _ neighbours: [Neighbour], _ visitor: some NeighbourVisitor
  ) -> Bool {
    guard let twin = neighbours.first(where: { $0.similarity == 1 }) else { return false }
    return visitor.group(of: twin.item) == visitor.group(of: item)
  }

  private func insert(_ found: Found, into index: inout KeyIndex, _ visitor: some NeighbourVisitor)
  {
    index.insert(KeyIndex.Member(item: found.item, size: found.size), found.keys) {
      visitor.group(of: $0) == visitor.group(of: $1)
    }
  }

  private struct Found: Sendable {
    let item: Int32
    var size: Int32 = 0
    var keys: [SetKey] = []
    var neighbours: [Neighbour] = []
  }

  /// Compares a block with the sets that are in the index.
  private func compare(
    _ block: ArraySlice<Int32>, _ index: KeyIndex, _ visitor: some NeighbourVisitor
  ) throws -> [Found] {
    try OrderedMap.map(Array(block), threads: threads) { _, item in
      var found = Found(item: item)
      try store.with(Int(item)) { set in
        found.size = Int32(set.count)
        rule.appendKeys(of: set, to: &found.keys)
      }
      found.neighbours = try extend(found, in: index, visitor)
      return found
    }
  }

  /// The neighbours of a set and those in an index, the first of each group.
  private func extend(
    _ found: Found, in index: KeyIndex, _ visitor: some NeighbourVisitor
  ) throws -> [Neighbour] {
    var neighbours = found.neighbours
    var walk = KeyWalk(found.keys, in: index)
    guard walk.current != nil else { return neighbours }
    var groups = neighbours.map { visitor.group(of: $0.item) }
    var compared: Int32 = -1
    func isAdmitted(_ cursor: KeyWalk.Cursor, _ entry: KeyIndex.Entry) -> Bool {
      let sizes = found.size + index.members[Int(entry.member)].size
      return rule.admits(rest: cursor.rest, entry.rest, sizes: sizes)
    }
    while let cursor = walk.current {
      // Whole lists of one group go by once it is found: what makes large families linear.
      if !index.lists[Int(cursor.list)].isMixed, !groups.isEmpty,
        groups.contains(visitor.group(of: index.firstItem(of: cursor.list)))
      {
        walk.skipList()
        continue
      }
      let entry = index.entries[Int(cursor.entry)]
      walk.advance(in: index, where: isAdmitted)
      let other = index.members[Int(entry.member)]
      guard entry.member != compared, isAdmitted(cursor, entry) else { continue }
      compared = entry.member
      let group = visitor.group(of: other.item)
      guard !groups.contains(group), let similarity = try match(found.item, other.item) else {
        continue
      }
      neighbours.append(Neighbour(item: other.item, similarity: similarity))
      groups.append(group)
    }
    return neighbours
  }

  private func match(_ left: Int32, _ right: Int32) throws -> Double? {
    try store.with(Int(left)) { own in
      try store.with(Int(right)) { rule.match(own, $0) }
    }
  }
}
