/// The pairs of one run of words, counted by one thread.
final class FirstPairs: Sendable {
  /// How often a pair occurs, and at how many places.
  struct Count: Sendable {
    let left, right: Int32
    var total: Int64 = 0
    var places: Int32 = 0
  }

  /// By the number of the pair here.
  let counts: [Count]
  private let numbers: PairNumbers
  private let run: Range<Int>
  private let longest: Int

  /// Counts the pairs of a run.
  init(
    _ cells: WordCells.Table, _ run: Range<Int>, alphabet: Int, longest: Int,
    from reserve: MemoryReserve
  ) {
    var numbers = PairNumbers(alphabet: alphabet, from: reserve)
    var counts: [Count] = []
    cells.forEachPair(in: run, longest: longest) { _, left, right, count in
      let (number, isNew) = numbers.number(left, right)
      if isNew { counts.append(Count(left: left, right: right)) }
      counts[Int(number)].total += count
      counts[Int(number)].places += 1
    }
    self.run = run
    self.longest = longest
    self.numbers = numbers
    self.counts = counts
  }

  /// Writes the places of the run's pairs, in ascending order.
  ///
  /// - Parameter next: by number, where the first place of a pair goes; nil for pairs whose places are not kept.
  func writePlaces(_ cells: WordCells.Table, _ next: [UnsafeMutablePointer<Int32>?]) {
    var next = next
    cells.forEachPair(in: run, longest: longest) { place, left, right, _ in
      let number = Int(numbers[left, right])
      guard let target = next[number] else { return }
      target.pointee = Int32(truncatingIfNeeded: place)
      next[number] = target + 1
    }
  }
}
