/// A pair of neighbours that could be joined next: the most frequent first, then the smaller ids.
struct PairCandidate: Comparable {
  let count: Int64
  let left: Int32
  let right: Int32

  static func < (first: PairCandidate, second: PairCandidate) -> Bool {
    if first.count != second.count { return first.count > second.count }
    return (first.left, first.right) < (second.left, second.right)
  }
}

/// The state of byte-pair training: all distinct words as symbols, and where each pair of them stands.
///
/// Joining a pair touches only its own places. All new pairs of one join contain the new symbol, so what
/// changes is summed up in tables indexed by the neighbour, and the hash table of pairs is asked once for
/// each distinct neighbour rather than once for each place. The result depends on counts and ids alone.
struct BytePairLearner {
  /// The symbol at each place, -1 once it has been joined to the one before.
  private var symbols: [Int32] = []
  private var next: [Int32] = []
  private var previous: [Int32] = []
  /// The word that each place belongs to.
  private var wordOf: [Int32] = []
  private let wordCounts: [Int64]
  /// The number of each pair in the two arrays behind.
  private var numbers = PairTable()
  private var totals: [Int64] = []
  /// The places of each pair's left symbol; places that have changed since are skipped when used.
  private var places: [[Int32]] = []
  private var heap = BinaryHeap<PairCandidate>()
  private var left = NeighbourSums()
  private var right = NeighbourSums()

  /// Takes words and the ids of the 256 bytes.
  init(_ words: WordCounts, byteIds: [Int32]) throws(TokenizerError) {
    wordCounts = words.counts
    let count = words.counts.indices.reduce(0) { $0 + words.words[$1].count }
    guard count < Int(Int32.max) else {
      throw TokenizerError(
        .invalidArgument, reason: "the distinct words have \(count) bytes, more than 2^31",
        remedy: "count a sample of the texts")
    }
    layOut(words, byteIds, count)
    findPairs()
  }

  private mutating func layOut(_ words: WordCounts, _ byteIds: [Int32], _ count: Int) {
    symbols.reserveCapacity(count)
    next.reserveCapacity(count)
    previous.reserveCapacity(count)
    wordOf.reserveCapacity(count)
    for word in wordCounts.indices {
      let start = Int32(symbols.count)
      for byte in words.words[word] {
        let place = Int32(symbols.count)
        symbols.append(byteIds[Int(byte)])
        previous.append(place == start ? -1 : place - 1)
        next.append(place + 1)
        wordOf.append(Int32(word))
      }
      next[next.count - 1] = -1
    }
  }

  /// Counts all pairs at the start.
  private mutating func findPairs() {
    for place in symbols.indices where next[place] >= 0 {
      let number = number(symbols[place], symbols[place + 1])
      totals[number] += wordCounts[Int(wordOf[place])]
      places[number].append(Int32(place))
    }
    var candidates: [PairCandidate] = []
    for place in symbols.indices where next[place] >= 0 {
      let number = number(symbols[place], symbols[place + 1])
      guard places[number].first == Int32(place) else { continue }
      candidates.append(
        PairCandidate(
          count: totals[number], left: symbols[place], right: symbols[place + 1]))
    }
    heap = BinaryHeap(candidates)
  }

  /// The number of a pair, new or not.
  @inline(__always)
  private mutating func number(_ left: Int32, _ right: Int32) -> Int {
    let known = numbers[left, right].id
    if known >= 0 { return Int(known) }
    numbers.insert(left, right, id: Int32(totals.count))
    totals.append(0)
    places.append([])
    return totals.count - 1
  }

  /// The pair to join next, or nil when none is left.
  mutating func best() -> PairCandidate? {
    while let top = heap.pop() {
      let total = totals[Int(numbers[top.left, top.right].id)]
      if total == top.count { return top }
      // Totals of pairs in the heap only ever fall; the entry goes back where it now belongs.
      if total > 0 { heap.push(PairCandidate(count: total, left: top.left, right: top.right)) }
    }
    return nil
  }

