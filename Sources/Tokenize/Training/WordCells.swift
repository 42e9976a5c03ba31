import CKernels

/// All distinct words as symbols in one table; a symbol keeps the room of what it was joined from.
///
/// Everything that a join reads and writes lies next to each other, most often in one cache line. Places are
/// used without questions: they come from the table itself, and every word has a border on both sides.
struct WordCells: ~Copyable {
  /// A place of a word.
  ///
  /// Where a symbol begins it holds the symbol and how often the word occurs; the place behind that
  /// holds the number of places the symbol takes, if there are several, and the last one that number
  /// below zero.
  struct Cell: BitwiseCopyable {
    var symbol: Int32
    /// A count that needs more than 31 bits stands in `largeCounts`, at the index of which this is the
    /// complement.
    var info: Int32
  }

  private let cells: LargeTable<Cell>
  private let largeCounts: [Int64]
  /// The places of each run of words.
  let slices: [Range<Int>]

  /// Stands between words.
  private static let border: Int32 = -1
  /// Stands inside symbols.
  private static let inside = Int32.min
  /// So many places are looked at before any of them is changed: loads that do not wait for each other
  /// overlap, and nearly all of them miss the caches.
  fileprivate typealias Batch = InlineArray<128, Int32>

  init(
    _ words: consuming CountedWords, _ symbols: InitialSymbols, threads: Int,
    from reserve: MemoryReserve
  ) {
    let words = consume words
    let runs = WordSlices(words, symbols, threads: threads)
    let (large, places) = Self.largeCounts(of: words)
    let cells = LargeTable<Cell>((runs.places.last ?? 1) + 1, of: nil, from: reserve)
    _ = ThreadedMap.slices(of: runs.count, threads: threads) { parts in
      for part in parts {
        let room = runs.places[part]..<runs.places[part + 1]
        Self.fill(cells, room, words, runs.words[part], symbols, places)
      }
    }
    cells.base[0] = Cell(symbol: Self.border, info: 0)
    cells.base[cells.count - 1] = Cell(symbol: Self.border, info: 0)
    self.cells = cells
    largeCounts = large
    slices = (0..<runs.count).map { runs.places[$0]..<runs.places[$0 + 1] }
  }

  /// The number of places.
  var count: Int { cells.count }

  /// The counts of more than 31 bits, and where they stand by the word's number.
  private static func largeCounts(of words: CountedWords) -> ([Int64], [Int: Int32]) {
    var counts: [Int64] = []
    var places: [Int: Int32] = [:]
    for (word, count) in words.counts.enumerated() where count > Int32.max {
      places[word] = Int32(counts.count)
      counts.append(count)
    }
    return (counts, places)
  }

  /// Writes a run of words and fills up its room with borders.
  private static func fill(
    _ cells: LargeTable<Cell>, _ room: Range<Int>, _ words: CountedWords, _ run: Range<Int>,
    _ symbols: InitialSymbols, _ large: [Int: Int32]
  ) {
    let bytes = words.bytes.span
    var filled = room.lowerBound
    var spelled: [Int32] = []
    for word in run {
      spelled.removeAll(keepingCapacity: true)
      symbols.append(words.range(of: word), of: bytes, to: &spelled)
      guard spelled.count > 1 else { continue }
      let info = large[word].map { ~$0 } ?? Int32(words.counts[word])
      for symbol in spelled {
        cells.base[filled] = Cell(symbol: symbol, info: info)
        filled += 1
      }
      cells.base[filled] = Cell(symbol: border, info: 0)
      filled += 1
    }
    for place in filled..<room.upperBound { cells.base[place] = Cell(symbol: border, info: 0) }
  }

  /// How often a word occurs.
  @inline(__always)
  fileprivate static func count(_ info: Int32, _ largeCounts: borrowing Span<Int64>) -> Int64 {
    info >= 0 ? Int64(info) : largeCounts[Int(~info)]
  }

  /// The cells for one of several threads: all may read, or each may join pairs in words of its own.
  var table: Table { Table(cells: cells, largeCounts: largeCounts) }

