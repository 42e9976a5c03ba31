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
///
/// Most pairs are so rare that the vocabulary is full before their turn comes. Those are not kept at first; when
/// no other pair is left, the words are searched for them. That is seldom, and what is kept stays small.
struct BytePairLearner: ~Copyable {
  /// What may be joined.
  struct Bounds {
    let minFrequency: Int64
    /// How often the last pair that is joined is likely to occur, or less; a wrong guess costs time only.
    let likelyFrequency: Int64
    /// Symbols are joined only where they have fewer characters together.
    let maxLength: Int?
    /// Whether pairs that begin too rare may be forgotten, because they stay so.
    let dropsRarePairs: Bool

    /// Pairs with fewer characters may be joined.
    fileprivate var longest: Int { maxLength ?? .max }
  }

  private let bounds: Bounds
  private var cells: WordCells
  private var pairs: PairPlaces
  private var queue = PairQueue()
  private var crew: JoinCrew
  /// Pairs that occur less often are not kept.
  private var rarest: Int64
  private let alphabet: Int
  private let threads: Int
  private let reserve: MemoryReserve

  /// Takes words, what they begin as, and the number of symbols there are so far.
  init(
    _ words: consuming CountedWords, _ symbols: InitialSymbols, alphabet: Int, _ bounds: Bounds,
    threads: Int, from reserve: MemoryReserve
  ) {
    self.bounds = bounds
    self.reserve = reserve
    self.alphabet = alphabet
    self.threads = threads
    cells = WordCells(consume words, symbols, threads: threads, from: reserve)
    pairs = PairPlaces(alphabet: alphabet, from: reserve)
    crew = JoinCrew(threads: threads)
    rarest = bounds.dropsRarePairs ? max(bounds.minFrequency, bounds.likelyFrequency) : 1
    findPairs()
  }

  /// Finds all pairs that occur often enough, where they stand now.
  private mutating func findPairs() {
    pairs = PairPlaces(alphabet: alphabet, from: reserve)
    queue = PairQueue(
      pairs.find(in: cells, rarest: rarest, longest: bounds.longest, threads: threads))
  }

  /// The pair to join next, or nil when none is frequent enough.
  mutating func best() -> PairCandidate? {
    while true {
      if let pair = bestKept() { return pair }
      let least = bounds.dropsRarePairs ? bounds.minFrequency : 1
      if rarest <= least { return nil }
      rarest = max(least, rarest / 4)
      findPairs()
    }
  }

  /// The best of the pairs that are kept.
  private mutating func bestKept() -> PairCandidate? {
    let least = max(rarest, bounds.minFrequency)
    while let top = queue.pop() {
      let total = pairs.total(of: top.number)
      if total == top.count {
        lookAhead()
        return total >= least ? top : nil
      }
      // Totals of pairs in the queue only ever fall; the entry goes back where it now belongs.
      if total >= least {
        queue.push(
          PairCandidate(count: total, left: top.left, right: top.right, number: top.number))
      }
    }
    return nil
  }

  /// Asks for what the pairs that are likely to be next will need: of the next one the words, of those behind
  /// it the places, of more of them the counts.
  private func lookAhead() {
    if let next = queue.likely(0) {
      pairs.forPlaces(of: next.number) { places in
        cells.expect(UnsafeBufferPointer(rebasing: places.prefix(Self.mostExpected)))
      }
    }
    for place in 1...2 {
      if let next = queue.likely(place) { pairs.expectPlaces(of: next.number) }
    }
    for place in 3...6 {
      if let next = queue.likely(place) { pairs.expect(next.number) }
    }
  }

  private static let mostExpected = 32

  /// Joins a pair to a new symbol everywhere.
  mutating func join(_ pair: PairCandidate, into symbol: Int32) {
    let longest = bounds.longest
    pairs.forPlaces(of: pair.number) { places in
      crew.join(pair, at: places, of: cells, into: symbol, longest: longest)
    }
    update(pair, symbol)
  }

  /// Brings the totals and places of all pairs around the joined places up to date.
  private mutating func update(_ pair: PairCandidate, _ symbol: Int32) {
    let found = crew.leader
    // What is gained comes first: a pair may be gained at one place and lost again at the next.
    let (rarest, least) = (rarest, max(rarest, bounds.minFrequency))
    let onLeft = found.left.gain(&pairs, rarest) { ($0, symbol) }
    // A symbol that there was before may stand on both sides of itself: one pair, whose places move as it gains more.
    let meetsItself = found.left.gains(symbol) && found.right.gains(symbol)
    if meetsItself { crew.writePlaces(onRight: false) }
    let onRight = found.right.gain(&pairs, rarest) { (symbol, $0) }
    crew.writePlaces(onLeft: !meetsItself)
    for number in onLeft { pairs.sortPlaces(of: number) }
    for number in onRight { pairs.sortPlaces(of: number) }
    found.left.lose(&pairs) { ($0, pair.left) }
    found.right.lose(&pairs) { (pair.right, $0) }
    found.left.finish(pairs, least, to: &queue) { ($0, symbol) }
    found.right.finish(pairs, least, to: &queue) { (symbol, $0) }
    pairs.forget(pair.number)
  }
}
