import Records
import Tensors

/// The sizes of a post-norm encoder-decoder, whose fields Marian and FSMT name alike.
struct PostNormConfiguration: Sendable {
  /// The sizes of the encoder or of the decoder.
  struct Stack: Sendable {
    let layers, heads, feedForward: Int
  }

  let hidden, positions: Int
  let encoder, decoder: Stack
  let activation: Activation
  let dropout, attentionDropout, activationDropout: Float
  let deviation: Double
  /// What word embeddings are multiplied by before positions are added.
  let wordFactor: Float
  let padding, decoderStart: Int32

  /// Reads `config.json`, with the defaults of transformers.
  init(
    _ fields: ModelConfiguration, activation: String, scalesWords: Bool, padding: Int32,
    decoderStart: Int32
  ) throws(ModelError) {
    for name in ["normalize_before", "normalize_embedding", "add_final_layer_norm"] {
      try fields.require(name, toBe: false)
    }
    try fields.require("static_position_embeddings", toBe: true)
    hidden = try fields.size("d_model", "hidden_size", default: 1024)
    positions = try fields.size("max_position_embeddings", default: 1024)
    encoder = try Self.stack("encoder", fields, hidden)
    decoder = try Self.stack("decoder", fields, hidden)
    self.activation = try Activation(
      named: fields.text("activation_function", default: activation), file: fields.file)
    dropout = try fields.share("dropout", default: 0.1)
    attentionDropout = try fields.share("attention_dropout", default: 0)
    activationDropout = try fields.share("activation_dropout", default: 0)
    deviation = try fields.real("init_std", default: 0.02)
    wordFactor =
      try fields.flag("scale_embedding", default: scalesWords) ? Float(hidden).squareRoot() : 1
    self.padding = fields.token("pad_token_id") ?? padding
    self.decoderStart = fields.token("decoder_start_token_id") ?? decoderStart
    guard hidden % 2 == 0, hidden > 2 else {
      throw ModelError(
        .invalid, file: fields.file,
        problem: "d_model is \(hidden), expected an even number above 2")
    }
  }

  private static func stack(
    _ name: String, _ fields: ModelConfiguration, _ hidden: Int
  ) throws(ModelError) -> Stack {
    let heads = try fields.size("\(name)_attention_heads", default: 16)
    try fields.requireHeads(heads, of: hidden)
    return Stack(
      layers: try fields.size("\(name)_layers", default: 12), heads: heads,
      feedForward: try fields.size("\(name)_ffn_dim", default: 4096))
  }

  /// The fields of a new model.
  static func fields(_ modelType: String, _ sizes: ModelSizes) -> JSONObject {
    var fields: JSONObject = [
      "model_type": .string(modelType), "is_encoder_decoder": true,
      "d_model": .integer(sizes.hidden), "max_position_embeddings": .integer(sizes.positions),
      "dropout": 0.1, "attention_dropout": 0.0, "activation_dropout": 0.0, "init_std": 0.02,
      "scale_embedding": true,
    ]
    for stack in ["encoder", "decoder"] {
      fields["\(stack)_layers"] = .integer(sizes.layers)
      fields["\(stack)_attention_heads"] = .integer(sizes.heads)
      fields["\(stack)_ffn_dim"] = .integer(sizes.feedForward)
    }
    return fields
  }
}
