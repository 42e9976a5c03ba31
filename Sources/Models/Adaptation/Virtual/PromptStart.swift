import Records
import Tensors

extension PromptOptions {
  /// Whose reading is followed.
  func layout(for model: any Model) throws(ModelError) -> VirtualLayout {
    let readsPadding =
      model.virtualPlaces.count == 1 && model.readsLastToken
      && (model is any SequenceClassifier || model is any RewardModel)
    if readsPadding, layout == .peft {
      throw ModelError(
        .unsupported, file: "layout",
        problem: "PEFT classifies by the padding where a decoder has a prompt",
        remedy: "Leave layout out, or use method prefix, which PEFT reads well.")
    }
    let isFSMT = try model.configuration.modelType == "fsmt"
    if isFSMT, layout == .peft { throw Self.otherWords("layout") }
    let losesFactor = model.virtualPlaces.first?.losesFactorInPEFT ?? false
    return layout ?? (readsPadding || losesFactor || isFSMT ? .anneal : .peft)
  }

  /// PEFT finds FSMT's words by the size of one of two vocabularies.
  static func otherWords(_ file: String) -> ModelError {
    ModelError(
      .unsupported, file: file,
      problem: "PEFT reads a prompt's words of FSMT from a table that is not the source's",
      remedy: "Train the prompt anew without layout.")
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
