/// What one join changes on one side, by the neighbouring symbol.
struct NeighbourSums: ~Copyable {
  /// What happens next to one symbol.
  private struct Sum: BitwiseCopyable {
    /// The count of the pair that is no more.
    var lost: Int64 = 0
    /// The count of the pair that is new.
    var gained: Int64 = 0
    /// The number of places of the new pair.
    var places: Int32 = 0
    /// The number of the new pair, or -1.
    var number: Int32 = -1
    /// Where its next place is written.
    var cursor: Int32 = 0
    var block: Int32 = 0
  }

  /// A place of a new pair.
  private struct Event: BitwiseCopyable {
    let neighbour: Int32
    let place: Int32
  }

  /// By symbol.
  private var sums = RawBuffer<Sum>()
  /// The symbols met, each once.
  private var neighbours = RawBuffer<Int32>()
  /// Every place, in the order met.
  private var events = RawBuffer<Event>()
  /// The numbers of the pairs with the neighbours.
  private var numbers = RawBuffer<Int32>()

  /// Notes a neighbour; `place` is that of the new pair, or -1 where there is none.
  @inline(__always)
  mutating func add(_ neighbour: Int32, _ count: Int64, place: Int32) {
    let index = Int(neighbour)
    if index >= sums.count { grow(beyond: index) }
    let sum = sums.base + index
    if sum.pointee.lost == 0 { neighbours.append(neighbour) }
    sum.pointee.lost += count
    guard place >= 0 else { return }
    sum.pointee.gained += count
    sum.pointee.places += 1
    events.append(Event(neighbour: neighbour, place: place))
  }

  @inline(never)
  private mutating func grow(beyond index: Int) {
    let more = max(sums.count, index + 1 - sums.count)
    sums.reserve(more)
    sums.next.initialize(repeating: Sum(), count: more)
    sums.advance(more)
  }

  /// Asks for the numbers of the pairs with all neighbours at once: answers that do not wait for each other
  /// overlap, and most of them miss the caches.
  @inline(__always)
  private mutating func askNumbers(_ pairs: PairPlaces, _ pair: (Int32) -> (Int32, Int32)) {
    numbers.truncate(to: 0)
    numbers.reserve(neighbours.count)
    for index in 0..<neighbours.count {
      let (left, right) = pair(neighbours.base[index])
      numbers.append(pairs.number(left, right))
    }
  }

  /// Makes the new pairs that occur often enough known, with their places.
  @inline(__always)
  mutating func gain(
    _ pairs: inout PairPlaces, _ rarest: Int64, _ pair: (Int32) -> (Int32, Int32)
  ) {
    askNumbers(pairs, pair)
    var changed: [Int32] = []
    for index in 0..<neighbours.count {
      let neighbour = neighbours.base[index]
      let sum = sums.base + Int(neighbour)
      guard sum.pointee.gained >= rarest else { continue }
      let (left, right) = pair(neighbour)
      let (number, isNew, room) = pairs.gain(
        left, right, sum.pointee.gained, places: sum.pointee.places)
      if !isNew { changed.append(number) }
      sum.pointee.number = number
      sum.pointee.cursor = room.start
      sum.pointee.block = room.block
    }
    for index in 0..<events.count {
      let event = events.base[index]
      let sum = sums.base + Int(event.neighbour)
      guard sum.pointee.number >= 0 else { continue }
      pairs.write(event.place, at: sum.pointee.cursor, of: sum.pointee.block)
      sum.pointee.cursor += 1
    }
    for number in changed { pairs.sortPlaces(of: number) }
  }

  /// Takes the counts of the pairs that are no more.
  @inline(__always)
  mutating func lose(_ pairs: inout PairPlaces, _ pair: (Int32) -> (Int32, Int32)) {
    askNumbers(pairs, pair)
    for index in 0..<neighbours.count where numbers.base[index] >= 0 {
      pairs.lose(numbers.base[index], sums.base[Int(neighbours.base[index])].lost)
    }
  }

  /// Says the new pairs that could be joined next, and forgets everything.
  @inline(__always)
  mutating func finish(
    _ pairs: PairPlaces, _ minFrequency: Int64, to heap: inout BinaryHeap<PairCandidate>,
    _ pair: (Int32) -> (Int32, Int32)
  ) {
    for index in 0..<neighbours.count {
      let neighbour = neighbours.base[index]
      let number = sums.base[Int(neighbour)].number
      sums.base[Int(neighbour)] = Sum()
      guard number >= 0 else { continue }
      let total = pairs.total(of: number)
      guard total >= minFrequency else { continue }
      let (left, right) = pair(neighbour)
      heap.push(PairCandidate(count: total, left: left, right: right, number: number))
    }
    neighbours.truncate(to: 0)
    events.truncate(to: 0)
  }
}
