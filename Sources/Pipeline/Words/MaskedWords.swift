import Models
package import Records
package import Stages
import Synchronization
import Tensors
import Tokenize

/// A masked language model that says which words may stand in a gap, in fp32 whatever the run computes with.
///
/// The weights are loaded with the first gap. What is found in a gap depends on no other one, bit by bit: each
/// row of a product is summed in one order whatever rows stand beside it, if only there are many.
package final class MaskedWords: WordPredictor {
  private let place: ModelPlace
  private let tokenizer: Tokenizer
  private let loaded = Mutex<Loaded?>(nil)

  /// What a run uses.
  static let standard: WordPredictorProvider = { (name) throws(Diagnostic) in
    try MaskedWords(name)
  }

  private struct Loaded {
    let model: any MaskedLanguageModel
    let reader: GapReader
    let table: WordTable
  }

  /// The most texts that are read at once, and the most tokens of those.
  private static let mostTexts = 64
  private static let mostTokens = 4096
  /// Products of 16 rows or fewer are summed in another order.
  private static let leastRows = 17

  /// Finds a model; its weights are not read.
  /// - Throws: `Diagnostic` for a model that is nowhere, one without a head for masked tokens, and one
  ///   whose tokenizer has no mask token.
  package init(_ name: ModelName) throws(Diagnostic) {
    do throws(ModelError) {
      place = try ModelPlace(name.path.written, base: name.path.base)
      try ModelLoader.checkMasked(place.folder)
    } catch {
      throw Self.fault("\(error.file): \(error.problem)", remedy: Self.remedy(error))
    }
    do throws(TokenizerError) { tokenizer = try place.tokenizer() } catch {
      throw Self.fault("\(error.file): \(error.reason)", remedy: error.remedy)
    }
    guard tokenizer.specialTokens.mask != nil else {
      throw Self.fault(
        "\(place.folder): the tokenizer has no token that hides another",
        remedy: "name one as mask_token in tokenizer_config.json, such as [MASK]")
    }
  }

  private static func fault(_ message: String, remedy: String?) -> Diagnostic {
    Diagnostic(message, path: "augment.masked-model", remedy: remedy)
  }

  private static func remedy(_ error: ModelError) -> String {
    switch error.code {
    case .notFound: "\(error.remedy) What the hub has comes by 'anneal pull OWNER/NAME'."
    case .mismatch, .unsupported:
      "name a BERT, RoBERTa or DistilBERT with its head for masked tokens, such as "
        + "google-bert/bert-base-uncased"
    default: error.remedy
    }
  }

  /// Another processor may round to another word.
  package var identity: JSONValue {
    [
      "precision": .string(Engine.Precision.fp32.rawValue),
      "instructions": .string(Engine.instructions),
      "blas": Engine.openBLASCore.map { .string($0) } ?? .null,
    ]
  }

  package func files() throws(StageError) -> [String] {
    do {
      let folders = try place.folders
      let tokenizer = place.run.map { "\($0)/tokenizer" }.flatMap {
        Folders.isFolder($0) ? $0 : nil
      }
      return try [folders.base, folders.adapter, tokenizer].compactMap(\.self).flatMap {
        try ModelFiles.all(of: $0)
      }
    } catch { throw Self.fault(error) }
  }

  package func words(
    in gaps: [TextGap], atMost count: Int, least: Float
  ) throws -> [[LikelyWord]] {
    let loaded = try load()
    let readings = gaps.map { loaded.reader.read($0) }
    var found = [[LikelyWord]](repeating: [], count: gaps.count)
    let portions = TokenPortions.of(
      readings.map { $0?.ids.count ?? 0 }, mostTexts: Self.mostTexts, mostTokens: Self.mostTokens
    ) { readings[$0] != nil }
    for portion in portions {
      try Interruption.check()
      let likely = Self.probabilities(loaded.model, portion.compactMap { readings[$0] })
      likely.withValues { values in
        for (row, gap) in portion.enumerated() {
          let start = row * likely.columns
          found[gap] = Self.best(
            values.extracting(start..<start + likely.columns),
            loaded.table.words(behind: gaps[gap].before), atMost: count, least: least)
        }
      }
    }
    return found
  }

  /// The probability of each token in the gap of each text, a row a text; more rows may follow.
  private static func probabilities(
    _ model: any MaskedLanguageModel, _ readings: [GapReader.Reading]
  ) -> Tensor {
    var texts = readings
    while texts.reduce(0, { $0 + $1.ids.count }) < leastRows { texts += readings }
    let batch = TokenBatch(texts.map(\.ids), types: texts.map(\.types))
    var rows = zip(batch.layout.starts, texts).map { Int32($0 + $1.place) }
    while rows.count < leastRows { rows += rows }
    return Engine.$precision.withValue(.fp32) {
      let tape = Tape.inference()
      let states = model.predictionStates(tape, batch)
      return model.scores(tape, hidden: tape.gather(states, rows: rows)).softmaxRows()
    }
  }

  /// The likeliest words by the probabilities of token ids; of equals the one of the lower id comes first.
  private static func best(
    _ probabilities: Span<Float>, _ words: [String?], atMost count: Int, least: Float
  ) -> [LikelyWord] {
    var sums: [String: (probability: Float, id: Int)] = [:]
    for id in 0..<min(probabilities.count, words.count) {
      // A word's two tokens together may be likely enough where neither is.
      guard probabilities[id] >= least / 2, let word = words[id] else { continue }
      sums[word, default: (0, id)].probability += probabilities[id]
    }
    return sums.filter { $0.value.probability >= least }
      .sorted { ($1.value.probability, $0.value.id) < ($0.value.probability, $1.value.id) }
      .prefix(count).map { LikelyWord($0.key, probability: $0.value.probability) }
  }

  private func load() throws(StageError) -> Loaded {
    try loaded.withLock { held throws(StageError) in
      if let held { return held }
      let made = try read()
      held = made
      return made
    }
  }

  private func read() throws(StageError) -> Loaded {
    let model: any MaskedLanguageModel
    do { model = try ModelLoader.masked(place.folder) } catch { throw Self.fault(error) }
    guard tokenizer.vocabularySize <= model.vocabularySize else {
      throw StageError(
        "no-words",
        "\(place.folder): the tokenizer has \(tokenizer.vocabularySize) tokens, the model "
          + "\(model.vocabularySize)",
        remedy: "give the model the tokenizer that it was trained with")
    }
    return Loaded(
      model: model, reader: try GapReader(tokenizer, maximumLength: model.maximumLength),
      table: WordTable(tokenizer))
  }

  private static func fault(_ error: any Error) -> StageError {
    let known = error as? ModelError
    return StageError(
      "no-words", known.map { "\($0.file): \($0.problem)" } ?? "the model cannot be read: \(error)",
      remedy: known?.remedy)
  }
}
