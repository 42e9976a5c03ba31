/// Learns BPE and WordPiece vocabularies.
enum BytePairTraining {
  /// How many merges there are between two calls of `progress`.
  private static let progressStep = 1024

  /// Joins the most frequent pair until the vocabulary is full or no pair is frequent enough.
  static func learn(
    _ words: consuming CountedWords, _ options: VocabularyOptions, threads: Int,
    from reserve: MemoryReserve, _ progress: (Int) -> Void
  ) throws(TokenizerError) -> TrainedModel {
    var tokens = LearnedTokens(
      specialTokens: options.specialTokensOrDefault, prefix: options.prefix)
    let symbols =
      options.readsBytes
      ? InitialSymbols(bytesIn: &tokens)
      : InitialSymbols(alphabetOf: copy words, options, in: &tokens)
    guard words.bytes.count < Int(Int32.max) / 2 else {
      throw TokenizerError(
        .invalidArgument,
        reason: "the distinct words have \(words.bytes.count) bytes, more than 2^30",
        remedy: "count a sample of the texts, or remember fewer words")
    }
    // Without prefix and suffix a new token never equals one that words have already.
    let bounds = BytePairLearner.Bounds(
      minFrequency: Int64(max(1, options.minFrequency)),
      likelyFrequency: likelyFrequency(words, merges: options.vocabularySize - tokens.count),
      maxLength: options.maxTokenLength,
      dropsRarePairs: options.prefix.isEmpty && options.suffix.isEmpty)
    // Words are let go of as soon as their symbols are known.
    var learner = BytePairLearner(
      consume words, symbols, alphabet: tokens.count, bounds, threads: threads, from: reserve)
    while tokens.count < options.vocabularySize, let best = learner.best() {
      learner.join(best, into: tokens.join(best.left, best.right))
      if tokens.merges.count % progressStep == 0 { progress(tokens.count) }
    }
    return tokens.model(options)
  }

  /// How often the last pair that is joined is likely to occur.
  ///
  /// In 25 and 200 MB of mixed text it was an eighth of what each merge would have of all words.
  private static func likelyFrequency(_ words: CountedWords, merges: Int) -> Int64 {
    words.counts.reduce(0, +) / Int64(max(1, merges)) / 10
  }
}
