import Records
import Tensors

/// The sizes of a BERT, with the defaults of transformers' `BertConfig`.
struct BertConfiguration: Sendable {
  let vocabularySize, hidden, layers, heads, intermediate, positions, types: Int
  let activation: Activation
  let epsilon: Double
  let hiddenDropout, attentionDropout, classifierDropout: Float
  let initializerRange: Double

  init(_ fields: ModelConfiguration) throws(ModelError) {
    try fields.require("position_embedding_type", toBe: "absolute")
    try fields.require("is_decoder", toBe: false)
    vocabularySize = try fields.size("vocab_size", default: 30522)
    hidden = try fields.size("hidden_size", default: 768)
    layers = try fields.size("num_hidden_layers", default: 12)
    heads = try fields.size("num_attention_heads", default: 12)
    intermediate = try fields.size("intermediate_size", default: 3072)
    positions = try fields.size("max_position_embeddings", default: 512)
    types = try fields.size("type_vocab_size", default: 2)
    activation = try Activation(
      named: fields.text("hidden_act", default: "gelu"), file: fields.file)
    epsilon = try fields.real("layer_norm_eps", default: 1e-12)
    hiddenDropout = try fields.share("hidden_dropout_prob", default: 0.1)
    attentionDropout = try fields.share("attention_probs_dropout_prob", default: 0.1)
    classifierDropout = try fields.share("classifier_dropout", default: Double(hiddenDropout))
    initializerRange = try fields.real("initializer_range", default: 0.02)
    try fields.requireHeads(heads, of: hidden)
  }
}

extension ModelConfiguration {
  /// Refuses a width that heads cannot share.
  func requireHeads(_ heads: Int, of width: Int) throws(ModelError) {
    guard width % heads == 0 else {
      throw ModelError(
        .invalid, file: file, problem: "\(heads) attention heads cannot share a width of \(width)")
    }
  }
}

extension Architecture {
  /// BERT and what has its shape, such as MiniLM.
  static let bert = Architecture(
    modelType: "bert", prefix: "bert.",
    heads: ["classifier.", "bert.pooler.", "cls.", "qa_outputs."],
    dropouts: ["hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout"],
    configuration: { sizes in
      ModelConfiguration([
        "model_type": "bert", "vocab_size": .integer(sizes.vocabulary),
        "hidden_size": .integer(sizes.hidden), "num_hidden_layers": .integer(sizes.layers),
        "num_attention_heads": .integer(sizes.heads),
        "intermediate_size": .integer(sizes.feedForward),
        "max_position_embeddings": .integer(sizes.positions), "type_vocab_size": 2,
        "hidden_act": "gelu", "layer_norm_eps": 1e-12, "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1, "initializer_range": 0.02,
        "pad_token_id": .integer(sizes.padding ?? 0),
      ])
    },
    make: { (configuration, task, source) throws(ModelError) in
      switch task {
      case .classification(let labels):
        try BertClassifier(configuration, labels: labels, source)
      case .encoding: try BertTextEncoder(configuration, source)
      default: nil
      }
    })
}
