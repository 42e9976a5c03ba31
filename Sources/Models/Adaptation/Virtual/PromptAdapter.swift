public import Records
import Stages
import Tensors

/// Virtual tokens that are read before every text: their vectors are all that is trained.
///
/// Prompt tuning (Lester, Al-Rfou, Constant 2021) trains the vectors, P-tuning (Liu and others 2021) a
/// network that makes them. Filed as PEFT does: only the vectors are, not the network.
///
/// In an encoder the classifier pools the first virtual token, as it does in PEFT; in a decoder it
/// reads a text's last token, where PEFT reads the padding (so that its files are refused there).
/// PEFT files vectors for a decoder of T5 too and reads them nowhere; without `layout` none are made.
public struct PromptAdapter: ModelAdapter {
  /// What training updates.
  public let parameters: [NamedParameter]
  /// What the file holds.
  public let tensors: [AdapterTensor]
  /// The fields of `adapter_config.json`.
  public let configuration: JSONObject
  /// Whose files it is saved as.
  public let layout: AdapterLayout

  /// Adds virtual tokens to a model.
  /// - Parameter seed: The first values are a function of it.
  /// - Throws: `ModelError.invalid` where nothing is left of the model's places, `.unsupported` where
  ///   PEFT's reading is asked for and would be another one.
  public init(
    _ options: PromptOptions, to model: any Model, seed: UInt64
  ) throws(ModelError) {
    let place = try model.promptPlace(options.count)
    let layout = try options.layout(for: model)
    let parts = layout == .peft && place.stack == .encoder && options.layout == .peft ? 2 : 1
    let vectors = try options.vectors(
      parts * options.count, model, place, VirtualStart(seed: seed))
    self.init(vectors, parts: parts, options, layout, on: model, place)
  }

  /// Adds the virtual tokens that an `adapter_config.json` describes; `load` brings their vectors.
  init(_ config: AdapterConfiguration, to model: any Model) throws(ModelError) {
    var options = PromptOptions()
    options.count = try config.integer("num_virtual_tokens", default: 20)
    guard options.count > 0 else { throw config.fault("has \(options.count) virtual tokens") }
    options.savedModules = config.texts("modules_to_save")
    let place = try model.promptPlace(options.count)
    let parts = try config.integer(
      "num_transformer_submodules", default: place.stack == .encoder ? 2 : 1)
    guard 1...2 ~= parts else { throw config.fault("has \(parts) transformer submodules") }
    let isOwn = config.layout == .anneal
    let isEncoded = try config.method == "P_TUNING"
    if isEncoded { options.encoder = .maps(width: place.width) }
    let table = VectorTable(Tensor(shape: [parts * options.count, place.width]))
    self.init(table, parts: parts, options, isOwn ? .anneal : .peft, on: model, place)
  }

  private init(
    _ vectors: any VirtualVectors, parts: Int, _ options: PromptOptions, _ layout: VirtualLayout,
    on model: any Model, _ place: VirtualPlace
  ) {
    place.isReadAsPEFT = layout == .peft
    place.prompt = parts == 1 ? vectors : FirstVectors(vectors, count: options.count)
    let saved = model.parameters(inModules: options.savedModules)
    parameters = vectors.parameters + saved
    tensors =
      [AdapterTensor(vectors)] + saved.map { AdapterTensor($0.name, $0.tensor, isOfModel: true) }
    var fields: JSONObject = [
      "modules_to_save": options.savedModules.json, "num_attention_heads": .integer(place.heads),
      "num_layers": .integer(place.layers), "num_transformer_submodules": .integer(parts),
      "num_virtual_tokens": .integer(options.count),
      "task_type": model.taskType.map { .string($0) } ?? .null, "token_dim": .integer(place.width),
    ]
    fields.merge(options.fields)
    configuration = fields
    self.layout = layout == .peft ? .peft : .anneal
  }
}

extension PromptOptions {
  /// Whose reading is followed.
  fileprivate func layout(for model: any Model) throws(ModelError) -> VirtualLayout {
    let readsPadding =
      model.virtualPlaces.count == 1 && model.readsLastToken
      && (model is any SequenceClassifier || model is any RewardModel)
    if readsPadding, layout == .peft {
      throw ModelError(
        .unsupported, file: "layout",
        problem: "PEFT classifies by the padding where a decoder has a prompt",
        remedy: "Leave layout out, or use method prefix, which PEFT reads well.")
    }
    let losesFactor = model.virtualPlaces.first?.losesFactorInPEFT ?? false
    return layout ?? (readsPadding || losesFactor ? .anneal : .peft)
  }

  /// The fields of `adapter_config.json` that tell the two methods apart.
  fileprivate var fields: JSONObject {
    switch encoder {
    case .none:
      [
        "peft_type": "PROMPT_TUNING", "prompt_tuning_init": "RANDOM",
        "prompt_tuning_init_text": .null, "tokenizer_kwargs": .null,
        "tokenizer_name_or_path": .null,
      ]
    case .maps(let width):
      Self.fields("MLP", width, layers: 2, dropout: 0)
    case .recurrent(let width, let layers, let dropout):
      Self.fields("LSTM", width, layers: layers, dropout: dropout)
    }
  }

