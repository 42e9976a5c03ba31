import Models
import Records
import Stages
import Tokenize

/// What a checkpoint reads before each text that it translates.
struct SourcePrefix {
  private let request: TranslatorRequest
  private let place: ModelPlace
  private let configuration: ModelConfiguration

  /// The most codes of languages that a message names.
  private static let mostNamed = 8

  /// Looks at what describes the model.
  /// - Throws: `ModelError.unsupported` for a model that translates nothing.
  init(_ request: TranslatorRequest, _ place: ModelPlace) throws(ModelError) {
    self.request = request
    self.place = place
    configuration = try place.folders.configuration
    guard try configuration.flag("is_encoder_decoder", default: false) else {
      throw ModelError(
        .unsupported, file: configuration.file, problem: "is no model that translates",
        remedy: "Name a Marian, FSMT or T5 checkpoint.")
    }
  }

  /// What the request, the run that trained the model or the model's configuration says.
  /// - Throws: `ModelError.unsupported` where none says what a T5 reads, or which language a Marian of
  ///   several writes, and for a language that it does not know.
  func text() throws(ModelError) -> String {
    if let written = request.prefix {
      // '' is a person's word that nothing is read.
      if !written.isEmpty { try checkLanguage(written) }
      return written
    }
    // Whatever it is, the model has learned to read it.
    if let learned = try learned() { return learned }
    let configured = try configured()
    try checkLanguage(configured)
    return configured
  }

  /// What a run's training read before each source.
  private func learned() throws(ModelError) -> String? {
    do { return try place.sourcePrefix() } catch {
      throw ModelError(
        .corrupt, file: place.run ?? place.folder,
        problem: "does not say how its model was trained: \(error)")
    }
  }

  private func configured() throws(ModelError) -> String {
    let task = "translation_\(request.from)_to_\(request.to)"
    if let prefix = configuration.fields["task_specific_params"]?[task]?["prefix"]?.string {
      return prefix
    }
    guard try configuration.modelType != "t5" else {
      throw ModelError(
        .unsupported, file: configuration.file,
        problem: "does not say what this model reads before a text to translate",
        remedy: "Write it as \(option): 'translate English to German: ', or '' for nothing.")
    }
    return ""
  }

  /// What a pipeline calls it.
  private var option: String { request.from == request.language ? "prefix" : "back-prefix" }

  /// Refuses what chooses no language of a Marian of several, and a code that the model does not know.
  private func checkLanguage(_ prefix: String) throws(ModelError) {
    // A tokenizer that cannot be read is a fault when the model is loaded.
    guard try configuration.modelType == "marian",
      let codes = (try? place.tokenizer())?.languageCodes,
      !codes.contains(where: { prefix.hasPrefix($0) })
    else { return }
    // With one language there is nothing to choose.
    let choosesOther = prefix.hasPrefix(">>") && prefix.contains("<<")
    guard choosesOther || codes.count > 1 else { return }
    let choice = prefix.isEmpty ? "nothing chooses one" : "'\(prefix)' chooses none"
    let problem =
      choosesOther
      ? "does not know the language of '\(prefix)'"
      : "writes \(codes.count) languages, and \(choice) of them"
    throw ModelError(
      .unsupported, file: place.folder, problem: problem, remedy: remedy(codes))
  }

  private func remedy(_ codes: [String]) -> String {
    guard !codes.isEmpty else { return "Leave \(option) out: the model writes one language." }
    // Those that look like the language asked for come first.
    let near = codes.filter { $0.hasPrefix(">>\(request.to)") }
    let sorted = near + codes.filter { !near.contains($0) }
    let rest = sorted.count > Self.mostNamed ? " …" : ""
    return "Write \(option): 'CODE ', where CODE is one of "
      + sorted.prefix(Self.mostNamed).joined(separator: " ") + rest + "; or '' for nothing."
  }
}