  /// Joins a pair to a new symbol everywhere.
  mutating func join(_ pair: PairCandidate, into symbol: Int32) {
    let number = Int(numbers[pair.left, pair.right].id)
    var places = places[number]
    self.places[number] = []
    if zip(places, places.dropFirst()).contains(where: >) { places.sort() }
    for place in places { join(Int(place), pair, symbol) }
    update(pair, symbol)
  }

  @inline(__always)
  private mutating func join(_ place: Int, _ pair: PairCandidate, _ symbol: Int32) {
    guard symbols[place] == pair.left, next[place] >= 0 else { return }
    let second = Int(next[place])
    guard symbols[second] == pair.right else { return }
    let count = wordCounts[Int(wordOf[place])]
    let before = previous[place]
    let after = next[second]
    symbols[place] = symbol
    symbols[second] = -1
    next[place] = after
    if before >= 0 { left.add(symbols[Int(before)], count, place: before) }
    if after >= 0 {
      previous[Int(after)] = Int32(place)
      right.add(symbols[Int(after)], count, place: Int32(place))
    }
  }

  /// Brings the totals and places of all pairs around the joined places up to date.
  private mutating func update(_ pair: PairCandidate, _ symbol: Int32) {
    // What is gained comes first: a pair may be gained at one place and lost again at the next.
    for neighbour in left.neighbours {
      left.numbers[Int(neighbour)] = gain(neighbour, symbol, left.sums[Int(neighbour)])
    }
    for neighbour in right.neighbours {
      right.numbers[Int(neighbour)] = gain(symbol, neighbour, right.sums[Int(neighbour)])
    }
    for event in left.events {
      places[Int(left.numbers[Int(event.neighbour)])].append(event.place)
    }
    for event in right.events {
      places[Int(right.numbers[Int(event.neighbour)])].append(event.place)
    }
    for neighbour in left.neighbours { lose(neighbour, pair.left, left.sums[Int(neighbour)]) }
    for neighbour in right.neighbours { lose(pair.right, neighbour, right.sums[Int(neighbour)]) }
    for neighbour in left.neighbours { offer(neighbour, symbol) }
    for neighbour in right.neighbours { offer(symbol, neighbour) }
    left.clear()
    right.clear()
  }

  private mutating func gain(_ left: Int32, _ right: Int32, _ count: Int64) -> Int32 {
    let number = number(left, right)
    totals[number] += count
    return Int32(number)
  }

  private mutating func lose(_ left: Int32, _ right: Int32, _ count: Int64) {
    totals[Int(numbers[left, right].id)] -= count
  }

  private mutating func offer(_ left: Int32, _ right: Int32) {
    let count = totals[Int(numbers[left, right].id)]
    if count > 0 { heap.push(PairCandidate(count: count, left: left, right: right)) }
  }
}

/// What one join changes on one side, by the neighbouring symbol.
private struct NeighbourSums {
  /// The symbols met, each once.
  private(set) var neighbours: [Int32] = []
  /// The summed counts by symbol.
  private(set) var sums: [Int64] = []
  /// The number of the new pair by symbol.
  var numbers: [Int32] = []
  /// Every place, in the order met.
  private(set) var events: [(neighbour: Int32, place: Int32)] = []

  @inline(__always)
  mutating func add(_ neighbour: Int32, _ count: Int64, place: Int32) {
    while sums.count <= Int(neighbour) {
      sums.append(0)
      numbers.append(-1)
    }
    if sums[Int(neighbour)] == 0 { neighbours.append(neighbour) }
    sums[Int(neighbour)] += count
    events.append((neighbour, place))
  }

  mutating func clear() {
    for neighbour in neighbours { sums[Int(neighbour)] = 0 }
    neighbours.removeAll(keepingCapacity: true)
    events.removeAll(keepingCapacity: true)
  }
}
