/// How often each word occurs; memory grows with the number of distinct words only.
struct WordCounts: Sendable {
  private(set) var words = ByteStringTable()
  private(set) var counts: [Int64] = []

  /// Cuts a text into words by GPT-2's pattern and counts them.
  mutating func add(_ text: String) {
    let bytes = Array(text.utf8)
    var ranges: [ByteRange] = []
    SplitPattern.gpt2.appendMatches(in: bytes.span, ByteRange(0, bytes.count), to: &ranges)
    for range in ranges { add(bytes.span, range, 1) }
  }

  /// Adds what another counter has counted.
  mutating func merge(_ other: WordCounts) {
    for index in other.counts.indices {
      let word = Array(other.words[index])
      add(word.span, ByteRange(0, word.count), other.counts[index])
    }
  }

  @inline(__always)
  private mutating func add(_ bytes: borrowing Span<UInt8>, _ range: ByteRange, _ count: Int64) {
    let (index, isNew) = words.insert(bytes, range)
    if isNew {
      counts.append(count)
    } else {
      counts[index] += count
    }
  }
}
