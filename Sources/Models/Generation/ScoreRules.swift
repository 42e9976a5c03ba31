/// What may follow a sequence: the logits processors of transformers, in their order.
package struct ScoreRules: Sendable {
  private let options: DecodingOptions
  private let badWords: [[Int32]]
  private let prompt: Int
  /// The greatest length of the sequence.
  package let longest: Int

  /// Rules for sequences that begin with `prompt` tokens and end with `longest` at the latest.
  package init(_ options: DecodingOptions, prompt: Int, longest: Int) {
    self.options = options
    self.prompt = prompt
    self.longest = longest
    badWords = options.badWordsIds.filter { word in
      !options.eosTokenId.contains { word == [$0] }
    }
  }

  /// Whether scores stay as they are at every length.
  var isEmpty: Bool {
    options.repetitionPenalty == 1 && options.noRepeatNgramSize == 0 && badWords.isEmpty
      && options.shortest(prompt: prompt) <= prompt && options.forcedBosTokenId == nil
      && options.forcedEosTokenId.isEmpty && options.suppressTokens.isEmpty
      && options.beginSuppressTokens.isEmpty
  }

  /// Changes the scores that stand in `row`: those of every token's coming next after `tokens`.
  func apply(to scores: inout MutableSpan<Float>, row: Range<Int>, after tokens: [Int32]) {
    penaliseRepetition(&scores, row, tokens)
    banRepeatedRuns(&scores, row, tokens)
    banWords(&scores, row, tokens)
    if tokens.count < options.shortest(prompt: prompt) { ban(options.eosTokenId, &scores, row) }
    if tokens.count == 1, let first = options.forcedBosTokenId { force([first], &scores, row) }
    if tokens.count == longest - 1, !options.forcedEosTokenId.isEmpty {
      force(options.forcedEosTokenId, &scores, row)
    }
    ban(options.suppressTokens, &scores, row)
    if tokens.count == firstFree { ban(options.beginSuppressTokens, &scores, row) }
  }

  /// The length at which the first token is chosen that nothing forces.
  private var firstFree: Int {
    prompt == 1 && options.forcedBosTokenId != nil ? 2 : prompt
  }

  private func ban(_ tokens: [Int32], _ scores: inout MutableSpan<Float>, _ row: Range<Int>) {
    set(tokens, &scores, row, to: -.infinity)
  }

  private func force(_ tokens: [Int32], _ scores: inout MutableSpan<Float>, _ row: Range<Int>) {
    for index in row { scores[index] = -.infinity }
    set(tokens, &scores, row, to: 0)
  }

  private func set(
    _ tokens: [Int32], _ scores: inout MutableSpan<Float>, _ row: Range<Int>, to value: Float
  ) {
    for token in tokens where Int(token) < row.count {
      scores[row.lowerBound + Int(token)] = value
    }
  }

  private func penaliseRepetition(
    _ scores: inout MutableSpan<Float>, _ row: Range<Int>, _ tokens: [Int32]
  ) {
    guard options.repetitionPenalty != 1 else { return }
    let penalty = Float(options.repetitionPenalty)
    for token in Set(tokens) where Int(token) < row.count {
      let score = scores[row.lowerBound + Int(token)]
      scores[row.lowerBound + Int(token)] = score < 0 ? score * penalty : score / penalty
    }
  }

  /// Bans what would end a run of tokens that occurred before.
  private func banRepeatedRuns(
    _ scores: inout MutableSpan<Float>, _ row: Range<Int>, _ tokens: [Int32]
  ) {
    let size = options.noRepeatNgramSize
    guard size > 0, tokens.count >= size else { return }
    let begun = tokens.suffix(size - 1)
    for start in 0...(tokens.count - size)
    where tokens[start..<start + size - 1].elementsEqual(begun) {
      ban([tokens[start + size - 1]], &scores, row)
    }
  }

  /// Bans the last tokens of words whose others are there.
  private func banWords(_ scores: inout MutableSpan<Float>, _ row: Range<Int>, _ tokens: [Int32]) {
    for word in badWords where tokens.suffix(word.count - 1).elementsEqual(word.dropLast()) {
      ban([word[word.count - 1]], &scores, row)
    }
  }
}
