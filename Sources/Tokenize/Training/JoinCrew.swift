import Dispatch

/// The threads that join one pair at all its places.
///
/// Few places are joined by one thread; many are dealt out, each thread gets those of whole words, and what they
/// have found is put together in the order of the places.
struct JoinCrew: ~Copyable {
  /// What one thread has found on both sides.
  ///
  /// Sending it is safe: a member belongs to the thread that works with it until that has ended, and to the one
  /// that waits for all threads between two pieces of work.
  final class Member: @unchecked Sendable {
    var left = NeighbourSums()
    var right = NeighbourSums()
  }

  private let members: [Member]
  /// How many members took part in the last join.
  private var busy = 1

  /// Fewer places for a thread are not worth waking it.
  private static let fewest = 1024

  init(threads: Int) { members = (0..<max(1, threads)).map { _ in Member() } }

  /// The one who knows what all have found.
  var leader: Member { members[0] }

  /// Joins a pair at some places, in ascending order.
  mutating func join(
    _ pair: PairCandidate, at places: UnsafeBufferPointer<Int32>, of cells: borrowing WordCells,
    into symbol: Int32, longest: Int
  ) {
    busy = max(1, min(members.count, places.count / Self.fewest))
    let edges = (1...busy).reduce(into: [0]) { edges, share in
      let edge = cells.edge(near: places.count * share / busy, of: places)
      edges.append(max(edges[share - 1], edge))
    }
    let table = cells.table
    // All threads read the places, and none writes to them before the last one has ended.
    nonisolated(unsafe) let places = places
    each { number, member in
      let share = UnsafeBufferPointer(rebasing: places[edges[number]..<edges[number + 1]])
      table.join(
        pair, at: share, into: symbol, longest: longest, &member.left, &member.right)
    }
    for member in members[1..<busy] {
      leader.left.absorb(&member.left)
      leader.right.absorb(&member.right)
    }
  }

  /// Writes the places of the new pairs to the left, room for which was made for the leader.
  func writeLeftPlaces() {
    let leader = leader
    // The others read where the leader's lists begin before he moves on.
    each(butLeader: true) { _, member in leader.left.writePlaces(of: &member.left) }
    leader.left.writePlaces()
  }

  /// Writes the places of the new pairs to the right.
  func writeRightPlaces() {
    let leader = leader
    each(butLeader: true) { _, member in leader.right.writePlaces(of: &member.right) }
    leader.right.writePlaces()
  }

  /// Has every member work that took part in the last join.
  private func each(butLeader: Bool = false, _ work: @Sendable (Int, Member) -> Void) {
    let (members, first) = (members, butLeader ? 1 : 0)
    guard busy > 1 else { return butLeader ? () : work(0, members[0]) }
    DispatchQueue.concurrentPerform(iterations: busy - first) {
      work($0 + first, members[$0 + first])
    }
  }
}
