import Records
import Tensors

extension EncoderNames {
  /// The names of BERT.
  fileprivate static let bert = EncoderNames.bert(
    base: "bert", stem: "Bert", pooling: "bert.pooler.dense", classifier: "classifier",
    transform: "cls.predictions.transform.dense",
    transformNorm: "cls.predictions.transform.LayerNorm", predictionBias: "cls.predictions",
    prediction: "cls.predictions.decoder")
}

extension EncoderSizes {
  /// What BERT and RoBERTa read alike, with the defaults of transformers' `BertConfig`.
  init(bert fields: ModelConfiguration) throws(ModelError) {
    try fields.require("position_embedding_type", toBe: "absolute")
    try fields.require("is_decoder", toBe: false)
    vocabularySize = try fields.size("vocab_size", default: 30522)
    paddingWord = fields.paddingEntry(of: vocabularySize, default: 0)
    hidden = try fields.size("hidden_size", default: 768)
    layers = try fields.size("num_hidden_layers", default: 12)
    heads = try fields.size("num_attention_heads", default: 12)
    intermediate = try fields.size("intermediate_size", default: 3072)
    positions = try fields.size("max_position_embeddings", default: 512)
    segments = try fields.size("type_vocab_size", default: 2)
    activation = try Activation(
      named: fields.text("hidden_act", default: "gelu"), file: fields.file)
    predictionActivation = activation
    epsilon = try fields.real("layer_norm_eps", default: 1e-12)
    hiddenDropout = try fields.share("hidden_dropout_prob", default: 0.1)
    attentionDropout = try fields.share("attention_probs_dropout_prob", default: 0.1)
    attentionOutputDropout = hiddenDropout
    poolingDropout = 0
    classifierDropout = try fields.share("classifier_dropout", default: Double(hiddenDropout))
    tokenDropout = classifierDropout
    initializerRange = try fields.real("initializer_range", default: 0.02)
    isTied = try fields.flag("tie_word_embeddings", default: true)
    try fields.requireHeads(heads, of: hidden)
  }
}

extension ModelSizes {
  /// The `config.json` of a new model in the fields of BERT.
  func bertFields(type: String) -> JSONObject {
    [
      "model_type": .string(type), "vocab_size": .integer(vocabulary),
      "hidden_size": .integer(hidden), "num_hidden_layers": .integer(layers),
      "num_attention_heads": .integer(heads), "intermediate_size": .integer(feedForward),
      "max_position_embeddings": .integer(positions), "type_vocab_size": 2,
      "hidden_act": "gelu", "layer_norm_eps": 1e-12, "hidden_dropout_prob": 0.1,
      "attention_probs_dropout_prob": 0.1, "initializer_range": 0.02,
      "pad_token_id": .integer(padding ?? 0),
    ]
  }
}

extension Architecture {
  /// BERT and what has its shape, such as MiniLM.
  static let bert = Architecture(
    modelType: "bert", prefix: "bert.",
    heads: ["classifier.", "bert.pooler.", "cls.", "qa_outputs."], outputs: ["classifier."],
    layers: ("num_hidden_layers", "bert.encoder.layer"),
    maskedHead: EncoderNames.bert.transform + ".weight",
    dropouts: ["hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout"],
    configuration: { ModelConfiguration($0.bertFields(type: "bert")) },
    make: { (configuration, task, source) throws(ModelError) in
      EncoderNames.bert.model(
        configuration, try EncoderSizes(bert: configuration), task, source)
    })
}
