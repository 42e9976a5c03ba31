import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Counts the words of texts on several threads, in bounded memory.
///
/// Each thread counts into a table that no other has, and these are merged at the end, or when they could hold too
/// many words together. Texts are counted in blocks, which depend on the texts alone, and what is let go of when there
/// are too many distinct words on the blocks alone: neither on the number of threads nor on the batches.
struct WordCensus: ~Copyable, Sendable {
  private let source: WordSource
  /// The most distinct words kept after a block.
  private let mostWords: Int
  /// Where tables take memory from, here and when a vocabulary is learned from what they held.
  let reserve: MemoryReserve
  /// What has been merged, by part.
  private let merged: [MergedPart]
  private let tables: CountTables
  private var pending: [String] = []
  private var pendingBytes = 0
  /// The number of words that were let go of.
  private(set) var droppedWords = 0

  /// Texts wait until there is so much of them, so that small batches are worth several threads.
  private static let blockSize = 1 << 23

  init(_ source: WordSource, mostWords: Int) {
    self.source = source
    self.mostWords = mostWords
    let reserve = MemoryReserve()
    self.reserve = reserve
    merged = (0..<PartedCounts.partCount).map { _ in MergedPart(from: reserve) }
    tables = CountTables(from: reserve)
  }

  /// Counts texts; they may wait for more of them.
  mutating func add(_ texts: [String], threads: Int) {
    for text in texts {
      pending.append(text)
      pendingBytes += text.utf8.count
      if pendingBytes >= Self.blockSize { countPending(threads: threads) }
    }
  }

  private mutating func countPending(threads: Int) {
    guard !pending.isEmpty else { return }
    let (source, texts) = (source, pending)
    pending = []
    pendingBytes = 0
    count(texts.count, threads: threads) { range, counts in
      var words = WordBuffer()
      for text in texts[range] { source.count(text, &words, into: &counts) }
    }
  }

  /// Counts the lines of a buffer, each with its end.
  mutating func add(linesOf block: [UInt8], threads: Int) {
    let source = source
    count(block.count, threads: threads) { range, counts in
      var words = WordBuffer()
      source.count(linesOf: block, Self.lines(of: block, in: range), &words, into: &counts)
    }
  }

  /// The lines of a buffer that begin in a range.
  private static func lines(of block: [UInt8], in range: Range<Int>) -> Range<Int> {
    func edge(_ place: Int) -> Int {
      guard place > 0, place < block.count else { return place }
      return block.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress,
          let end = memchr(base + place - 1, 0x0A, bytes.count - place + 1)
        else { return bytes.count }
        return UnsafeRawPointer(end) - base + 1
      }
    }
    return edge(range.lowerBound)..<edge(range.upperBound)
  }

  /// Counts a block, whose parts threads take one after the other.
  private mutating func count(
    _ size: Int, threads: Int, _ body: @Sendable (Range<Int>, inout PartedCounts) -> Void
  ) {
    let tables = tables
    _ = ThreadedMap.slices(of: size, threads: threads, perThread: 8) { range in
      tables.lend { body(range, &$0) }
    }
    // As long as the tables hold few words even if no two share one, nothing can be too much.
    guard mergedCount + tables.wordCount > mostWords else { return }
    merge(threads: threads)
    if mergedCount > mostWords { dropRareWords() }
  }

  private var mergedCount: Int { merged.reduce(0) { $0 + $1.counts.withLock { $0.count } } }

  private mutating func merge(threads: Int) {
    let (counts, merged) = (tables.take(), merged)
    _ = ThreadedMap.slices(of: merged.count, threads: threads) { range in
      for part in range { merged[part].counts.withLock { $0.merge(counts, part: part) } }
    }
  }

  /// Lets go of the rarest words until at most half as many are left as may be.
  private mutating func dropRareWords() {
    var frequencies = [Int](repeating: 0, count: 1 << 16)
    for part in merged { part.counts.withLock { $0.addFrequencies(to: &frequencies) } }
    let before = mergedCount
    var left = before
    var limit = 0
    while left > mostWords / 2, limit + 2 < frequencies.count {
      limit += 1
      left -= frequencies[limit]
    }
    for part in merged { part.counts.withLock { $0.drop(upTo: Int64(limit)) } }
    droppedWords += before - mergedCount
  }

  /// All words counted, in no order that means anything; they are forgotten here.
  mutating func takeWords(threads: Int) -> CountedWords {
    countPending(threads: threads)
    merge(threads: threads)
    let (merged, reserve) = (merged, reserve)
    let lists = ThreadedMap.slices(of: merged.count, threads: threads) { range in
      var words = CountedWords()
      for part in range {
        merged[part].counts.withLock { counts in
          counts.append(to: &words)
          counts = WordCounts(from: reserve)
        }
      }
      return words
    }
    var words = CountedWords()
    for list in lists { words.append(list) }
    return words
  }
}

/// The tables that threads count into, as many as there are threads at work.
private final class CountTables: Sendable {
  private let free = Mutex<[PartedCounts]>([])
  private let reserve: MemoryReserve

  init(from reserve: MemoryReserve) { self.reserve = reserve }

  /// Lends a table that nobody else has meanwhile.
  func lend(_ body: (inout PartedCounts) -> Void) {
    var counts = free.withLock { $0.popLast() } ?? PartedCounts(from: reserve)
    body(&counts)
    free.withLock { $0.append(counts) }
  }

  /// The number of words in all tables, those that are in several counted as often.
  var wordCount: Int { free.withLock { $0.reduce(0) { $0 + $1.count } } }

  /// All tables; new ones take their place.
  func take() -> [PartedCounts] {
    free.withLock { tables in
      defer { tables = [] }
      return tables
    }
  }
}

/// The words whose hash falls into one part, merged by one thread at a time.
private final class MergedPart: Sendable {
  let counts: Mutex<WordCounts>

  init(from reserve: MemoryReserve) { counts = Mutex(WordCounts(from: reserve)) }
}
