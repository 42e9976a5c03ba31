import Endpoint
import Models
import Stages

/// Finds translators between languages.
enum Translators {
  /// The translator of a request; nothing is loaded, but what it needs is looked for.
  /// - Throws: `Diagnostic` naming what is missing and what could be had.
  static let standard: TranslatorProvider = { request throws(Diagnostic) in
    switch request.backend {
    case .auto: try first(request)
    case .local: try LocalTranslator(request)
    case .endpoint: try EndpointTranslator(request)
    case .apertium: try ApertiumTranslator(request)
    case .command: try CommandTranslator(request)
    }
  }

  /// What `auto` stands for: the first of a model, an endpoint and Apertium that can be had.
  private static func first(_ request: TranslatorRequest) throws(Diagnostic) -> any Translator {
    if request.command != nil { return try CommandTranslator(request) }
    if EndpointTranslator.hasAddress, let model = request.model, !isCheckpoint(model) {
      return try EndpointTranslator(request)
    }
    if request.model != nil { return try LocalTranslator(request) }
    if ApertiumTranslator.installedPair(request) != nil { return try ApertiumTranslator(request) }
    throw Diagnostic(
      "nothing translates from '\(request.from)' to '\(request.to)'",
      path: "augment.back-translation",
      remedy:
        "name checkpoints with 'model' and 'back', or set ANNEAL_LLM_BASE_URL and name the endpoint's "
        + "model, or install a pair of Apertium's (\(ApertiumTranslator.advice(request)))")
  }

  private static func isCheckpoint(_ model: PathValue) -> Bool {
    (try? ModelLocator().folder(of: model.written, base: model.base)) != nil
  }

  /// The fault of a request that lacks something.
  static func fault(_ message: String, remedy: String) -> Diagnostic {
    Diagnostic(message, path: "augment.back-translation", remedy: remedy)
  }
}
