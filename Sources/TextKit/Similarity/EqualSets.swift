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
  package mutating func run(
    _ order: [Int32], _ visitor: inout some NeighbourVisitor
  ) throws {
    for part in 0..<parts {
      try Interruption.check()
      if part > 0 { for slot in items.indices { items[slot] = -1 } }
      for item in order {
        let (first, second) = try store.with(Int(item)) { ($0[0], $0[1]) }
        guard parts == 1 || second % parts == part else { continue }
        let equal = try find(item, first, second)
        _ = visitor.visit(item, equal.map { [Neighbour(item: $0, similarity: 1)] } ?? [])
      }
    }
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
