import Models
import Stages

/// What a model reads before it writes the answer to a record.
struct Question: Sendable {
  /// A number of the record, which draws depend on.
  let key: UInt64
  let tokens: [Int32]
  /// Whether its beginning was cut off to leave room for the answer.
  let isCut: Bool
}

/// Lets a model write answers, as greedily or boldly as it is told.
struct AnswerWriter: Sendable {
  private var generator: TokenGenerator
  private let batchSize: Int
  /// Texts that end an answer and are no part of it.
  private let stops: [String]

  /// - Parameters:
  ///   - generator: With the options that the objective wants; those given replace some of them.
  ///   - text: The text of new tokens.
  ///   - stops: Texts that end answers, besides those of the options.
  /// - Throws: `ModelError` for options that make no sense together.
  init(
    _ generator: TokenGenerator, _ options: WritingOptions, seed: UInt64, stops: [String] = [],
    text: @escaping @Sendable ([Int32]) -> String
  ) throws(ModelError) {
    var generator = generator
    try generator.options.apply(options.fields, file: "generate")
    self.stops = stops + options.stops
    generator.options.stopStrings = self.stops
    generator.options.numReturnSequences = 1
    generator.options.seed = seed
    generator.text = text
    try generator.options.check()
    (self.generator, batchSize) = (generator, options.batchSize)
  }

  /// A writer of answers that end after so many tokens.
  func writing(atMost tokens: Int) -> AnswerWriter {
    var writer = self
    writer.generator.options.maxNewTokens = min(tokens, generator.options.maxNewTokens ?? tokens)
    return writer
  }

  /// The tokens of a question, without those at its beginning that would leave no room.
  ///
  /// Half of what the model takes is enough for an answer of any wished length.
  func question(_ tokens: [Int32], key: UInt64) -> Question {
    guard !generator.readsSources else { return Question(key: key, tokens: tokens, isCut: false) }
    let most = generator.maximumPrompt
    let room = min(generator.options.maxNewTokens ?? WritingOptions.usualLength, most / 2)
    let kept = Array(tokens.suffix(max(1, most - room)))
    return Question(key: key, tokens: kept, isCut: kept.count < tokens.count)
  }

  /// The answers in the order of the questions; each is what it were alone.
  /// - Parameters:
  ///   - inTraining: Whether training goes on afterwards. Then weights are not prepared, since those
  ///     that do not change would keep that form in later steps, which a resumed run lacks; and nothing
  ///     ends here, as the state is saved between steps.
  ///   - journal: Where answers are kept as they come, and found that an earlier run wrote.
  /// - Throws: `ModelError` where nothing can be written, `Interrupted` where the user asked to stop,
  ///   `FileError` where answers cannot be kept.
  func answers(
    _ questions: [Question], inTraining: Bool = false, journal: AnswerJournal? = nil
  ) throws -> [String] {
    let batches = BatchOrder.sortedBatches(
      lengths: questions.map(\.tokens.count), batchSize: batchSize)
    let lines = try journal?.open(questions, batches)
    if !inTraining, lines?.kept.count != batches.count { generator.prepare() }
    var texts = [String](repeating: "", count: questions.count)
    for (number, batch) in batches.enumerated() {
      if !inTraining { try Interruption.check() }
      let kept = lines?.kept[number]
      let written = try kept ?? answers(batch.map { questions[$0] })
      if kept == nil { try lines?.keep(written, of: number) }
      for (place, text) in zip(batch, written) { texts[place] = text }
    }
    return texts
  }

  /// The answers of one batch.
  private func answers(_ questions: [Question]) throws -> [String] {
    try generator.generate(questions.map(\.tokens), keys: questions.map(\.key))
      .map { trimmed(generator.text?($0.first?.tokens ?? []) ?? "") }
  }

  /// The text up to the first that ends it.
  private func trimmed(_ text: String) -> String {
    var text = text
    for stop in stops where !stop.isEmpty {
      guard let range = text.utf8.firstRange(of: stop.utf8) else { continue }
      text = String(text[..<range.lowerBound])
    }
    return text
  }
}