  /// The first of some places, at a given one or behind it, that stands in another word than the one before; their
  /// number where there is none nearby.
  func edge(near index: Int, of places: UnsafeBufferPointer<Int32>) -> Int {
    var index = index
    // A text that is not cut at all is one long word, which is not worth going through.
    var left = 1 << 14
    while index > 0, index < places.count {
      let between = Int(places[index - 1])..<Int(places[index])
      if between.contains(where: { cells.base[$0].symbol == Self.border }) { break }
      left -= between.count
      index = left > 0 ? index + 1 : places.count
    }
    return index
  }

  /// What `WordCells` shares between threads.
  struct Table: Sendable {
    fileprivate let cells: LargeTable<Cell>
    fileprivate let largeCounts: [Int64]

    /// Visits the places of all pairs of a run: place, left and right symbol, count.
    ///
    /// - Parameter longest: pairs that something was joined for before are visited only if they have fewer
    ///   characters.
    @inline(__always)
    func forEachPair(
      in run: Range<Int>, longest: Int, _ visit: (Int, Int32, Int32, Int64) -> Void
    ) {
      let base = cells.base
      let largeCounts = largeCounts.span
      // A run ends with a border.
      for place in run where base[place].symbol >= 0 {
        let second = place + WordCells.length(base[place + 1])
        let right = base[second].symbol
        guard right >= 0 else { continue }
        let length = second + WordCells.length(base[second + 1]) - place
        if length == 2 || length < longest {
          visit(place, base[place].symbol, right, WordCells.count(base[place].info, largeCounts))
        }
      }
    }

    /// Joins a pair wherever it still stands, and notes what that does to the pairs around.
    ///
    /// - Parameters:
    ///   - places: where the pair's left symbol may stand, in ascending order.
    ///   - longest: pairs with fewer characters may be joined later, others not.
    func join(
      _ pair: PairCandidate, at places: UnsafeBufferPointer<Int32>, into symbol: Int32,
      longest: Int, _ left: inout NeighbourSums, _ right: inout NeighbourSums
    ) {
      var batch = Batch(repeating: 0)
      let base = cells.base
      let largeCounts = largeCounts.span
      var start = 0
      while start < places.count {
        let end = min(start + batch.count, places.count)
        let found = WordCells.gather(
          pair, UnsafeBufferPointer(rebasing: places[start..<end]), of: base,
          &batch)
        for index in 0..<found {
          // The place before may just have taken the left symbol.
          guard let spot = Spot(base, Int(batch[index]), pair) else { continue }
          spot.note(base, largeCounts, longest, &left, &right)
          spot.join(into: symbol, base)
        }
        start = end
      }
    }
  }

  /// Asks for the cells around some places, so that they are there when the pair is joined.
  func expect(_ places: UnsafeBufferPointer<Int32>) {
    for place in places { anneal_prefetch(cells.base + Int(place)) }
  }

  /// Collects the places where a pair stands before any of them is joined, and says how many there are.
  @inline(__always)
  fileprivate static func gather(
    _ pair: PairCandidate, _ places: UnsafeBufferPointer<Int32>,
    of cells: UnsafeMutablePointer<Cell>, _ batch: inout Batch
  ) -> Int {
    for place in places { anneal_prefetch(cells + Int(place)) }
    var found = 0
    for place in places {
      let place = Int(place)
      let isLeft = cells[place].symbol == pair.left
      let second = place + (isLeft ? length(cells[place + 1]) : 1)
      // Without a branch, which could not be foretold.
      batch[found] = Int32(truncatingIfNeeded: place)
      found += isLeft && cells[second].symbol == pair.right ? 1 : 0
    }
    return found
  }

  /// Where a pair stands.
  fileprivate struct Spot {
    let place: Int
    let second: Int
    let after: Int

    @inline(__always)
    init?(_ cells: UnsafeMutablePointer<Cell>, _ place: Int, _ pair: PairCandidate) {
      guard cells[place].symbol == pair.left else { return nil }
      second = place + WordCells.length(cells[place + 1])
      guard cells[second].symbol == pair.right else { return nil }
      after = second + WordCells.length(cells[second + 1])
      self.place = place
    }

    /// Notes the neighbours.
    @inline(__always)
    func note(
      _ cells: UnsafeMutablePointer<Cell>, _ largeCounts: borrowing Span<Int64>, _ longest: Int,
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
    func join(into symbol: Int32, _ cells: UnsafeMutablePointer<Cell>) {
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
