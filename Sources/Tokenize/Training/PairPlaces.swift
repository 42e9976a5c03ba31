/// How often each pair of symbols occurs, and where.
struct PairPlaces {
  /// A pair: its count, and which part of the pool holds the places of its left symbol.
  ///
  /// Places that have changed since are skipped when used.
  struct Pair {
    var total: Int64
    var start: Int
    var count: Int32
  }

  private var pairs: [Pair] = []
  /// The numbers of pairs of the symbols that words begin as, by left and right; -1 for none.
  private var square: [Int32]
  private let side: Int32
  /// The numbers of all others.
  private var table = PairTable()
  /// The places of all pairs.
  private var pool: [Int32] = []

  private static let longestSide = 1024

  init(alphabet: Int) {
    side = Int32(min(alphabet, Self.longestSide))
    square = [Int32](repeating: -1, count: Int(side) * Int(side))
  }

  /// A pair by its number.
  @inline(__always)
  subscript(number: Int32) -> Pair { pairs[Int(number)] }

  /// The number of a pair, or -1.
  @inline(__always)
  func number(_ left: Int32, _ right: Int32) -> Int32 {
    if left < side, right < side { return square[Int(left) * Int(side) + Int(right)] }
    return table[left, right].id
  }

  @inline(__always)
  private mutating func numberOrNew(_ left: Int32, _ right: Int32) -> Int32 {
    let known = number(left, right)
    if known >= 0 { return known }
    let number = Int32(pairs.count)
    pairs.append(Pair(total: 0, start: pool.count, count: 0))
    if left < side, right < side {
      square[Int(left) * Int(side) + Int(right)] = number
    } else {
      table.insert(left, right, id: number)
    }
    return number
  }

  /// Finds all pairs at the start and says those that occur often enough; the places of others are not kept.
  mutating func find(in cells: borrowing WordCells, rarest: Int64) -> [PairCandidate] {
    var numbers = [Int32](repeating: -1, count: cells.count)
    var symbols: [(Int32, Int32)] = []
    cells.forEachPair { place, left, right, count in
      let number = numberOrNew(left, right)
      if number == Int32(symbols.count) { symbols.append((left, right)) }
      pairs[Int(number)].total += count
      pairs[Int(number)].count += 1
      numbers[place] = number
    }
    reservePlaces(rarest: rarest)
    for place in numbers.indices {
      let number = Int(numbers[place])
      guard number >= 0, pairs[number].total >= rarest else { continue }
      pool[pairs[number].start + Int(pairs[number].count)] = Int32(place)
      pairs[number].count += 1
    }
    return pairs.indices.compactMap { number in
      guard pairs[number].total >= rarest else { return nil }
      let (left, right) = symbols[number]
      return PairCandidate(
        count: pairs[number].total, left: left, right: right, number: Int32(number))
    }
  }

  /// Gives each pair the room for its places, and sets their numbers back to 0.
  private mutating func reservePlaces(rarest: Int64) {
    var size = 0
    for number in pairs.indices {
      pairs[number].start = size
      if pairs[number].total >= rarest { size += Int(pairs[number].count) }
      pairs[number].count = 0
    }
    // About as many places follow as there are at the start.
    pool.reserveCapacity(size * 2)
    pool += repeatElement(0, count: size)
  }

  /// Lends the places of a pair, in ascending order.
  @inline(__always)
  func forPlaces(of number: Int32, _ body: (borrowing Span<Int32>) -> Void) {
    let pair = pairs[Int(number)]
    body(pool.span.extracting(pair.start..<pair.start + Int(pair.count)))
  }

  /// Lets go of the count and the places of a pair that was joined everywhere.
  mutating func forget(_ number: Int32) {
    pairs[Int(number)].total = 0
    pairs[Int(number)].count = 0
  }

