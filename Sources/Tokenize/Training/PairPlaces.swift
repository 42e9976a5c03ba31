import CKernels

/// How often each pair of symbols occurs, and where.
struct PairPlaces: ~Copyable {
  /// A pair: its count, and the places of its left symbol.
  ///
  /// Places that have changed since are skipped when used.
  private struct Pair: BitwiseCopyable {
    var total: Int64 = 0
    var places = PlacePool.List()
  }

  private var pairs = RawBuffer<Pair>(capacity: 1 << 12)
  private var numbers: PairNumbers
  private var pool: PlacePool

  /// The number of symbols that words begin as.
  private let alphabet: Int
  private let reserve: MemoryReserve

  init(alphabet: Int, from reserve: MemoryReserve) {
    self.alphabet = alphabet
    self.reserve = reserve
    numbers = PairNumbers(alphabet: alphabet, from: reserve)
    pool = PlacePool(from: reserve)
  }

  /// How often a pair occurs.
  @inline(__always)
  func total(of number: Int32) -> Int64 { pairs.base[Int(number)].total }

  /// Asks for the place where a pair's number is looked for.
  @inline(__always)
  func expect(_ left: Int32, _ right: Int32) { numbers.expect(left, right) }

  /// Asks for a pair's count and list.
  @inline(__always)
  func expect(_ number: Int32) {
    if number >= 0 { anneal_prefetch(pairs.base + Int(number)) }
  }

  /// Asks for the places of a pair, whose list is there.
  @inline(__always)
  func expectPlaces(of number: Int32) { pool.expect(pairs.base[Int(number)].places) }

  /// The number of a pair, or -1.
  @inline(__always)
  func number(_ left: Int32, _ right: Int32) -> Int32 { numbers[left, right] }

  @inline(__always)
  private mutating func numberOrNew(_ left: Int32, _ right: Int32) -> (number: Int32, isNew: Bool) {
    let found = numbers.number(left, right)
    if found.isNew { pairs.append(Pair()) }
    return found
  }

  /// Finds all pairs that there are, and says those that occur often enough; the others are forgotten.
  mutating func find(
    in cells: borrowing WordCells, rarest: Int64, longest: Int, threads: Int
  ) -> [PairCandidate] {
    let (table, runs, alphabet, reserve) = (cells.table, cells.slices, alphabet, reserve)
    let parts = ThreadedMap.slices(of: runs.count, threads: threads) { slice in
      slice.map {
        FirstPairs(table, runs[$0], alphabet: alphabet, longest: longest, from: reserve)
      }
    }.flatMap { $0 }
    let candidates = add(parts, rarest: rarest)
    let targets = FirstTargets(parts.map { placesToWrite($0) })
    _ = ThreadedMap.slices(of: parts.count, threads: threads) { slice in
      for part in slice { parts[part].writePlaces(table, targets.next[part]) }
    }
    return candidates
  }

  /// Adds up the counts of all parts, and makes those pairs known that occur often enough, with room for their
  /// places.
  private mutating func add(_ parts: [FirstPairs], rarest: Int64) -> [PairCandidate] {
    var sums = PairNumbers(alphabet: alphabet, from: reserve)
    var counts: [FirstPairs.Count] = []
    for part in parts {
      for count in part.counts {
        let (number, isNew) = sums.number(count.left, count.right)
        if isNew { counts.append(FirstPairs.Count(left: count.left, right: count.right)) }
        counts[Int(number)].total += count.total
        counts[Int(number)].places += count.places
      }
    }
    return counts.compactMap { count in
      guard count.total >= rarest else { return nil }
      let number = numberOrNew(count.left, count.right).number
      var list = pool.room(for: Int(count.places))
      // It is counted up again as the parts are told where to write.
      list.count = 0
      pairs.base[Int(number)] = Pair(total: count.total, places: list)
      return PairCandidate(
        count: count.total, left: count.left, right: count.right, number: number)
    }
  }

  /// Where a part writes the places of its pairs: behind those of the parts before.
  private mutating func placesToWrite(_ part: FirstPairs) -> [UnsafeMutablePointer<Int32>?] {
    part.counts.map { count in
      let number = number(count.left, count.right)
      guard number >= 0 else { return nil }
      let pair = pairs.base + Int(number)
      defer { pair.pointee.places.count += count.places }
      return pool.end(of: pair.pointee.places)
    }
  }

  /// Lends the places of a pair, in ascending order.
  @inline(__always)
  func forPlaces(of number: Int32, _ body: (UnsafeBufferPointer<Int32>) -> Void) {
    body(pool.elements(of: pairs.base[Int(number)].places))
  }

  /// Lets go of the count and the places of a pair that was joined everywhere.
  mutating func forget(_ number: Int32) {
    pool.free(pairs.base[Int(number)].places)
    pairs.base[Int(number)] = Pair()
  }

  /// Adds to a pair's count, and says its number, whether it is new, and where to write so many places more.
  mutating func gain(
    _ left: Int32, _ right: Int32, _ count: Int64, places: Int32
  ) -> (number: Int32, isNew: Bool, next: UnsafeMutablePointer<Int32>?) {
    let (number, isNew) = numberOrNew(left, right)
    let known = pairs.base[Int(number)]
    let room = pool.room(for: Int(known.places.count + places))
    // A pair that came about before, in another way, takes its places along.
    pool.copy(known.places, to: room)
    pool.free(known.places)
    pairs.base[Int(number)] = Pair(total: known.total + count, places: room)
    var written = room
    written.count = known.places.count
    return (number, isNew, pool.end(of: written))
  }

  /// Brings the places of a pair into order.
  mutating func sortPlaces(of number: Int32) { pool.sort(pairs.base[Int(number)].places) }

  /// Takes from a pair's count.
  @inline(__always)
  mutating func lose(_ number: Int32, _ count: Int64) { pairs.base[Int(number)].total -= count }
}

/// Where the threads that find the first pairs write their places.
///
/// Sending it is safe: the ranges that it points to do not overlap, each is written by one thread, and none is
/// read before all have ended.
private struct FirstTargets: @unchecked Sendable {
  let next: [[UnsafeMutablePointer<Int32>?]]

  init(_ next: [[UnsafeMutablePointer<Int32>?]]) { self.next = next }
}
