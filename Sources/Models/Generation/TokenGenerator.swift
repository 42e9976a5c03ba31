import Records
import Stages
public import Tensors

/// Generates tokens with a model: the likeliest, those of the best beam, or drawn ones.
///
/// ```swift
/// var generator = try TokenGenerator(folder: "models/opus-mt-en-de")
/// generator.options.numBeams = 4
/// let translations = try generator.generate(sources.map(tokenizer.encode))
/// ```
/// The prompts of a call are computed together, each as if it were alone: neither tokens nor draws
/// depend on its neighbours. Memory grows with prompts · beams · length. Results with beams are those
/// of transformers 5.23, token by token.
public struct TokenGenerator: Sendable {
  private enum Source: Sendable {
    case causal(any CachedCausalLanguageModel)
    case translation(any SequenceToSequenceModel)
  }

  /// How tokens are generated.
  public var options: DecodingOptions
  /// Turns new tokens into text, where stop strings are looked for.
  public var text: (@Sendable ([Int32]) -> String)?
  private let source: Source

  /// Generates what follows prompts.
  public init(_ model: any CachedCausalLanguageModel, _ options: DecodingOptions) {
    source = .causal(model)
    self.options = options
  }

  /// Generates targets of sources.
  public init(_ model: any SequenceToSequenceModel, _ options: DecodingOptions) {
    source = .translation(model)
    self.options = options
  }

  /// Loads the model of a folder with the options it names.
  /// - Throws: `ModelError` where the folder holds no model that generates.
  public init(folder: String) throws(ModelError) {
    let options = try DecodingOptions(folder: folder)
    let configuration = try ModelConfiguration(folder: folder)
    if try configuration.flag("is_encoder_decoder", default: false) {
      self.init(try ModelLoader.sequenceToSequence(folder), options)
      return
    }
    let type = try configuration.modelType
    guard let model = try ModelLoader.causal(folder) as? any CachedCausalLanguageModel else {
      throw ModelError(
        .unsupported, file: configuration.file,
        problem: "a model of type \(type) generates nothing")
    }
    self.init(model, options)
  }

  /// Prepares the model's weights for generation, which is then several times faster.
  ///
  /// It takes a moment and memory (`Model.prepareForInference`), so it pays for more than a few tokens.
  public func prepare(weights form: WeightForm = .fp32) {
    switch source {
    case .causal(let model): model.prepareForInference(weights: form)
    case .translation(let model): model.prepareForInference(weights: form)
    }
  }

  /// Generates sequences for each prompt, best first.
  /// - Parameters:
  ///   - prompts: Token ids; sources where the model has an encoder. A causal model's are not empty.
  ///   - keys: A number of each prompt, which draws depend on; its place by default.
  ///   - onToken: Hears of each new token of each prompt's sequences as it is chosen: the prompt's
  ///     place and the token. Not called with beams, which are known only at the end.
  /// - Throws: `ModelError.invalid` for options that make no sense, for a prompt that is empty, too
  ///   long or of tokens that the model does not have, and where no token can follow.
  public func generate(
    _ prompts: [[Int32]], keys: [UInt64]? = nil,
    onToken: ((_ prompt: Int, _ token: Int32) -> Void)? = nil
  ) throws(ModelError) -> [[GeneratedSequence]] {
    try check(prompts)
    guard !prompts.isEmpty else { return [] }
    let keys = keys ?? prompts.indices.map { UInt64($0) }
    precondition(keys.count == prompts.count, "\(keys.count) keys for \(prompts.count) prompts")
    let starts = starts(of: prompts)
    let requests = zip(starts, keys).map { start, key in
      GenerationRequest(start: start, key: key, options: options, room: room, text: text)
    }
    let decoder = decoder(prompts, capacity: requests.map(\.rules.longest).max() ?? 0)
    return options.numBeams > 1
      ? try BeamLoop(requests, options).run(decoder)
      : try TokenLoop(requests, options).run(decoder, onToken: onToken)
  }

  private func check(_ prompts: [[Int32]]) throws(ModelError) {
    try options.check()
    if text == nil, !options.stopStrings.isEmpty {
      throw ModelError(
        .invalid, file: "generation", problem: "stop_strings need a tokenizer",
        remedy: "Set TokenGenerator.text, or leave stop_strings out.")
    }
    for (place, prompt) in prompts.enumerated() {
      if let fault = fault(of: prompt) {
        throw ModelError(
          .invalid, file: "generation", problem: "prompt \(place + 1) \(fault.problem)",
          remedy: fault.remedy)
      }
    }
  }

  /// Why nothing can be generated for a prompt, as the rest of a clause and a remedy; nil if it can.
  package func fault(of prompt: [Int32]) -> (problem: String, remedy: String)? {
    if case .causal = source, prompt.isEmpty {
      return ("has no token", "Begin it with the model's first token.")
    }
    if prompt.count > maximumPrompt {
      return (
        "has \(prompt.count) tokens, where the model takes \(maximumPrompt)", "Shorten it."
      )
    }
    guard let id = prompt.first(where: { !(0..<vocabularySize ~= Int($0)) }) else { return nil }
    return (
      "has the token \(id), where the model has \(vocabularySize)", "Use the model's own tokenizer."
    )
  }

  /// Whether prompts are sources, which the model reads apart from what it generates.
  package var readsSources: Bool { if case .translation = source { true } else { false } }

  /// The most tokens of a prompt; a causal model's sequences, prompt included, grow no longer.
  package var maximumPrompt: Int {
    switch source {
    case .causal(let model): model.maximumLength
    // T5 counts distances, not places: it names a length, but neither side has a limit.
    case .translation(let model): max(model.maximumLength, model.maximumTargetLength)
    }
  }

  /// The number of tokens that prompts are made of.
  private var vocabularySize: Int {
    switch source {
    case .causal(let model): model.vocabularySize
    case .translation(let model): model.sourceVocabularySize
    }
  }

  /// The sequences that grow: prompts, or the start tokens of targets.
  private func starts(of prompts: [[Int32]]) -> [[Int32]] {
    switch source {
    case .causal: prompts
    case .translation(let model): prompts.map { _ in [model.decoderStart] }
    }
  }

  /// How long sequences may become: where options say nothing, and at all.
  private var room: (usual: Int, most: Int) {
    switch source {
    case .causal(let model): (model.maximumLength, model.maximumLength)
    case .translation(let model): (model.maximumLength, model.maximumTargetLength)
    }
  }

  private func decoder(_ prompts: [[Int32]], capacity: Int) -> any IncrementalDecoder {
    switch source {
    case .causal(let model):
      CausalDecoder(model, sequences: prompts.count, capacity: capacity)
    case .translation(let model):
      TargetDecoder(model, sources: prompts, capacity: capacity)
    }
  }
}
