import Stages

/// Finds of each set the first that is equal to it, by the two hashes that sets of two numbers are.
///
/// 24 to 48 bytes a set; where that is more than there is room for, the sets are looked at in several
/// rounds, each at those whose hashes fall in its part.
package struct EqualSets {
  private let store: SetStore
  /// The first hash of the set in each slot, and its place in the store, -1 for none.
  private var hashes: [UInt64]
  private var items: [Int32]
  private let parts: UInt64

  private static let slotBytes = 12
  /// A wish to stop is asked about every 65,536 sets.
  private static let betweenChecks = 1 << 16 - 1

  /// - Parameters:
  ///   - bytes: The most that the table takes.
  package init(in store: SetStore, bytes: Int) {
    self.store = store
    var slots = 1 << 10
    while slots < store.count * 2, slots * 2 * Self.slotBytes <= bytes { slots *= 2 }
    hashes = Array(repeating: 0, count: slots)
    items = Array(repeating: -1, count: slots)
    // Half of the slots stay free, however the hashes fall.
    let fits = store.count * 2 <= slots
    parts = fits ? 1 : UInt64(store.count * 4 / slots + 1)
  }

  /// Visits the sets in an order, each with the one before it that is equal, where there is one.
  ///
  /// In the order of their places they are read in long runs, in any other one by one.
  package mutating func run(
    _ order: [Int32], _ visitor: inout some NeighbourVisitor
  ) throws {
    let isInPlace = order.count == store.count && order.indices.allSatisfy { order[$0] == $0 }
    for part in 0..<parts {
      if part > 0 { for slot in items.indices { items[slot] = -1 } }
      if isInPlace {
        try visitRuns(part, &visitor)
      } else {
        for (place, item) in order.enumerated() {
          if place & Self.betweenChecks == 0 { try Interruption.check() }
          let (first, second) = try store.with(Int(item)) { ($0[0], $0[1]) }
          try visit(item, first, second, part, &visitor)
        }
      }
    }
  }

  /// Visits all sets of a part in the order of their places.
  private mutating func visitRuns(
    _ part: UInt64, _ visitor: inout some NeighbourVisitor
  ) throws {
    var item: Int32 = 0
    try store.forEachRun { numbers in
      // A set of two numbers stands in one run.
      for start in stride(from: 0, to: numbers.count, by: 2) {
        if Int(item) & Self.betweenChecks == 0 { try Interruption.check() }
        try visit(item, numbers[start], numbers[start + 1], part, &visitor)
        item += 1
      }
    }
  }

  private mutating func visit(
    _ item: Int32, _ first: UInt64, _ second: UInt64, _ part: UInt64,
    _ visitor: inout some NeighbourVisitor
  ) throws {
    guard parts == 1 || second % parts == part else { return }
    let equal = try find(item, first, second)
    _ = visitor.visit(item, equal.map { [Neighbour(item: $0, similarity: 1)] } ?? [])
  }

  /// The set that is equal to one; where there is none, that one is kept for those behind it.
  private mutating func find(_ item: Int32, _ first: UInt64, _ second: UInt64) throws -> Int32? {
    let mask = items.count - 1
    var slot = Int(truncatingIfNeeded: first) & mask
    while items[slot] >= 0 {
      if hashes[slot] == first, try store.with(Int(items[slot]), { $0[1] }) == second {
        return items[slot]
      }
      slot = (slot + 1) & mask
    }
    hashes[slot] = first
    items[slot] = item
    return nil
  }
}
