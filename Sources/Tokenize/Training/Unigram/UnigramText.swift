/// The words that pieces are learned from as characters, a border before, between and behind them.
struct UnigramText: Sendable {
  /// The rank of each character among all that occur, in the order of code points, from 1; 0 is a border.
  let ranks: [Int32]
  /// The code points by rank; the first one stands for the border.
  let scalars: [UInt32]
  /// Where each word begins and ends.
  let words: [(start: Int32, end: Int32)]
  /// How often each word occurs.
  let counts: [Int64]

  /// Takes words; U+0000 ends one, as it does for Hugging Face's trainer.
  init(_ counted: CountedWords) {
    var occurs = [Bool](repeating: false, count: 0x11_0000)
    let bytes = counted.bytes.span
    var place = 0
    while place < bytes.count {
      let (scalar, length) = UTF8Scalars.decode(bytes, at: place)
      occurs[Int(scalar)] = true
      place += length
    }
    occurs[0] = true
    scalars = occurs.indices.filter { occurs[$0] }.map(UInt32.init)
    var rankOf = [Int32](repeating: 0, count: 0x11_0000)
    for (rank, scalar) in scalars.enumerated() { rankOf[Int(scalar)] = Int32(rank) }
    var ranks: [Int32] = [0]
    ranks.reserveCapacity(bytes.count + counted.count + 1)
    var words: [(start: Int32, end: Int32)] = []
    var counts: [Int64] = []
    func close(_ start: Int, _ count: Int64) {
      if start < ranks.count {
        words.append((Int32(start), Int32(ranks.count)))
        counts.append(count)
      }
      ranks.append(0)
    }
    for word in 0..<counted.count {
      var start = ranks.count
      var place = counted.starts[word]
      while place < counted.starts[word + 1] {
        let (scalar, length) = UTF8Scalars.decode(bytes, at: place)
        place += length
        if scalar == 0 {
          close(start, counted.counts[word])
          start = ranks.count
        } else {
          ranks.append(rankOf[Int(scalar)])
        }
      }
      close(start, counted.counts[word])
    }
    self.ranks = ranks
    self.words = words
    self.counts = counts
  }

  /// Part of the text in UTF-8.
  func utf8(_ start: Int, _ length: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for rank in ranks[start..<start + length] {
      UTF8Scalars.append(scalars[Int(rank)], to: &bytes)
    }
    return bytes
  }
}
