/// Words in runs of about as many bytes, one run a thread.
struct WordSlices: Sendable {
  /// The words of each run.
  let words: [Range<Int>]
  /// The first place of each run, and one behind the last run, where every run has room for its symbols and
  /// a border behind each word.
  let places: [Int]

  init(_ words: CountedWords, _ symbols: InitialSymbols, threads: Int) {
    let edges = (0...threads).map { part in
      part == threads ? words.count : words.word(at: words.bytes.count * part / threads)
    }
    let slices = (0..<threads).map { edges[$0]..<edges[$0 + 1] }
    self.words = slices
    let rooms = ThreadedMap.slices(of: threads, threads: threads) { parts in
      parts.map { part in
        let bytes = words.starts[slices[part].lowerBound]..<words.starts[slices[part].upperBound]
        return symbols.mostSymbols(in: words.bytes.span, bytes) + slices[part].count
      }
    }.flatMap { $0 }
    // A border stands before the first word too.
    places = rooms.reduce(into: [1]) { places, room in places.append((places.last ?? 1) + room) }
  }

  /// The number of runs.
  var count: Int { words.count }
}

extension CountedWords {
  /// The first word that begins at some byte or behind it.
  fileprivate func word(at byte: Int) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] < byte { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
