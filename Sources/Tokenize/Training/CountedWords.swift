/// Words and how often each occurs, one after the other in one buffer.
struct CountedWords: Sendable {
  private(set) var bytes: [UInt8] = []
  /// Where each word begins; one element more than there are words.
  private(set) var starts: [Int] = [0]
  private(set) var counts: [Int64] = []

  var count: Int { counts.count }

  mutating func append(_ count: Int64, _ write: (inout [UInt8]) -> Void) {
    write(&bytes)
    starts.append(bytes.count)
    counts.append(count)
  }

  /// Appends all words of another list.
  mutating func append(_ other: CountedWords) {
    let shift = bytes.count
    bytes += other.bytes
    starts += other.starts.dropFirst().lazy.map { $0 + shift }
    counts += other.counts
  }

  /// The bytes of a word.
  func range(of word: Int) -> Range<Int> { starts[word]..<starts[word + 1] }

  /// The words in the order of their bytes, so that sums over them come out the same every time.
  func sorted() -> CountedWords {
    let order = counts.indices.sorted { precedes($0, $1) }
    var sorted = CountedWords()
    for word in order { sorted.append(counts[word]) { $0 += bytes[range(of: word)] } }
    return sorted
  }

  private func precedes(_ first: Int, _ second: Int) -> Bool {
    let (one, other) = (range(of: first), range(of: second))
    for (left, right) in zip(one, other) where bytes[left] != bytes[right] {
      return bytes[left] < bytes[right]
    }
    return one.count < other.count
  }
}
