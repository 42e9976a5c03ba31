import Synchronization

/// Counts the words of texts on several threads, in bounded memory.
///
/// Each thread has tables of its own, which are merged at the end, or when they could hold too many words
/// together. Texts are counted in blocks, which depend on the texts alone, and what is let go of when there
/// are too many distinct words on the blocks alone: neither on the number of threads nor on the batches.
struct WordCensus: ~Copyable, Sendable {
  private let source: WordSource
  /// The most distinct words kept after a block.
  private let mostWords: Int
  /// What has been merged, by part.
  private let merged = (0..<PartedCounts.partCount).map { _ in MergedPart() }
  private var workers: [Worker] = []
  private var pending: [String] = []
  private var pendingBytes = 0
  /// The number of words that were let go of.
  private(set) var droppedWords = 0

  /// Texts wait until there is so much of them, so that small batches are worth several threads.
  private static let blockSize = 1 << 23

  init(_ source: WordSource, mostWords: Int) {
    self.source = source
    self.mostWords = mostWords
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
    let tables = min(threads, texts.count)
    count(tables) { table, counts in
      var words = WordBuffer()
      let range = texts.count * table / tables..<texts.count * (table + 1) / tables
      for text in texts[range] { source.count(text, &words, into: &counts) }
    }
  }

  /// Counts the lines of a buffer, each with its end.
  mutating func add(linesOf block: [UInt8], threads: Int) {
    let source = source
    count(threads) { table, counts in
      var words = WordBuffer()
      let range = Self.lines(of: block, part: table, of: threads)
      source.count(linesOf: block, range, &words, into: &counts)
    }
  }

  /// The part of a buffer that begins and ends with lines.
  private static func lines(of block: [UInt8], part: Int, of parts: Int) -> Range<Int> {
    func edge(_ part: Int) -> Int {
      var place = block.count * part / parts
      while place > 0, place < block.count, block[place - 1] != 0x0A { place += 1 }
      return place
    }
    return edge(part)..<edge(part + 1)
  }

  /// Counts a block, one table a thread; `body` is told the table's number.
  private mutating func count(
    _ tables: Int, _ body: @Sendable (Int, inout PartedCounts) -> Void
  ) {
    while workers.count < tables { workers.append(Worker()) }
    let workers = workers
    _ = ThreadedMap.slices(of: tables, threads: tables) { range in
      for table in range { workers[table].counts.withLock { body(table, &$0) } }
    }
    // As long as the tables hold few words even if no two share one, nothing can be too much.
    let most = workers.reduce(mergedCount) { $0 + $1.counts.withLock { $0.count } }
    guard most > mostWords else { return }
    merge(threads: tables)
    if mergedCount > mostWords { dropRareWords() }
  }

  private var mergedCount: Int { merged.reduce(0) { $0 + $1.counts.withLock { $0.count } } }

  private mutating func merge(threads: Int) {
    let counts = workers.map { worker in
      worker.counts.withLock { counts in
        defer { counts = PartedCounts() }
        return counts
      }
    }
    let merged = merged
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
    let merged = merged
    let lists = ThreadedMap.slices(of: merged.count, threads: threads) { range in
      var words = CountedWords()
      for part in range {
        merged[part].counts.withLock { counts in
          counts.append(to: &words)
          counts = WordCounts()
        }
      }
      return words
    }
    var words = CountedWords()
    for list in lists { words.append(list) }
    return words
  }
}

/// The counts of one thread.
private final class Worker: Sendable {
  let counts = Mutex(PartedCounts())
}

/// The words whose hash falls into one part, merged by one thread at a time.
private final class MergedPart: Sendable {
  let counts = Mutex(WordCounts())
}
