import Models
import Stages
import Synchronization
import Tensors
import Train

/// A checkpoint that translates here: Marian, FSMT or T5.
final class LocalTranslator: Translator {
  let name: String
  private let folder: String
  private let temperature: Double
  private let loaded = Mutex<TextGenerator?>(nil)

  /// The most sentences that are translated at once, and the most tokens of those, fill-up included.
  private static let mostSentences = 64
  private static let mostTokens = 4096

  /// Finds the checkpoint; it is loaded with the first text.
  init(_ request: TranslatorRequest) throws(Diagnostic) {
    guard let model = request.model else {
      throw Translators.fault(
        "no model is named that translates from '\(request.from)' to '\(request.to)'",
        remedy: "name checkpoints with 'model' (there) and 'back'")
    }
    do throws(ModelError) {
      folder = try Self.folder(of: model)
      guard try ModelConfiguration(folder: folder).flag("is_encoder_decoder", default: false) else {
        throw ModelError(
          .unsupported, file: folder, problem: "is no model that translates",
          remedy: "Name a Marian, FSMT or T5 checkpoint.")
      }
    } catch {
      throw Translators.fault(
        "\(error.file): \(error.problem)", remedy: error.remedy)
    }
    name = "model '\(model.written)'"
    temperature = request.temperature
  }

  /// The folder of a checkpoint, or of the model that a run has trained.
  private static func folder(of model: PathValue) throws(ModelError) -> String {
    if Folders.exists("\(model.resolved)/pipeline.lock.yaml") { return "\(model.resolved)/model" }
    return try ModelLocator().folder(of: model.written, base: model.base)
  }

  func files() throws(StageError) -> [String] {
    do { return try ModelFiles.all(of: folder) } catch { throw Self.fault(error) }
  }

  func translate(_ texts: [String], draws: [UInt64]?) throws(StageError) -> [String?] {
    let generator = try generator(drawing: draws != nil)
    var results = [String?](repeating: nil, count: texts.count)
    do {
      let prompts = try texts.map { try generator.tokens(of: $0) }
      for batch in Self.batches(of: prompts, generator) {
        let sequences = try generator.generator.generate(
          batch.map { prompts[$0] }, keys: draws.map { draws in batch.map { draws[$0] } })
        for (place, found) in zip(batch, sequences) {
          // A model that repeats itself without end says nothing worth keeping.
          guard let best = found.first, best.reason != .length,
            best.tokens.count <= 3 * prompts[place].count + 16
          else { continue }
          results[place] = generator.text(best.tokens)
        }
      }
    } catch { throw Self.fault(error) }
    return results
  }

  /// Places of prompts that are translated together, which are of like length; those that the model cannot take are
  /// left out.
  private static func batches(of prompts: [[Int32]], _ generator: TextGenerator) -> [[Int]] {
    let order = prompts.indices.filter { generator.generator.fault(of: prompts[$0]) == nil }
      .sorted { (prompts[$0].count, $0) < (prompts[$1].count, $1) }
    var batches: [[Int]] = []
    var batch: [Int] = []
    for place in order {
      // The longest comes last.
      if batch.count == mostSentences || (batch.count + 1) * prompts[place].count > mostTokens {
        if !batch.isEmpty { batches.append(batch) }
        batch = []
      }
      batch.append(place)
    }
    return batch.isEmpty ? batches : batches + [batch]
  }

  private func generator(drawing: Bool) throws(StageError) -> TextGenerator {
    let generator = try loaded.withLock { loaded throws(StageError) in
      if let loaded { return loaded }
      do {
        var settings = GenerationSettings()
        settings.weights = .int8
        let made = try TextGenerator(model: folder, adapter: nil, settings)
        loaded = made
        return made
      } catch { throw Self.fault(error) }
    }
    return drawing ? generator.drawing(temperature: temperature) : generator
  }

  private static func fault(_ error: any Error) -> StageError {
    let error = error as? ModelError
    return StageError(
      "no-translation", error.map { "\($0.file): \($0.problem)" } ?? "the model cannot translate",
      remedy: error?.remedy)
  }
}
