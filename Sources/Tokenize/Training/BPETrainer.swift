public import Foundation

/// Learns a byte-level BPE vocabulary, token for token the one Hugging Face's `BpeTrainer` learns.
///
/// The equivalent there is a `ByteLevel(add_prefix_space=False)` pre-tokenizer and the full byte alphabet.
/// Counts are 64-bit, and the result depends neither on the order of the texts nor on the number of threads.
///
///     var trainer = BPETrainer(vocabularySize: 8000)
///     trainer.count(texts)
///     try trainer.train().save(to: "tokenizer")
///
/// Memory grows with the number of distinct words: about 30 bytes for each of their bytes.
public struct BPETrainer: Sendable {
  private let vocabularySize: Int
  private let minFrequency: Int
  private let specialTokens: [String]
  private var counts = WordCounts()

  /// A trainer that has counted nothing yet.
  ///
  /// - Parameters:
  ///   - vocabularySize: the number of tokens in all, special tokens and the 256 bytes included; learning
  ///     stops earlier when no pair is frequent enough.
  ///   - minFrequency: how often a pair must occur to become a token.
  ///   - specialTokens: the tokens with the first ids.
  public init(
    vocabularySize: Int = 30_000, minFrequency: Int = 2,
    specialTokens: [String] = ["<|endoftext|>"]
  ) {
    precondition(vocabularySize > 0, "vocabularySize is \(vocabularySize)")
    self.vocabularySize = vocabularySize
    self.minFrequency = minFrequency
    self.specialTokens = specialTokens
  }

  /// The number of distinct words counted so far.
  public var distinctWords: Int { counts.counts.count }

  /// Counts the words of texts; call it as often as there are batches.
  public mutating func count(
    _ texts: [String], threads: Int = ProcessInfo.processInfo.activeProcessorCount
  ) {
    // One part a thread, not more: every part's distinct words are merged one by one.
    let parts = min(threads, texts.count)
    let counted = ThreadedMap.slices(of: parts, threads: parts) { range in
      var counts = WordCounts()
      let first = texts.count * range.lowerBound / parts
      let end = texts.count * range.upperBound / parts
      for text in texts[first..<end] { counts.add(text) }
      return counts
    }
    for part in counted { counts.merge(part) }
  }

  /// Learns the vocabulary from what was counted.
  ///
  /// - Throws: `TokenizerError` where nothing was counted, or more than 2³¹ bytes of distinct words.
  public func train() throws(TokenizerError) -> Tokenizer {
    guard !counts.counts.isEmpty else {
      throw TokenizerError(
        .invalidArgument, reason: "there is no text to learn a vocabulary from",
        remedy: "count texts that are not empty")
    }
    var tokens = LearnedTokens(specialTokens: specialTokens)
    var learner = try BytePairLearner(counts, byteIds: tokens.byteIds)
    while tokens.count < vocabularySize, let best = learner.best(), best.count >= minFrequency {
      learner.join(best, into: tokens.join(best.left, best.right))
    }
    return try Tokenizer(json: tokens.json(), file: "the trained tokenizer")
  }
}
