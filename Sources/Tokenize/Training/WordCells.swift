/// All distinct words as symbols in one array; a symbol keeps the room of what it was joined from.
///
/// Everything that a join reads and writes lies next to each other, most often in one cache line.
struct WordCells {
  /// A place of a word.
  ///
  /// Where a symbol begins it holds the symbol and how often the word occurs; the place behind that
  /// holds the number of places the symbol takes, if there are several, and the last one that number
  /// below zero.
  private struct Cell: BitwiseCopyable {
    var symbol: Int32
    /// A count that needs more than 31 bits stands in `largeCounts`, at the index of which this is the
    /// complement.
    var info: Int32
  }

  private var cells: [Cell]
  private var largeCounts: [Int64] = []
  /// What loading the neighbours of a batch has summed up; it means nothing.
  private var touched: Int32 = 0

  /// Stands between words.
  private static let border: Int32 = -1
  /// Stands inside symbols.
  private static let inside = Int32.min
  /// So many places are looked at before any of them is changed: loads that do not wait for each other
  /// overlap, and nearly all of them miss the caches.
  private typealias Batch = InlineArray<128, Int32>

  init(_ words: consuming CountedWords, _ symbols: InitialSymbols) {
    // Most symbols there can be, and the borders.
    cells = .large(
      repeating: Cell(symbol: Self.border, info: 0),
      count: symbols.mostSymbols(in: words.bytes.span) + words.count + 2)
    count = 0
    fill(words, symbols)
  }

  private mutating func fill(_ words: CountedWords, _ symbols: InitialSymbols) {
    let bytes = words.bytes.span
    var filled = 1
    var spelled: [Int32] = []
    for word in 0..<words.count {
      spelled.removeAll(keepingCapacity: true)
      symbols.append(words.range(of: word), of: bytes, to: &spelled)
      guard spelled.count > 1 else { continue }
      let info = info(of: words.counts[word])
      for symbol in spelled {
        cells[filled] = Cell(symbol: symbol, info: info)
        filled += 1
      }
      filled += 1
    }
    count = filled
  }

  /// The number of places.
  private(set) var count: Int

  private mutating func info(of count: Int64) -> Int32 {
    if let small = Int32(exactly: count) { return small }
    largeCounts.append(count)
    return ~Int32(largeCounts.count - 1)
  }

  /// How often a word occurs.
  @inline(__always)
  private static func count(_ info: Int32, _ largeCounts: borrowing Span<Int64>) -> Int64 {
    info >= 0 ? Int64(info) : largeCounts[Int(~info)]
  }

  /// Visits the places of all pairs before anything is joined: place, left and right symbol, and count.
  @inline(__always)
  func forEachPair(_ visit: (Int, Int32, Int32, Int64) -> Void) {
    let span = cells.span
    let largeCounts = largeCounts.span
    for place in 0..<max(0, count - 1) where span[place].symbol >= 0 {
      let next = span[place + 1].symbol
      if next >= 0 {
        visit(place, span[place].symbol, next, Self.count(span[place].info, largeCounts))
      }
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
    let largeCounts = largeCounts
    var batch = Batch(repeating: 0)
    var sum: Int32 = 0
    var cells = cells.mutableSpan
    var start = 0
    while start < places.count {
      let end = min(start + batch.count, places.count)
      let found = Self.gather(pair, places.extracting(start..<end), of: cells, &batch, &sum)
      for index in 0..<found {
        // The place before may just have taken the left symbol.
        guard let spot = Spot(cells, Int(batch[index]), pair) else { continue }
        spot.note(cells, largeCounts.span, longest, &left, &right)
        spot.join(into: symbol, &cells)
      }
      start = end
    }
    touched &+= sum
  }

  /// Collects the places where a pair stands before any of them is joined, and says how many there are.
  @inline(__always)
  private static func gather(
    _ pair: PairCandidate, _ places: borrowing Span<Int32>, of cells: borrowing MutableSpan<Cell>,
    _ batch: inout Batch, _ sum: inout Int32
  ) -> Int {
    var found = 0
    for index in places.indices {
      let place = Int(places[index])
      let isLeft = cells[place].symbol == pair.left
      let second = place + (isLeft ? length(cells[place + 1]) : 1)
      // Without a branch, which could not be foretold.
      batch[found] = Int32(truncatingIfNeeded: place)
      found += isLeft && cells[second].symbol == pair.right ? 1 : 0
      sum &+= cells[place - 1].symbol
    }
    return found
  }

  /// Where a pair stands.
  private struct Spot {
    let place: Int
    let second: Int
    let after: Int

    @inline(__always)
    init?(_ cells: borrowing MutableSpan<Cell>, _ place: Int, _ pair: PairCandidate) {
      guard cells[place].symbol == pair.left else { return nil }
      second = place + WordCells.length(cells[place + 1])
      guard cells[second].symbol == pair.right else { return nil }
      after = second + WordCells.length(cells[second + 1])
      self.place = place
    }

    /// Notes the neighbours.
    @inline(__always)
    func note(
      _ cells: borrowing MutableSpan<Cell>, _ largeCounts: borrowing Span<Int64>, _ longest: Int,
      _ left: inout NeighbourSums, _ right: inout NeighbourSums
    ) {
      let count = WordCells.count(cells[place].info, largeCounts)
      let length = after - place
      let before = cells[place - 1].symbol
      if before != WordCells.border {
        let start = before >= 0 ? place - 1 : place + Int(before)
        let fits = place - start + length < longest
        left.add(cells[start].symbol, count, place: fits ? Int32(truncatingIfNeeded: start) : -1)
      }
      let next = cells[after].symbol
      if next != WordCells.border {
        let fits = longest == .max || WordCells.length(cells[after + 1]) + length < longest
        right.add(next, count, place: fits ? Int32(truncatingIfNeeded: place) : -1)
      }
    }

    @inline(__always)
    func join(into symbol: Int32, _ cells: inout MutableSpan<Cell>) {
      let length = Int32(truncatingIfNeeded: after - place)
      cells[place].symbol = symbol
      cells[second - 1].symbol = second == place + 1 ? symbol : WordCells.inside
      cells[second].symbol = WordCells.inside
      cells[place + 1].info = length
      cells[after - 1].symbol = -length
    }
  }

  /// How many places a symbol takes, by what stands behind its first one.
  @inline(__always)
  private static func length(_ next: Cell) -> Int {
    next.symbol >= border ? 1 : Int(next.info)
  }
}
