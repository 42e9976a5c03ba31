public import Foundation

/// Learns vocabularies: BPE, WordPiece and Unigram, as Hugging Face's trainers learn them.
///
/// BPE has the tokens, ids and merges of `BpeTrainer`, and Unigram the pieces and scores of `UnigramTrainer`,
/// but for the scores of characters that are no pieces any more, which the library deals by chance.
/// WordPiece has the tokens of `WordPieceTrainer` but for pairs that occur equally often: they are taken in
/// the order of their ids, and there the ids of `##` characters change from run to run of the library,
/// while here they have the order of the characters. BPE with a prefix or suffix is the same case.
///
/// The same words give the same file here, whatever the number of threads and, as long as no words are let
/// go of, the order of texts. Counts have 64 bits.
///
///     var trainer = try TokenizerTrainer(VocabularyOptions(.bpe))
///     trainer.count(texts)
///     try trainer.train().save(to: "tokenizer")
///
/// Memory grows with the distinct words, of which at most `mostWords` are remembered: about 40 bytes for
/// each word and 20 for each of its bytes.
public struct TokenizerTrainer: ~Copyable, Sendable {
  private let options: VocabularyOptions
  private var census: WordCensus

  /// A trainer that has counted nothing yet.
  /// - Throws: `TokenizerError` for options that cannot work.
  public init(_ options: VocabularyOptions) throws(TokenizerError) {
    try options.check()
    let source = try WordSource(
      normalizer: options.normalizerOrDefault.json,
      preTokenizer: options.preTokenizerOrDefault.json, input: options.readsBytes ? .bytes : .text)
    self.options = options
    census = WordCensus(source, mostWords: options.mostWords)
  }

  /// The number of distinct words that were let go of because there were too many.
  public var droppedWords: Int { census.droppedWords }

  /// Counts the words of texts; call it as often as there are batches.
  public mutating func count(
    _ texts: [String], threads: Int = ProcessInfo.processInfo.activeProcessorCount
  ) {
    precondition(threads > 0, "threads is \(threads)")
    census.add(texts, threads: threads)
  }

  /// Counts the words of the lines in UTF-8 text, each line with its end a text of its own.
  ///
  /// What is no UTF-8 is counted as U+FFFD. This is faster than `count`, which wants a `String` a text.
  public mutating func count(
    linesOf block: [UInt8], threads: Int = ProcessInfo.processInfo.activeProcessorCount
  ) {
    precondition(threads > 0, "threads is \(threads)")
    census.add(linesOf: block, threads: threads)
  }

  /// Learns the vocabulary from what was counted, which is forgotten: its memory serves the learning.
  ///
  /// - Parameters:
  ///   - threads: how many threads to use; they change nothing in the result.
  ///   - progress: is told now and then how many tokens there are.
  /// - Throws: `TokenizerError` where nothing was counted, or more than 2³¹ bytes of distinct words.
  public mutating func train(
    threads: Int = ProcessInfo.processInfo.activeProcessorCount,
    progress: (Int) -> Void = { _ in }
  ) throws(TokenizerError) -> Tokenizer {
    let words = census.takeWords(threads: threads)
    guard words.count > 0 else {
      throw TokenizerError(
        .invalidArgument, reason: "there is no text to learn a vocabulary from",
        remedy: "count texts that are not empty")
    }
    // Its learning takes none of the counting's memory over.
    if options.model == .unigram { census.reserve.release() }
    let model =
      switch options.model {
      case .bpe, .wordpiece:
        try BytePairTraining.learn(
          consume words, options, threads: threads, from: census.reserve, progress)
      case .unigram:
        try UnigramTraining.learn(consume words, options, threads: threads, progress)
      }
    census.reserve.release()
    return try Tokenizer(
      json: TrainedFile(options: options, model: model).json, file: "the trained tokenizer")
  }
}
