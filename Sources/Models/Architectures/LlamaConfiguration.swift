import Records
import Tensors

/// The sizes of a Llama, a Mistral or a Qwen2, with the defaults of transformers.
struct LlamaConfiguration: Sendable {
  let sizes: DecoderSizes
  let hidden, heads, keyValueHeads, head, intermediate: Int
  let activation: Activation
  let epsilon: Double
  let attentionDropout: Float
  let rotary: RotaryEmbedding
  /// Whether there are biases: of queries, keys and values, of attention's output, and further on.
  let biases: (input: Bool, output: Bool, feedForward: Bool)
  /// How many of the latest tokens each layer's attention sees; nil for all.
  let windows: [Int?]

  /// Reads what the family has in common; `kind` says the rest.
  init(_ fields: ModelConfiguration, _ kind: LlamaKind) throws(ModelError) {
    hidden = try fields.size("hidden_size", default: 4096)
    heads = try fields.size("num_attention_heads", default: 32)
    keyValueHeads =
      try fields.optionalSize("num_key_value_heads", default: kind.keyValueHeads) ?? heads
    try fields.requireSharedHeads(heads, keyValueHeads)
    if fields.fields["head_dim"]?.isNull ?? true { try fields.requireHeads(heads, of: hidden) }
    head = try fields.size("head_dim", default: hidden / heads)
    let positions = try fields.size("max_position_embeddings", default: kind.positions)
    let layers = try fields.size("num_hidden_layers", default: 32)
    var sizes = try DecoderSizes(
      fields, vocabularySize: fields.size("vocab_size", default: kind.vocabularySize),
      hidden: hidden, layers: layers, positions: positions, keyColumns: keyValueHeads * head,
      isTied: false)
    sizes.paddingWord = fields.paddingEntry(of: sizes.vocabularySize)
    self.sizes = sizes
    intermediate = try fields.size("intermediate_size", default: kind.intermediate)
    activation = try Activation(
      named: fields.text("hidden_act", default: "silu"), file: fields.file)
    epsilon = try fields.real("rms_norm_eps", default: 1e-6)
    attentionDropout = try fields.share("attention_dropout", default: 0)
    rotary = RotaryEmbedding(
      try RotaryFrequencies(fields, dimension: head, positions: positions), interleaved: false)
    biases = try kind.biases(fields)
    windows = try kind.windows(fields, layers)
  }
}

/// What tells the models of Llama's shape apart.
enum LlamaKind: String, Sendable {
  case llama, mistral, qwen2

  /// The beginning of the names of transformers' classes.
  var stem: String {
    switch self {
    case .llama: "Llama"
    case .mistral: "Mistral"
    case .qwen2: "Qwen2"
    }
  }

  // What a file means that does not say.
  fileprivate var keyValueHeads: Int? { self == .mistral ? 8 : nil }
  fileprivate var vocabularySize: Int { self == .qwen2 ? 151_936 : 32000 }

  fileprivate var positions: Int {
    switch self {
    case .llama: 2048
    case .mistral: 131_072
    case .qwen2: 32768
    }
  }

  fileprivate var intermediate: Int {
    switch self {
    case .llama: 11008
    case .mistral: 14336
    case .qwen2: 22016
    }
  }

  fileprivate func biases(
    _ fields: ModelConfiguration
  ) throws(ModelError) -> (input: Bool, output: Bool, feedForward: Bool) {
    switch self {
    case .llama:
      let attention = try fields.flag("attention_bias", default: false)
      return (attention, attention, try fields.flag("mlp_bias", default: false))
    case .mistral: return (false, false, false)
    case .qwen2: return (true, false, false)
    }
  }

  /// The window of each layer.
  fileprivate func windows(
    _ fields: ModelConfiguration, _ layers: Int
  ) throws(ModelError) -> [Int?] {
    let all = [Int?](repeating: nil, count: layers)
    switch self {
    case .llama: return all
    case .mistral:
      let window = try fields.optionalSize("sliding_window", default: 4096)
      return all.map { _ in window }
    case .qwen2:
      guard try fields.flag("use_sliding_window", default: false),
        let window = try fields.optionalSize("sliding_window", default: 4096)
      else { return all }
      if let slides = try fields.slidingLayers(layers) { return slides.map { $0 ? window : nil } }
      let full = try fields.count("max_window_layers", default: 28)
      return (0..<layers).map { $0 < full ? nil : window }
    }
  }
}

extension ModelConfiguration {
  /// Which layers see a window, where `layer_types` says so.
  fileprivate func slidingLayers(_ layers: Int) throws(ModelError) -> [Bool]? {
    guard let types = fields["layer_types"]?.array else { return nil }
    let slides = types.map { ["full_attention", "sliding_attention"].firstIndex(of: $0.string) }
    guard slides.count == layers, !slides.contains(nil) else {
      throw wrong(
        "layer_types", "full_attention or sliding_attention for each of \(layers) layers")
    }
    return slides.map { $0 == 1 }
  }

  /// Refuses query heads that cannot share the heads of keys and values evenly.
  fileprivate func requireSharedHeads(_ heads: Int, _ shared: Int) throws(ModelError) {
    guard heads % shared == 0 else {
      throw ModelError(
        .invalid, file: file,
        problem: "\(heads) attention heads cannot share \(shared) heads of keys and values")
    }
  }
}

extension Architecture {
  /// Llama, 1 to 3.
  static let llama = Architecture(.llama)
  /// Mistral.
  static let mistral = Architecture(.mistral)
  /// Qwen2 and Qwen2.5.
  static let qwen2 = Architecture(.qwen2)

  private init(_ kind: LlamaKind) {
    self.init(
      modelType: kind.rawValue, prefix: "model.", heads: ["lm_head.", "score.", "qa_outputs."],
      outputs: ["score."], dropouts: ["attention_dropout", "classifier_dropout"],
      configuration: { ModelConfiguration($0.llamaFields(kind)) },
      make: { (configuration, task, source) throws(ModelError) in
        let c = try LlamaConfiguration(configuration, kind)
        return DecoderNames(stem: kind.stem).model(configuration, task, source) {
          Llama(source.at("model"), c)
        }
      })
  }
}

extension ModelSizes {
  /// The `config.json` of a new model: Mistral shares keys and values among four heads where it can
  /// and sees a window; Qwen2 ties its output, as its small models do.
  fileprivate func llamaFields(_ kind: LlamaKind) -> JSONObject {
    let shared = kind == .mistral && heads % 4 == 0 ? heads / 4 : heads
    var fields: JSONObject = [
      "model_type": .string(kind.rawValue), "vocab_size": .integer(vocabulary),
      "hidden_size": .integer(hidden), "num_hidden_layers": .integer(layers),
      "num_attention_heads": .integer(heads), "num_key_value_heads": .integer(shared),
      "intermediate_size": .integer(feedForward), "max_position_embeddings": .integer(positions),
      "hidden_act": "silu", "rms_norm_eps": 1e-5, "initializer_range": 0.02,
      "attention_dropout": 0.0, "tie_word_embeddings": .bool(kind == .qwen2),
      "rope_theta": .real(kind == .qwen2 ? 1e6 : 1e4),
    ]
    switch kind {
    case .llama:
      fields["attention_bias"] = false
      fields["mlp_bias"] = false
    case .mistral: fields["sliding_window"] = 4096
    case .qwen2: fields["use_sliding_window"] = false
    }
    writeSpecialTokens(to: &fields)
    return fields
  }
}
