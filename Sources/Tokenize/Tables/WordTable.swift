import CKernels
import Synchronization

/// The words that the threads of a tokenizer have met, with their tokens, in about the order in which they were met.
///
/// All threads fill one table and none waits for another: a thread takes numbers for the words it will meet, and the
/// kernels write those into the index. What one thread has learned the others find, and the processor's caches hold
/// it once.
final class WordTable: Sendable {
  private let words: LargeTable<anneal_word>
  private let index: LargeTable<UInt32>
  /// The tokens of words with more than three.
  private let spilled: LargeTable<UInt32>
  /// The first number that no thread has taken.
  private let count = Atomic(1)
  private let spilledCount = Atomic(0)

  private static let most = Int(ANNEAL_MEMORY_MOST)
  /// The most tokens that a word has here.
  static let mostTokens = Int(ANNEAL_WORD_MOST)

  init() {
    words = LargeTable(zeros: Self.most, of: anneal_word())
    // What is read first would be prepared twice.
    words.base[0] = anneal_word()
    index = LargeTable(zeros: Self.most * 2, of: 0, isReady: true)
    spilled = LargeTable(zeros: Self.most * Self.mostTokens, of: 0, usesLargePages: false)
  }

  /// Takes numbers for some words, and returns the first; nil where there are no more.
  func takeNumbers(_ count: Int) -> Int? {
    Self.take(count, of: Self.most, self.count)
  }

  /// Takes room for some spilled tokens, and returns where it begins; nil where there is none.
  func takeRoom(_ count: Int) -> Int? { Self.take(count, of: spilled.count, spilledCount) }

  private static func take(_ more: Int, of most: Int, _ count: borrowing Atomic<Int>) -> Int? {
    // What is taken in vain is not given back: whoever wants more begins a new table.
    let first = count.add(more, ordering: .relaxed).oldValue
    return first + more <= most ? first : nil
  }

  /// The table as the kernels see it.
  var kernel: anneal_memory {
    var kernel = anneal_memory()
    kernel.words = words.base
    kernel.spilled = spilled.base
    kernel.index = index.base
    kernel.shift = UInt64(64 - index.count.trailingZeroBitCount)
    return kernel
  }
}
