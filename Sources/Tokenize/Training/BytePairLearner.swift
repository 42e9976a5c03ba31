/// A pair of neighbours that could be joined next: the most frequent first, then the smaller ids.
struct PairCandidate: Comparable {
  let count: Int64
  let left: Int32
  let right: Int32
  /// The pair's number.
  let number: Int32

  static func < (first: PairCandidate, second: PairCandidate) -> Bool {
    if first.count != second.count { return first.count > second.count }
    return (first.left, first.right) < (second.left, second.right)
  }
}

/// The state of byte-pair training: all distinct words as symbols, and where each pair of them stands.
///
/// Joining a pair touches only its own places. All new pairs of one join contain the new symbol, so what
/// changes is summed up in tables indexed by the neighbour, and the table of pairs is asked once for
/// each distinct neighbour rather than once for each place. The result depends on counts and ids alone.
struct BytePairLearner: ~Copyable {
  /// What may be joined.
  struct Bounds {
    let minFrequency: Int64
    /// Symbols are joined only where they have fewer characters together.
    let maxLength: Int?
    /// Whether pairs that begin too rare may be forgotten, because they stay so.
    let dropsRarePairs: Bool
  }

  private let bounds: Bounds
  private var cells: WordCells
  private var pairs: PairPlaces
  private var heap = BinaryHeap<PairCandidate>()
  private var left = NeighbourSums()
  private var right = NeighbourSums()

  /// Takes words, what they begin as, and the number of symbols there are so far.
  init(_ words: consuming CountedWords, _ symbols: InitialSymbols, alphabet: Int, _ bounds: Bounds)
  {
    self.bounds = bounds
    cells = WordCells(consume words, symbols)
    pairs = PairPlaces(alphabet: alphabet)
    let candidates = pairs.find(in: cells, rarest: bounds.dropsRarePairs ? bounds.minFrequency : 1)
    heap = BinaryHeap(candidates)
  }

  /// The pair to join next, or nil when none is frequent enough.
  mutating func best() -> PairCandidate? {
    while let top = heap.pop() {
      let total = pairs.total(of: top.number)
      if total == top.count { return total >= bounds.minFrequency ? top : nil }
      // Totals of pairs in the heap only ever fall; the entry goes back where it now belongs.
      if total >= bounds.minFrequency {
        heap.push(
          PairCandidate(count: total, left: top.left, right: top.right, number: top.number))
      }
    }
    return nil
  }

  /// Joins a pair to a new symbol everywhere.
  mutating func join(_ pair: PairCandidate, into symbol: Int32) {
    pairs.forPlaces(of: pair.number) { places in
      cells.join(
        pair, at: places, into: symbol, longest: bounds.maxLength ?? .max, &left, &right)
    }
    update(pair, symbol)
  }

  /// Brings the totals and places of all pairs around the joined places up to date.
  private mutating func update(_ pair: PairCandidate, _ symbol: Int32) {
    // What is gained comes first: a pair may be gained at one place and lost again at the next.
    let rarest = rarest
    left.gain(&pairs, rarest) { ($0, symbol) }
    right.gain(&pairs, rarest) { (symbol, $0) }
    left.lose(&pairs) { ($0, pair.left) }
    right.lose(&pairs) { (pair.right, $0) }
    let least = bounds.minFrequency
    left.finish(pairs, least, to: &heap) { ($0, symbol) }
    right.finish(pairs, least, to: &heap) { (symbol, $0) }
    pairs.forget(pair.number)
  }

  private var rarest: Int64 { bounds.dropsRarePairs ? bounds.minFrequency : 1 }
}
