/// What one thread's part of a join changes on one side, by the neighbouring symbol.
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
    var next: UnsafeMutablePointer<Int32>?
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
    let sum = sum(of: neighbour)
    if sum.pointee.lost == 0 { neighbours.append(neighbour) }
    sum.pointee.lost += count
    guard place >= 0 else { return }
    sum.pointee.gained += count
    sum.pointee.places += 1
    events.append(Event(neighbour: neighbour, place: place))
  }

  @inline(__always)
  private mutating func sum(of neighbour: Int32) -> UnsafeMutablePointer<Sum> {
    if Int(neighbour) >= sums.count { grow(beyond: Int(neighbour)) }
    return sums.base + Int(neighbour)
  }

  @inline(never)
  private mutating func grow(beyond index: Int) {
    let more = max(sums.count, index + 1 - sums.count)
    sums.reserve(more)
    sums.next.initialize(repeating: Sum(), count: more)
    sums.advance(more)
  }

  // MARK: Several threads

  /// Adds what another thread has found behind the places of this one.
  ///
  /// The other one remembers how many places of each new pair come before its own.
  mutating func absorb(_ other: inout NeighbourSums) {
    for index in 0..<other.neighbours.count {
      let neighbour = other.neighbours.base[index]
      let found = other.sums.base + Int(neighbour)
      let sum = sum(of: neighbour)
      if sum.pointee.lost == 0 { neighbours.append(neighbour) }
      found.pointee.number = sum.pointee.places
      sum.pointee.lost += found.pointee.lost
      sum.pointee.gained += found.pointee.gained
      sum.pointee.places += found.pointee.places
    }
  }

  /// Writes the places that another thread has found, which `absorb` has counted, and has it forget everything.
  func writePlaces(of other: inout NeighbourSums) {
    for index in 0..<other.neighbours.count {
      let neighbour = Int(other.neighbours.base[index])
      let before = Int(other.sums.base[neighbour].number)
      other.sums.base[neighbour].next = sums.base[neighbour].next.map { $0 + before }
    }
    other.writePlaces()
    for index in 0..<other.neighbours.count {
      other.sums.base[Int(other.neighbours.base[index])] = Sum()
    }
    other.neighbours.truncate(to: 0)
    other.events.truncate(to: 0)
  }

  // MARK: What changes

  /// Finds the numbers of the pairs with all neighbours at once: answers that do not wait for each other
  /// overlap, and most of them miss the caches.
  @inline(__always)
  private mutating func findNumbers(
    _ pairs: borrowing PairPlaces, _ pair: (Int32) -> (Int32, Int32)
  ) {
    numbers.truncate(to: 0)
    numbers.reserve(neighbours.count)
    for index in 0..<neighbours.count {
      let (left, right) = pair(neighbours.base[index])
      pairs.expect(left, right)
    }
    for index in 0..<neighbours.count {
      let (left, right) = pair(neighbours.base[index])
      let number = pairs.number(left, right)
      pairs.expect(number)
      numbers.append(number)
    }
  }

  /// Makes the new pairs that occur often enough known, with room for their places; says which of them were known
  /// before.
  @inline(__always)
  mutating func gain(
    _ pairs: inout PairPlaces, _ rarest: Int64, _ pair: (Int32) -> (Int32, Int32)
  ) -> [Int32] {
    // What is too rare is not made known, and needs no number.
    for index in 0..<neighbours.count
    where sums.base[Int(neighbours.base[index])].gained >= rarest {
      let (left, right) = pair(neighbours.base[index])
      pairs.expect(left, right)
    }
    var changed: [Int32] = []
    for index in 0..<neighbours.count {
      let neighbour = neighbours.base[index]
      let sum = sums.base + Int(neighbour)
      guard sum.pointee.gained >= rarest else { continue }
      let (left, right) = pair(neighbour)
      let (number, isNew, next) = pairs.gain(
        left, right, sum.pointee.gained, places: sum.pointee.places)
      if !isNew { changed.append(number) }
      sum.pointee.number = number
      sum.pointee.next = next
    }
    return changed
  }

  /// Whether there is a new pair with a neighbour.
  func gains(_ neighbour: Int32) -> Bool {
    Int(neighbour) < sums.count && sums.base[Int(neighbour)].gained > 0
  }

  /// Writes the places of the new pairs.
  mutating func writePlaces() {
    for index in 0..<events.count {
      let event = events.base[index]
      let sum = sums.base + Int(event.neighbour)
      guard let next = sum.pointee.next else { continue }
      next.pointee = event.place
      sum.pointee.next = next + 1
    }
  }

  /// Takes the counts of the pairs that are no more.
  @inline(__always)
  mutating func lose(_ pairs: inout PairPlaces, _ pair: (Int32) -> (Int32, Int32)) {
    findNumbers(pairs, pair)
    for index in 0..<neighbours.count where numbers.base[index] >= 0 {
      pairs.lose(numbers.base[index], sums.base[Int(neighbours.base[index])].lost)
    }
  }

  /// Says the new pairs that could be joined next, and forgets everything.
  @inline(__always)
  mutating func finish(
    _ pairs: borrowing PairPlaces, _ minFrequency: Int64, to queue: inout PairQueue,
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
      queue.push(PairCandidate(count: total, left: left, right: right, number: number))
    }
    neighbours.truncate(to: 0)
    events.truncate(to: 0)
  }
}
