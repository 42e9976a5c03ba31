/// How often each pair of symbols occurs, and where.
struct PairPlaces {
  /// A pair: its count, and the places of its left symbol.
  ///
  /// Places that have changed since are skipped when used.
  private struct Pair {
    var total: Int64 = 0
    var places = PlacePool.List()
  }

  private var pairs: [Pair] = []
  private var numbers: PairNumbers
  private var pool = PlacePool()

  init(alphabet: Int) { numbers = PairNumbers(alphabet: alphabet) }

  /// How often a pair occurs.
  @inline(__always)
  func total(of number: Int32) -> Int64 { pairs[Int(number)].total }

  /// The number of a pair, or -1.
  @inline(__always)
  func number(_ left: Int32, _ right: Int32) -> Int32 { numbers[left, right] }

  @inline(__always)
  private mutating func numberOrNew(_ left: Int32, _ right: Int32) -> (number: Int32, isNew: Bool) {
    let found = numbers.number(left, right)
    if found.isNew { pairs.append(Pair()) }
    return found
  }

  /// Finds all pairs at the start and says those that occur often enough; the places of others are not kept.
  mutating func find(in cells: borrowing WordCells, rarest: Int64) -> [PairCandidate] {
    var found = [Int32](repeating: -1, count: cells.count)
    var symbols: [(Int32, Int32)] = []
    cells.forEachPair { place, left, right, count in
      let (number, isNew) = numberOrNew(left, right)
      if isNew { symbols.append((left, right)) }
      pairs[Int(number)].total += count
      pairs[Int(number)].places.count += 1
      found[place] = number
    }
    for number in pairs.indices {
      let count = pairs[number].total >= rarest ? Int(pairs[number].places.count) : 0
      pairs[number].places = pool.room(for: count)
    }
    var filled = [Int32](repeating: 0, count: pairs.count)
    for place in found.indices {
      let number = Int(found[place])
      guard number >= 0, pairs[number].total >= rarest else { continue }
      let list = pairs[number].places
      pool.write(Int32(truncatingIfNeeded: place), at: list.start + filled[number], of: list.block)
      filled[number] += 1
    }
    return pairs.indices.compactMap { number in
      guard pairs[number].total >= rarest else { return nil }
      let (left, right) = symbols[number]
      return PairCandidate(
        count: pairs[number].total, left: left, right: right, number: Int32(number))
    }
  }

  /// Lends the places of a pair, in ascending order.
  @inline(__always)
  func forPlaces(of number: Int32, _ body: (borrowing Span<Int32>) -> Void) {
    pool.lend(pairs[Int(number)].places, body)
  }

  /// Lets go of the count and the places of a pair that was joined everywhere.
  mutating func forget(_ number: Int32) {
    pool.free(pairs[Int(number)].places)
    pairs[Int(number)] = Pair()
  }

  /// Adds to a pair's count, and says its number, whether it is new, and where to write so many places more.
  mutating func gain(
    _ left: Int32, _ right: Int32, _ count: Int64, places: Int32
  ) -> (number: Int32, isNew: Bool, room: PlacePool.List) {
    let (number, isNew) = numberOrNew(left, right)
    let known = pairs[Int(number)]
    var room = pool.room(for: Int(known.places.count + places))
    // A pair that came about before, in another way, takes its places along.
    pool.copy(known.places, to: room)
    pool.free(known.places)
    pairs[Int(number)] = Pair(total: known.total + count, places: room)
    room.start += known.places.count
    return (number, isNew, room)
  }

  /// Writes a place that `gain` made room for.
  @inline(__always)
  mutating func write(_ place: Int32, at index: Int32, of block: Int32) {
    pool.write(place, at: index, of: block)
  }

  /// Brings the places of a pair into order.
  mutating func sortPlaces(of number: Int32) { pool.sort(pairs[Int(number)].places) }

  /// Takes from a pair's count.
  @inline(__always)
  mutating func lose(_ number: Int32, _ count: Int64) { pairs[Int(number)].total -= count }
}
