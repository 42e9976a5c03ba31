/// The threads that join one pair at all its places.
///
/// Few places are joined by one thread; many are dealt out, each share has those of whole words, and what was
/// found is put together in the order of the places.
struct JoinCrew: ~Copyable {
  private let bench: Bench
  private let hands: ReadyHands
  /// How many members took part in the last join.
  private var busy = 1
  /// Whether the last join had so many places that sleepers were worth waking.
  private var wakes = false

  /// Fewer places are not worth a share of their own.
  private static let fewest = 128
  /// For so many places threads are woken that sleep.
  private static let manyPlaces = 4096

  init(threads: Int) {
    let bench = Bench(members: max(1, threads))
    self.bench = bench
    hands = ReadyHands(others: threads - 1) { bench.work($0) }
  }

  /// The one who knows what all have found.
  var leader: CrewMember { bench.members[0] }

  /// Joins a pair at some places, in ascending order.
  mutating func join(
    _ pair: PairCandidate, at places: UnsafeBufferPointer<Int32>, of cells: borrowing WordCells,
    into symbol: Int32, longest: Int
  ) {
    let table = cells.table
    busy = max(1, min(bench.members.count, places.count / Self.fewest))
    guard busy > 1 else {
      let leader = leader
      return table.join(
        pair, at: places, into: symbol, longest: longest, &leader.left, &leader.right)
    }
    wakes = places.count >= Self.manyPlaces
    let edges = (1...busy).reduce(into: [0]) { edges, share in
      let edge = cells.edge(near: places.count * share / busy, of: places)
      edges.append(max(edges[share - 1], edge))
    }
    bench.step = .join(
      JoinShares(
        pair: pair, places: places, edges: edges, table: table, symbol: symbol, longest: longest))
    hands.work(shares: busy, wakes: wakes)
    for member in bench.members[1..<busy] {
      leader.left.absorb(&member.left)
      leader.right.absorb(&member.right)
    }
  }

  /// Writes the places of the new pairs on one or both sides, room for which was made for the leader.
  func writePlaces(onLeft: Bool = true, onRight: Bool = true) {
    if busy > 1 {
      // The others read where the leader's lists begin before he moves on.
      bench.step = .write(onLeft: onLeft, onRight: onRight)
      hands.work(shares: busy - 1, wakes: wakes)
    }
    if onLeft { leader.left.writePlaces() }
    if onRight { leader.right.writePlaces() }
  }
}

/// What one share of a join has found on both sides.
///
/// Sending it is safe: a member belongs to the thread that has taken its share until that is done, and to the one
/// that waits for all shares between two pieces of work.
final class CrewMember: @unchecked Sendable {
  var left = NeighbourSums()
  var right = NeighbourSums()
}

/// A join at many places, dealt out.
private struct JoinShares {
  let pair: PairCandidate
  let places: UnsafeBufferPointer<Int32>
  /// Where each share begins, and where the last one ends.
  let edges: [Int]
  let table: WordCells.Table
  let symbol: Int32
  let longest: Int
}

/// What the crew is at.
///
/// Sending it is safe: the step is set while no share is taken, and only read by those who have taken one; the
/// places of a join are read by all and written by none before the last share is done.
private final class Bench: @unchecked Sendable {
  enum Step {
    case rest
    case join(JoinShares)
    case write(onLeft: Bool, onRight: Bool)
  }

  let members: [CrewMember]
  var step = Step.rest

  init(members count: Int) { members = (0..<count).map { _ in CrewMember() } }

  func work(_ share: Int) {
    switch step {
    case .rest: return
    case .join(let join):
      let member = members[share]
      let places = UnsafeBufferPointer(
        rebasing: join.places[join.edges[share]..<join.edges[share + 1]])
      join.table.join(
        join.pair, at: places, into: join.symbol, longest: join.longest, &member.left, &member.right
      )
    case .write(let onLeft, let onRight):
      let (leader, member) = (members[0], members[share + 1])
      if onLeft { leader.left.writePlaces(of: &member.left) }
      if onRight { leader.right.writePlaces(of: &member.right) }
    }
  }
}
