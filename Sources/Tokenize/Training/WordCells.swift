/// All distinct words as symbols in one array; a symbol keeps the room of what it was joined from.
///
/// Everything that a join reads and writes lies next to each other, most often in one cache line.
struct WordCells {
  /// A place of a word.
  ///
  /// Where a symbol begins it holds the symbol and the number of the word; the place behind that
  /// holds the number of places the symbol takes, if there are several, and the last one that number
  /// below zero.
  private struct Cell {
    var symbol: Int32
    var info: Int32
  }

  private var cells: [Cell] = []
  private var counts: [Int64] = []

  /// Stands between words.
  private static let border: Int32 = -1
  /// Stands inside symbols.
  private static let inside = Int32.min

  init(_ words: CountedWords, _ symbols: InitialSymbols) {
    cells.reserveCapacity(words.bytes.count + words.count + 1)
    cells.append(Cell(symbol: Self.border, info: 0))
    let bytes = words.bytes.span
    var spelled: [Int32] = []
    for word in 0..<words.count {
      spelled.removeAll(keepingCapacity: true)
      symbols.append(words.range(of: word), of: bytes, to: &spelled)
      guard spelled.count > 1 else { continue }
      for symbol in spelled { cells.append(Cell(symbol: symbol, info: Int32(counts.count))) }
      cells.append(Cell(symbol: Self.border, info: 0))
      counts.append(words.counts[word])
    }
  }

  /// The number of places.
  var count: Int { cells.count }

  /// Visits the places of all pairs before anything is joined: place, left and right symbol, and count.
  @inline(__always)
  func forEachPair(_ visit: (Int, Int32, Int32, Int64) -> Void) {
    let span = cells.span
    for place in 0..<max(0, span.count - 1) where span[place].symbol >= 0 {
      let next = span[place + 1].symbol
      if next >= 0 { visit(place, span[place].symbol, next, counts[Int(span[place].info)]) }
    }
  }

  /// Joins a pair wherever it still stands, and notes what that does to the pairs around.
  ///
  /// - Parameters:
  ///   - places: where the pair's left symbol may stand, in ascending order.
  ///   - longest: pairs with fewer characters may be joined later, others not.
  mutating func join(
    _ pair: PairCandidate, at places: borrowing Span<Int32>, into symbol: Int32, longest: Int,
    _ left: inout NeighbourSums, _ right: inout NeighbourSums
  ) {
    let counts = counts
    var span = cells.mutableSpan
    for index in places.indices {
      let place = Int(places[index])
      guard span[place].symbol == pair.left else { continue }
      let second = place + Self.length(span, place)
      guard span[second].symbol == pair.right else { continue }
      let after = second + Self.length(span, second)
      let count = counts[Int(span[place].info)]
      let length = after - place
      let before = span[place - 1].symbol
      if before != Self.border {
        let start = before >= 0 ? place - 1 : place + Int(before)
        let fits = place - start + length < longest
        left.add(span[start].symbol, count, place: fits ? Int32(start) : -1)
      }
      if span[after].symbol != Self.border {
        let fits = longest == .max || Self.length(span, after) + length < longest
        right.add(span[after].symbol, count, place: fits ? Int32(place) : -1)
      }
      span[place].symbol = symbol
      span[second - 1].symbol = second == place + 1 ? symbol : Self.inside
      span[second].symbol = Self.inside
      span[place + 1].info = Int32(length)
      span[after - 1].symbol = -Int32(length)
    }
  }

  /// How many places the symbol at a place takes.
  @inline(__always)
  private static func length(_ cells: borrowing MutableSpan<Cell>, _ place: Int) -> Int {
    let next = cells[place + 1]
    return next.symbol >= border ? 1 : Int(next.info)
  }
}
