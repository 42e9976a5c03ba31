import Endpoint
package import Models
package import Stages

/// Finds translators between languages.
package struct Translators: Sendable {
  private let answers: AnswerCache
  private let models: ModelLocator
  private let environment: @Sendable (String) -> String?

  /// What a run uses.
  static let standard: TranslatorProvider = Translators(keeping: AnswerCache()).provider

  /// Translators whose translations are kept.
  /// - Parameters:
  ///   - models: Knows what comes with Anneal.
  ///   - environment: Looks up variables.
  package init(
    keeping answers: AnswerCache, models: ModelLocator = ModelLocator(),
    environment: @escaping @Sendable (String) -> String? = FilePaths.environment
  ) {
    self.answers = answers
    self.models = models
    self.environment = environment
  }

  /// The translator of a request; nothing is loaded, but what it needs is looked for.
  /// - Throws: `Diagnostic` naming what is missing and what could be had.
  package var provider: TranslatorProvider {
    { request throws(Diagnostic) in
      let translator = try translator(for: request)
      guard request.prefix == nil || translator is LocalTranslator else {
        throw Self.fault(
          "the \(translator.name) reads no prefix", remedy: "leave 'prefix' and 'back-prefix' out")
      }
      // Apertium is quick, and more files decide what it writes than are known to.
      let isQuick = translator is ApertiumTranslator
      return KeptTranslator(translator, in: isQuick ? nil : answers, version: request.version)
    }
  }

  private func translator(
    for request: TranslatorRequest
  ) throws(Diagnostic) -> any Translator {
    switch request.backend {
    case .auto: try first(request)
    case .local: try LocalTranslator(request, shipped: shipped(request))
    case .endpoint: try EndpointTranslator(request, environment)
    case .apertium: try ApertiumTranslator(request)
    case .command: try CommandTranslator(request)
    }
  }

  /// What `auto` stands for: what the request names (a checkpoint, an endpoint's model, a program), else the first
  /// that can be had of a model that comes with Anneal and Apertium.
  private func first(_ request: TranslatorRequest) throws(Diagnostic) -> any Translator {
    if let model = request.model {
      if EndpointTranslator.hasAddress(environment), !Self.isLocal(model) {
        return try EndpointTranslator(request, environment)
      }
      return try LocalTranslator(request, shipped: nil)
    }
    if request.command != nil { return try CommandTranslator(request) }
    if let shipped = shipped(request) { return try LocalTranslator(request, shipped: shipped) }
    if ApertiumTranslator.installedPair(request) != nil { return try ApertiumTranslator(request) }
    throw Self.fault(
      "nothing translates from '\(request.from)' to '\(request.to)'",
      remedy:
        "name checkpoints with 'model' and 'back', or set ANNEAL_LLM_BASE_URL and name the endpoint's "
        + "model, or install a pair of Apertium's (\(ApertiumTranslator.advice(request)))")
  }

  /// The folder of the model between two languages that comes with Anneal.
  private func shipped(_ request: TranslatorRequest) -> String? {
    models.shipped("translation-\(request.from)-\(request.to)")
  }

  /// Whether a model is one of this machine's: it is there, or is written as a path.
  ///
  /// Texts are not sent away because of a slip in a path.
  private static func isLocal(_ model: PathValue) -> Bool {
    ["/", "./", "../", "~/"].contains { model.written.hasPrefix($0) }
      || Folders.isFolder(model.resolved)
      || (try? ModelPlace(model.written, base: model.base)) != nil
  }

  /// Some texts after the other, so many at once.
  static func portions(of count: Int, size: Int) -> [[Int]] {
    stride(from: 0, to: count, by: size).map { Array($0..<min($0 + size, count)) }
  }

  /// The fault of a request that lacks something.
  static func fault(_ message: String, remedy: String?) -> Diagnostic {
    Diagnostic(message, path: "augment.back-translation", remedy: remedy)
  }
}
