import Records
import Tensors

/// The sizes of a T5, with the defaults of transformers' `T5Config`.
struct T5Configuration: Sendable {
  let vocabularySize, hidden, headWidth, feedForward, layers, decoderLayers, heads: Int
  let buckets, maximumDistance, positions: Int
  let activation: Activation
  /// Whether the activation is a gate of a second map (v1.1).
  let isGated: Bool
  let epsilon: Double
  let dropout: Float
  let initializerFactor: Double
  /// Whether hidden states are multiplied by hidden^-½ before the head (v1.0).
  let scalesOutput: Bool
  let decoderStart, padding: Int32

  init(_ fields: ModelConfiguration) throws(ModelError) {
    vocabularySize = try fields.size("vocab_size", default: 32128)
    hidden = try fields.size("d_model", "hidden_size", default: 512)
    headWidth = try fields.size("d_kv", default: 64)
    feedForward = try fields.size("d_ff", default: 2048)
    layers = try fields.size("num_layers", default: 6)
    decoderLayers = try fields.size("num_decoder_layers", default: layers)
    heads = try fields.size("num_heads", default: 8)
    buckets = try fields.size("relative_attention_num_buckets", default: 32)
    maximumDistance = try fields.size("relative_attention_max_distance", default: 128)
    positions = try fields.size("n_positions", default: 512)
    (isGated, activation) = try Self.feedForward(fields)
    epsilon = try fields.real("layer_norm_epsilon", default: 1e-6)
    dropout = try fields.share("dropout_rate", default: 0.1)
    initializerFactor = try fields.real("initializer_factor", default: 1)
    // Files of v1.1 say it by an untied head; transformers 5 writes a field of its own.
    scalesOutput = try fields.flag(
      "scale_decoder_outputs", default: fields.flag("tie_word_embeddings", default: true))
    padding = fields.token("pad_token_id") ?? 0
    decoderStart = fields.token("decoder_start_token_id") ?? padding
    guard buckets % 4 == 0, maximumDistance > buckets / 2 else {
      throw ModelError(
        .invalid, file: fields.file,
        problem: "\(buckets) relative_attention_num_buckets cannot divide distances "
          + "up to \(maximumDistance)")
    }
  }

  /// What `feed_forward_proj` says: `relu`, or `gated-gelu`, whose GELU is the tanh approximation.
  private static func feedForward(
    _ fields: ModelConfiguration
  ) throws(ModelError) -> (isGated: Bool, activation: Activation) {
    let name = try fields.text("feed_forward_proj", default: "relu")
    if name == "gated-gelu" { return (true, .geluTanh) }
    let isGated = name.hasPrefix("gated-")
    let function = isGated ? String(name.dropFirst(6)) : name
    return (isGated, try Activation(named: function, file: fields.file))
  }
}

extension Architecture {
  /// T5: v1.0, v1.1 and what has their shape, such as Flan-T5 and mT5.
  static let t5 = Architecture(
    modelType: "t5", prefix: "", heads: [], outputs: [], encodes: false, dropouts: ["dropout_rate"],
    configuration: { sizes in
      ModelConfiguration([
        "model_type": "t5", "is_encoder_decoder": true,
        "vocab_size": .integer(sizes.vocabulary), "d_model": .integer(sizes.hidden),
        "d_kv": .integer(max(sizes.hidden / sizes.heads, 1)),
        "d_ff": .integer(sizes.feedForward), "num_layers": .integer(sizes.layers),
        "num_decoder_layers": .integer(sizes.layers), "num_heads": .integer(sizes.heads),
        "relative_attention_num_buckets": 32, "relative_attention_max_distance": 128,
        "n_positions": .integer(sizes.positions), "feed_forward_proj": "relu",
        "layer_norm_epsilon": 1e-6, "dropout_rate": 0.1,
        "tie_word_embeddings": true, "pad_token_id": .integer(sizes.padding ?? 0),
        "decoder_start_token_id": .integer(sizes.padding ?? 0),
        "eos_token_id": .integer(sizes.end ?? 1),
      ])
    },
    make: { (configuration, task, source) throws(ModelError) in
      switch task {
      case .sequenceToSequence: try T5(configuration, source)
      default: nil
      }
    })
}