  /// Adds to a pair's count, and says its number and where to write so many places more.
  mutating func gain(
    _ left: Int32, _ right: Int32, _ count: Int64, places: Int
  ) -> (number: Int32, start: Int) {
    let number = numberOrNew(left, right)
    let known = pairs[Int(number)]
    let start = pool.count
    // A pair that came about before, in another way, takes its places along.
    // (One by one: a slice of the pool would hold on to it, and the pool would be copied whole.)
    for place in 0..<Int(known.count) { pool.append(pool[known.start + place]) }
    pool += repeatElement(0, count: places)
    pairs[Int(number)] = Pair(
      total: known.total + count, start: start, count: known.count + Int32(places))
    return (number, start + Int(known.count))
  }

  /// Writes a place that `gain` made room for.
  @inline(__always)
  mutating func write(_ place: Int32, at index: Int) { pool[index] = place }

  /// Brings the places of a pair into order.
  mutating func sortPlaces(of number: Int32) {
    let pair = pairs[Int(number)]
    pool[pair.start..<pair.start + Int(pair.count)].sort()
  }

  /// Takes from a pair's count, if the pair is remembered.
  @inline(__always)
  mutating func lose(_ left: Int32, _ right: Int32, _ count: Int64) {
    let number = number(left, right)
    if number >= 0 { pairs[Int(number)].total -= count }
  }
}

/// What one join changes on one side, by the neighbouring symbol.
struct NeighbourSums {
  /// What happens next to one symbol.
  private struct Sum {
    /// The count of the pair that is no more.
    var lost: Int64 = 0
    /// The count of the pair that is new.
    var gained: Int64 = 0
    /// The number of places of the new pair.
    var places: Int32 = 0
    /// The number of the new pair, or -1.
    var number: Int32 = -1
    /// Where its next place is written.
    var cursor = 0
  }

  /// The symbols met, each once.
  private(set) var neighbours: [Int32] = []
  private var sums: [Sum] = []
  /// Every place, in the order met.
  private var events: [(neighbour: Int32, place: Int32)] = []

  /// Notes a neighbour; `place` is that of the new pair, or -1 where there is none.
  @inline(__always)
  mutating func add(_ neighbour: Int32, _ count: Int64, place: Int32) {
    let index = Int(neighbour)
    if index >= sums.count {
      sums += repeatElement(Sum(), count: max(sums.count, index + 1 - sums.count))
    }
    if sums[index].lost == 0 { neighbours.append(neighbour) }
    sums[index].lost += count
    guard place >= 0 else { return }
    sums[index].gained += count
    sums[index].places += 1
    events.append((neighbour, place))
  }

  /// The number of the new pair with a neighbour, or -1.
  @inline(__always)
  func number(of neighbour: Int32) -> Int32 { sums[Int(neighbour)].number }

  /// Makes the new pairs that occur often enough known, with their places.
  @inline(__always)
  mutating func gain(
    _ pairs: inout PairPlaces, _ rarest: Int64, _ pair: (Int32) -> (Int32, Int32)
  ) {
    var changed: [Int32] = []
    for neighbour in neighbours {
      let sum = sums[Int(neighbour)]
      guard sum.gained >= rarest else { continue }
      let (left, right) = pair(neighbour)
      let known = pairs.number(left, right)
      let (number, start) = pairs.gain(left, right, sum.gained, places: Int(sum.places))
      if known >= 0 { changed.append(number) }
      sums[Int(neighbour)].number = number
      sums[Int(neighbour)].cursor = start
    }
    for event in events where sums[Int(event.neighbour)].number >= 0 {
      pairs.write(event.place, at: sums[Int(event.neighbour)].cursor)
      sums[Int(event.neighbour)].cursor += 1
    }
    for number in changed { pairs.sortPlaces(of: number) }
  }

  /// Takes the counts of the pairs that are no more.
  @inline(__always)
  func lose(_ pairs: inout PairPlaces, _ pair: (Int32) -> (Int32, Int32)) {
    for neighbour in neighbours {
      let (left, right) = pair(neighbour)
      pairs.lose(left, right, sums[Int(neighbour)].lost)
    }
  }

  mutating func clear() {
    for neighbour in neighbours { sums[Int(neighbour)] = Sum() }
    neighbours.removeAll(keepingCapacity: true)
    events.removeAll(keepingCapacity: true)
  }
}
