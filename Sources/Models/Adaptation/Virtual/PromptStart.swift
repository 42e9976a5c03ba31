import Records
import Tensors

extension PromptOptions {
  /// Whose reading is followed.
  func layout(for model: any Model) throws(ModelError) -> VirtualLayout {
    if layout == .peft {
      try Self.requireReadByPEFT(
        model, "layout", remedy: "Leave layout out, or use method prefix.")
    }
    let losesFactor = model.virtualPlaces.first?.losesFactorInPEFT ?? false
    let isMisread = try Self.misreading(of: model) != nil
    return layout ?? (isMisread || losesFactor ? .anneal : .peft)
  }

  /// Refuses a model whose prompts PEFT reads so that nothing sensible comes of it.
  /// - Parameter file: What asks for PEFT's reading.
  static func requireReadByPEFT(
    _ model: any Model, _ file: String, remedy: String
  ) throws(ModelError) {
    guard let misreading = try misreading(of: model) else { return }
    throw ModelError(.unsupported, file: file, problem: misreading, remedy: remedy)
  }

  /// What PEFT does wrong with prompts of a model; nil where it reads them well.
  private static func misreading(of model: any Model) throws(ModelError) -> String? {
    let isClassifier = model is any SequenceClassifier || model is any RewardModel
    if isClassifier, model.virtualPlaces.count == 1, model.readsLastToken {
      return "PEFT classifies by the padding where a decoder has a prompt"
    }
    // PEFT finds FSMT's words by the size of one of two vocabularies.
    return try model.configuration.modelType == "fsmt"
      ? "PEFT reads a prompt's words of FSMT from a table that is not the source's" : nil
  }

  /// Why PEFT does not read what is filed in our own layout, and what to do about it.
  static func ownReason(_ model: any Model) -> (problem: String, remedy: String) {
    if let misreading = try? misreading(of: model) {
      return (misreading, "Export it without --peft, or train method prefix.")
    }
    return (
      "is a prompt that is read as words' vectors are, which PEFT does otherwise",
      "Export it without --peft, or train it with layout: peft."
    )
  }

  /// The fields of `adapter_config.json` that tell the two methods apart.
  var fields: JSONObject {
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
  func vectors(
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

extension Model {
  /// The number of words that it reads.
  fileprivate var sourceWords: Int {
    (self as? any SequenceToSequenceModel)?.sourceVocabularySize ?? vocabularySize
  }

  /// Whether a text is classified by its last token.
  var readsLastToken: Bool { headNames == ["score."] }

  /// The vectors of words, as the model reads them.
  fileprivate func wordVectors(_ words: [Int32]) throws(ModelError) -> Tensor {
    let table = parameters.first { WordTable.isNamed($0.name.module) }
    guard let table, let last = words.max(), Int(last) < table.tensor.rows else {
      throw ModelError(
        .invalid, file: "init", problem: "the model has no vectors of the prompt's words")
    }
    return Tape.inference().gather(table.tensor, rows: words).copy()
  }
}
