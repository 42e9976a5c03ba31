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
