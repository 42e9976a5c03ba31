extension PairTable {
  /// Words of up to this many symbols are merged by plain scans, which beat a heap there.
  private static let longestScan = 64

  /// Joins neighbours, always the pair of lowest rank and the leftmost of those, until none is known.
  func merge(_ symbols: inout [PieceToken]) {
    if symbols.count > Self.longestScan {
      mergeByHeap(&symbols)
    } else {
      mergeByScan(&symbols)
    }
  }

  private func mergeByScan(_ symbols: inout [PieceToken]) {
    guard symbols.count > 1 else { return }
    var pairs = (1..<symbols.count).map { self[symbols[$0 - 1].id, symbols[$0].id] }
    while true {
      var best = 0
      for place in pairs.indices where pairs[place].rank < pairs[best].rank { best = place }
      guard best < pairs.count, pairs[best].rank < .max else { return }
      symbols[best] = PieceToken(id: pairs[best].id, end: symbols[best + 1].end)
      symbols.remove(at: best + 1)
      pairs.remove(at: best)
      if best > 0 { pairs[best - 1] = self[symbols[best - 1].id, symbols[best].id] }
      if best < pairs.count { pairs[best] = self[symbols[best].id, symbols[best + 1].id] }
    }
  }

  /// The same in n log n steps: a heap of ranks and places over a linked list of symbols.
  private func mergeByHeap(_ symbols: inout [PieceToken]) {
    var list = SymbolList(symbols)
    var heap = BinaryHeap<UInt64>()
    for place in 0..<symbols.count - 1 { push(place, list, &heap) }
    while let top = heap.pop() {
      let place = Int(top & 0xFFFF_FFFF)
      let next = list.next[place]
      guard list.isAlive(place), next < list.symbols.count else { continue }
      let pair = self[list.symbols[place].id, list.symbols[next].id]
      // An entry is stale once either symbol has changed; then the pair has another rank or none.
      guard pair.rank < .max, UInt64(pair.rank) == top >> 32 else { continue }
      list.join(place, next, id: pair.id)
      if list.previous[place] >= 0 { push(list.previous[place], list, &heap) }
      push(place, list, &heap)
    }
    symbols = list.remaining
  }

  private func push(_ place: Int, _ list: borrowing SymbolList, _ heap: inout BinaryHeap<UInt64>) {
    let next = list.next[place]
    guard next < list.symbols.count else { return }
    let pair = self[list.symbols[place].id, list.symbols[next].id]
    if pair.rank < .max { heap.push(UInt64(pair.rank) << 32 | UInt64(place)) }
  }
}

/// Symbols in a doubly linked list.
struct SymbolList {
  private(set) var symbols: [PieceToken]
  private(set) var next: [Int]
  private(set) var previous: [Int]

  init(_ symbols: [PieceToken]) {
    self.symbols = symbols
    next = Array(1...symbols.count)
    previous = Array(-1..<symbols.count - 1)
  }

  /// Whether the symbol at a place was not joined to the one before it.
  func isAlive(_ place: Int) -> Bool { symbols[place].id >= 0 }

  /// Joins the symbol at `next` to the one at `place`.
  mutating func join(_ place: Int, _ next: Int, id: Int32) {
    symbols[place] = PieceToken(id: id, end: symbols[next].end)
    symbols[next].id = -1
    self.next[place] = self.next[next]
    if self.next[next] < symbols.count { previous[self.next[next]] = place }
  }

  var remaining: [PieceToken] { symbols.filter { $0.id >= 0 } }
}
