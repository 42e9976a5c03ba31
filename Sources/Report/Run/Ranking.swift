import Records

/// The items of highest rank, highest first; of equal ones the first seen come first.
struct Ranking<Item> {
  let limit: Int
  private var ranked: [(item: Item, rank: Double)] = []

  init(limit: Int) { self.limit = limit }

  var items: [Item] { ranked.map(\.item) }

  /// Keeps an item if its rank is among the highest so far; an item without a rank is not kept.
  mutating func insert(_ item: @autoclosure () -> Item, rank: Double) {
    guard !rank.isNaN else { return }
    if ranked.count == limit, let last = ranked.last, rank <= last.rank { return }
    let place = ranked.firstIndex { $0.rank < rank } ?? ranked.count
    ranked.insert((item(), rank), at: place)
    if ranked.count > limit { ranked.removeLast() }
  }

  /// Keeps an item whose id has one of the least hashes: a fair draw that is the same every time.
  mutating func draw(_ item: @autoclosure () -> Item, by id: String) {
    insert(item(), rank: -Double(StableHash.hash(id)))
  }
}

extension Ranking: Sendable where Item: Sendable {}
