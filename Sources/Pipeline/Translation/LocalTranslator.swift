import Models
import Records
import Stages
import Synchronization
import Tensors
import Train

/// A checkpoint that translates here: Marian, FSMT or T5.
final class LocalTranslator: Translator {
  let name: String
  /// The folder that the model is loaded from, or the run that trained it.
  private let model: String
  private let place: ModelPlace
  private let prefix: String
  private let temperature: Double
  private let loaded = Mutex<TextGenerator?>(nil)

  /// The most sentences that are translated at once, and the most tokens of those, fill-up included.
  private static let mostSentences = 32
  private static let mostTokens = 4096

  let computesHere = true
  let ranks = true

  /// Finds the checkpoint; it is loaded with the first text.
  /// - Parameter shipped: The folder of the model that comes with Anneal, for a request that names none.
  init(_ request: TranslatorRequest, shipped: String?) throws(Diagnostic) {
    guard let named = request.model?.written ?? shipped else {
      throw Translators.fault(
        "no model is named that translates from '\(request.from)' to '\(request.to)'",
        remedy: "name checkpoints with 'model' (there) and 'back'")
    }
    do throws(ModelError) {
      place = try ModelPlace(named, base: request.model?.base)
      model = place.run ?? place.folder
      prefix = try SourcePrefix(request, place).text()
    } catch {
      throw Translators.fault("\(error.file): \(error.problem)", remedy: error.remedy)
    }
    let isShipped = request.model == nil
    name = isShipped ? "'\(FilePaths.name(named))', which comes with Anneal" : "model '\(named)'"
    temperature = request.temperature
  }

  /// What decides how the numbers come out, too: another processor may round to another word.
  var identity: JSONValue {
    get throws {
      let hashes = try files().map { path -> JSONValue in
        .string("\(FilePaths.name(path)) \(try ContentHash.ofFile(path))")
      }
      return [
        "files": .array(hashes), "weights": .string(WeightForm.int8.rawValue),
        "temperature": .real(temperature), "prefix": .string(prefix),
        "limit": [.integer(Limit.factor), .integer(Limit.more), .integer(Limit.most)],
        "precision": .string(Engine.Precision.fp32.rawValue),
        "instructions": .string(Engine.instructions),
        "blas": Engine.openBLASCore.map { .string($0) } ?? .null,
      ]
    }
  }

  func files() throws(StageError) -> [String] {
    do {
      let folders = try place.folders
      let tokenizer = place.run.map { "\($0)/tokenizer" }.flatMap {
        Folders.isFolder($0) ? $0 : nil
      }
      return try [folders.base, folders.adapter, tokenizer].compactMap(\.self).flatMap {
        try ModelFiles.all(of: $0) + ModelFiles.generation(of: $0)
      }
    } catch { throw Self.fault(error) }
  }

  func prepare() throws(StageError) { _ = try generator() }

  /// Sentences of like length, longer ones first, so that threads end together; those that the model cannot take
  /// are in none.
  func portions(_ texts: [String]) throws(StageError) -> [[Int]] {
    let generator = try generator()
    do {
      let prompts = try texts.map { try generator.tokens(of: prefix + $0) }
      return TokenPortions.of(
        prompts.map(\.count), mostTexts: Self.mostSentences, mostTokens: Self.mostTokens
      ) { generator.generator.fault(of: prompts[$0]) == nil }.reversed()
    } catch { throw Self.fault(error) }
  }

  func translate(_ texts: [String], draws: [UInt64]?) throws(StageError) -> [String?] {
    let generator = try generator()
    return try generate(
      texts, draws, draws == nil ? generator : generator.drawing(temperature: temperature)
    ).map(\.first)
  }

  func readings(_ texts: [String], most: Int) throws(StageError) -> [[String]] {
    let generator = try generator().changing {
      $0.numBeams = max(most, $0.numBeams)
      $0.numReturnSequences = most
      // What further steps find is seldom better, and takes a fifth of the time.
      $0.earlyStopping = .whenFull
    }
    return try generate(texts, nil, generator)
  }

  /// What a generator writes for each text, best first, up to what came to no end.
  private func generate(
    _ texts: [String], _ draws: [UInt64]?, _ generator: TextGenerator
  ) throws(StageError) -> [[String]] {
    do {
      let prompts = try texts.map { try generator.tokens(of: prefix + $0) }
      let limited = generator.limited(to: Limit.tokens(of: prompts.map(\.count).max() ?? 0))
      let sequences = try Engine.$precision.withValue(.fp32) {
        try limited.generator.generate(prompts, keys: draws)
      }
      return zip(prompts, sequences).map { prompt, found in
        // A model that repeats itself without end says nothing worth keeping.
        found.prefix { $0.isWhole(atMost: Limit.tokens(of: prompt.count)) }
          .compactMap { generator.text($0.tokens) }
      }
    } catch { throw Self.fault(error) }
  }

  /// How long a translation may become.
  private enum Limit {
    static let (factor, more, most) = (3, 16, 512)

    /// The most tokens of the translation of so many.
    static func tokens(of count: Int) -> Int { min(most, factor * count + more) }
  }

  private func generator() throws(StageError) -> TextGenerator {
    try loaded.withLock { loaded throws(StageError) in
      if let loaded { return loaded }
      do {
        var settings = GenerationSettings()
        settings.weights = .int8
        // Nothing is drawn without a key, whatever the folder says.
        let made = try TextGenerator(model: model, adapter: nil, settings)
          .changing { $0.doSample = false }
        loaded = made
        return made
      } catch { throw Self.fault(error) }
    }
  }

  private static func fault(_ error: any Error) -> StageError {
    if let error = error as? StageError { return error }
    let known = error as? ModelError
    return StageError(
      "no-translation",
      known.map { "\($0.file): \($0.problem)" } ?? "the model cannot translate: \(error)",
      remedy: known?.remedy)
  }
}

extension GeneratedSequence {
  /// Whether it came to an end by itself within so many tokens.
  fileprivate func isWhole(atMost tokens: Int) -> Bool {
    reason != .length && self.tokens.count <= tokens
  }
}

extension TextGenerator {
  /// The same with at most so many new tokens.
  fileprivate func limited(to tokens: Int) -> TextGenerator {
    changing {
      $0.maxNewTokens = tokens
      // It would make an end of what came to none.
      $0.forcedEosTokenId = []
    }
  }
}
