/// How often the words of one part occur; memory grows with the number of distinct words only.
struct WordCounts: Sendable {
  private var short: ShortWordTable
  private var long = LongWordCounts()
  private let reserve: MemoryReserve

  init(from reserve: MemoryReserve) {
    short = ShortWordTable(collects: true, from: reserve)
    self.reserve = reserve
  }

  /// The number of distinct words.
  var count: Int { short.count + long.count }

  /// Adds the words of a part that others have counted.
  mutating func merge(_ others: [PartedCounts], part: Int) {
    for other in others {
      other.short.forEach(inPart: part, bits: PartedCounts.partBits) { key, hash, count in
        short.add(key, hash: hash, count)
      }
      long.merge(other.long[part])
    }
  }

  /// Lets go of words that occur at most so often.
  mutating func drop(upTo limit: Int64) {
    let old = self
    self = WordCounts(from: reserve)
    old.short.forEach { key, count in
      if count > limit { short.add(key, hash: key.hash, count) }
    }
    long.merge(old.long, rarest: limit + 1)
  }

  /// Adds up how many words occur how often; the last place holds all that occur more often.
  func addFrequencies(to frequencies: inout [Int]) {
    let last = Int64(frequencies.count - 1)
    short.forEach { _, count in frequencies[Int(min(count, last))] += 1 }
    long.forEach { _, count in frequencies[Int(min(count, last))] += 1 }
  }

  /// Appends all words.
  func append(to words: inout CountedWords) {
    short.forEach { key, count in
      words.append(count) { key.append(to: &$0) }
    }
    long.forEach { word, count in
      words.append(count) { $0 += word }
    }
  }
}

/// How often long words occur.
struct LongWordCounts: Sendable {
  private var words = ByteStringTable()
  private var counts: [Int64] = []

  /// The number of distinct words.
  var count: Int { counts.count }

  mutating func add(_ word: ByteRange, of bytes: borrowing Span<UInt8>, _ count: Int64) {
    let (index, isNew) = words.insert(bytes, word)
    if isNew { counts.append(count) } else { counts[index] += count }
  }

  /// Adds what another counter has counted, without words that are rarer.
  mutating func merge(_ other: LongWordCounts, rarest: Int64 = 0) {
    other.forEach { word, count in
      guard count >= rarest else { return }
      let word = Array(word)
      add(ByteRange(0, word.count), of: word.span, count)
    }
  }

  /// Visits every word and its count.
  func forEach(_ visit: (ArraySlice<UInt8>, Int64) -> Void) {
    for index in counts.indices { visit(words[index], counts[index]) }
  }
}

/// Counts that can be read in parts by the words' hashes, so that threads that merge several of them take a
/// part each.
struct PartedCounts: Sendable {
  /// The number of parts, a power of two.
  static let partCount = 1 << Int(partBits)
  static let partBits: UInt64 = 4

  fileprivate let short: ShortWordTable
  fileprivate var long = [LongWordCounts](repeating: LongWordCounts(), count: partCount)
  /// The short words at work.
  private var keys: [(key: CountKey, hash: UInt64)] = []

  init(from reserve: MemoryReserve) { short = ShortWordTable(from: reserve) }

  /// The number of distinct words.
  var count: Int { long.reduce(short.count) { $0 + $1.count } }

  /// Counts words of a text.
  ///
  /// The places of all short words are asked for before any is changed: loads that do not wait for each other
  /// overlap, and those of rare words miss the caches.
  @inline(__always)
  mutating func add(_ bytes: borrowing Span<UInt8>, _ words: [ByteRange]) {
    keys.removeAll(keepingCapacity: true)
    keys.reserveCapacity(words.count)
    for word in words {
      if word.end - word.start > Int32(CountKey.longest) {
        let part = ByteHash.hash(bytes, word) >> (64 - Self.partBits)
        long[Int(part)].add(word, of: bytes, 1)
      } else if word.end > word.start {
        let key = CountKey(bytes, word)
        let hash = key.hash
        short.expect(hash)
        keys.append((key, hash))
      }
    }
    for (key, hash) in keys { short.add(key, hash: hash, 1) }
  }
}