  private static func fields(
    _ kind: String, _ width: Int, layers: Int, dropout: Double
  ) -> JSONObject {
    [
      "encoder_dropout": .real(dropout), "encoder_hidden_size": .integer(width),
      "encoder_num_layers": .integer(layers),
      "encoder_reparameterization_type": .string(kind), "peft_type": "P_TUNING",
    ]
  }

  /// What is trained, as it begins.
  fileprivate func vectors(
    _ rows: Int, _ model: any Model, _ place: VirtualPlace, _ start: VirtualStart
  ) throws(ModelError) -> any VirtualVectors {
    switch encoder {
    case .none: return VectorTable(try values(rows, model, place, start))
    case .maps(let width):
      return VectorNetwork(
        count: rows, widths: [place.width, width, width, place.width], activation: .relu,
        named: "mlp_head", start)
    case .recurrent(let width, let layers, let dropout):
      return RecurrentVectors(
        count: rows, width: place.width, inner: width, layers: layers, dropout: Float(dropout),
        start)
    }
  }

  /// The first values of the vectors themselves.
  private func values(
    _ rows: Int, _ model: any Model, _ place: VirtualPlace, _ start: VirtualStart
  ) throws(ModelError) -> Tensor {
    let words: [Int32]
    switch initialisation {
    case .random: return start.normal(VirtualFile.name, [rows, place.width])
    case .vocabulary:
      var random = start.random("vocabulary")
      words = (0..<rows).map { _ in Int32(random.below(model.sourceWords)) }
    case .text(let tokens):
      guard !tokens.isEmpty else {
        throw ModelError(.invalid, file: "init-text", problem: "has no token")
      }
      words = (0..<rows).map { tokens[$0 % tokens.count] }
    }
    return try model.wordVectors(words)
  }
}

/// The first of the virtual tokens that a file holds; PEFT never reads the others.
private struct FirstVectors: VirtualVectors {
  private let all: any VirtualVectors
  let count: Int

  init(_ all: any VirtualVectors, count: Int) {
    self.all = all
    self.count = count
  }

  var parameters: [NamedParameter] { all.parameters }

  func callAsFunction(_ tape: Tape) -> Tensor {
    tape.gather(all(tape), rows: (0..<Int32(count)).map { $0 })
  }
}

extension AdapterTensor {
  /// The vectors that virtual tokens come to, as PEFT files them.
  init(_ vectors: any VirtualVectors, name: String = VirtualFile.name) {
    let shape = vectors(.inference()).shape
    self.init(name, shape) {
      Engine.$precision.withValue(.fp32) { vectors(.inference()) }
    } write: { filed in
      precondition(vectors.parameters.count == 1, "filed vectors for a network that makes them")
      vectors.parameters[0].tensor.assign(filed)
    }
  }
}

extension Model {
  /// Where a prompt of so many virtual tokens goes.
  fileprivate func promptPlace(_ count: Int) throws(ModelError) -> VirtualPlace {
    guard let place = virtualPlaces.first(where: { $0.stack != .decoder }) else {
      throw ModelError(
        .unsupported, file: "method", problem: "this model has no place for a prompt")
    }
    try requireRoom(for: count, at: place)
    return place
  }

  /// Checks that virtual tokens leave places for others, and that there are no such yet.
  func requireRoom(for count: Int, at place: VirtualPlace) throws(ModelError) {
    guard place.length == 0 else {
      throw ModelError(
        .unsupported, file: "method", problem: "the model has virtual tokens already",
        remedy: "It takes one such method at a time.")
    }
    guard count < maximumLength else {
      throw ModelError(
        .invalid, file: "virtual-tokens",
        problem: "\(count) virtual tokens leave no place of the model's \(maximumLength)",
        remedy: "Take fewer.")
    }
  }

  /// The number of words that it reads.
  fileprivate var sourceWords: Int {
    (self as? any SequenceToSequenceModel)?.sourceVocabularySize ?? vocabularySize
  }

  /// Whether a text is classified by its last token.
  var readsLastToken: Bool { headNames == ["score."] }

  /// The vectors of words, as the model reads them.
  fileprivate func wordVectors(_ words: [Int32]) throws(ModelError) -> Tensor {
    let names = [
      "word_embeddings.weight", "wte.weight", "embed_tokens.weight", "shared.weight",
    ]
    let table = parameters.first { parameter in
      names.contains { parameter.name.hasSuffix($0) }
    }
    guard let table, let last = words.max(), Int(last) < table.tensor.rows else {
      throw ModelError(
        .invalid, file: "init", problem: "the model has no vectors of the prompt's words")
    }
    return Tape.inference().gather(table.tensor, rows: words).copy()
  }
}
