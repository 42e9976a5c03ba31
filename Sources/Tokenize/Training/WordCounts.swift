/// How often each word occurs; memory grows with the number of distinct words only.
struct WordCounts: Sendable {
  private var short = ShortWordTable()
  private var long = ByteStringTable()
  private var longCounts: [Int64] = []

  /// The number of distinct words.
  var count: Int { short.count + long.count }

  /// Loads the place where a short word is looked for first.
  @inline(__always)
  fileprivate func touch(_ hash: UInt64) -> UInt32 { short.touch(hash) }

  @inline(__always)
  fileprivate mutating func add(short key: CountKey, hash: UInt64, _ count: Int64) {
    short.add(key, hash: hash, count)
  }

  fileprivate mutating func add(
    long word: ByteRange, of bytes: borrowing Span<UInt8>, _ count: Int64
  ) {
    let (index, isNew) = long.insert(bytes, word)
    if isNew { longCounts.append(count) } else { longCounts[index] += count }
  }

  /// Adds what another counter has counted.
  mutating func merge(_ other: WordCounts) {
    other.short.forEach { key, count in short.add(key, hash: key.hash, count) }
    for index in other.longCounts.indices {
      let word = Array(other.long[index])
      add(long: ByteRange(0, word.count), of: word.span, other.longCounts[index])
    }
  }

  /// Lets go of words that occur at most so often.
  mutating func drop(upTo limit: Int64) {
    let old = self
    self = WordCounts()
    old.short.forEach { key, count in
      if count > limit { short.add(key, hash: key.hash, count) }
    }
    for index in old.longCounts.indices where old.longCounts[index] > limit {
      let word = Array(old.long[index])
      add(long: ByteRange(0, word.count), of: word.span, old.longCounts[index])
    }
  }

  /// Adds up how many words occur how often; the last place holds all that occur more often.
  func addFrequencies(to frequencies: inout [Int]) {
    let last = frequencies.count - 1
    short.forEach { _, count in frequencies[Int(min(count, Int64(last)))] += 1 }
    for count in longCounts { frequencies[Int(min(count, Int64(last)))] += 1 }
  }

  /// Appends all words.
  func append(to words: inout CountedWords) {
    short.forEach { key, count in
      words.append(count) { key.append(to: &$0) }
    }
    for index in longCounts.indices {
      words.append(longCounts[index]) { $0 += long[index] }
    }
  }
}

/// Counts in parts by the words' hashes, so that threads that merge several of them take a part each.
struct PartedCounts: Sendable {
  /// The number of parts, a power of two.
  static let partCount = 16
  private static let partBits: UInt64 = 4

  private(set) var parts = [WordCounts](repeating: WordCounts(), count: partCount)

  /// The number of distinct words.
  var count: Int { parts.reduce(0) { $0 + $1.count } }

  /// Takes what a part has counted, and leaves nothing.
  mutating func take(_ part: Int) -> WordCounts {
    defer { parts[part] = WordCounts() }
    return parts[part]
  }

  /// Short words on their way into the tables.
  private var waiting: [(key: CountKey, hash: UInt64)] = []
  /// What loading places of tables has summed up; it means nothing.
  private var touched: UInt32 = 0

  /// Counts the words that parts of a buffer hold; empty words do not count.
  ///
  /// The places of all words are loaded before any is changed: loads that do not wait for each other
  /// overlap, and those of rare words miss the caches.
  @inline(__always)
  mutating func add(_ bytes: borrowing Span<UInt8>, _ words: [ByteRange]) {
    waiting.removeAll(keepingCapacity: true)
    for word in words {
      if word.end - word.start > Int32(CountKey.longest) {
        let part = Self.part(of: ByteHash.hash(bytes, word))
        parts[part].add(long: word, of: bytes, 1)
      } else if word.end > word.start {
        let key = CountKey(bytes, word)
        let hash = key.hash
        touched &+= parts[Self.part(of: hash)].touch(hash)
        waiting.append((key, hash))
      }
    }
    for (key, hash) in waiting { parts[Self.part(of: hash)].add(short: key, hash: hash, 1) }
  }

  /// The part that a hash falls into; tables take their places from the low bits.
  @inline(__always)
  private static func part(of hash: UInt64) -> Int {
    Int(truncatingIfNeeded: hash >> (64 - partBits))
  }
}

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
