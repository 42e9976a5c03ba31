import Records
import Tensors

extension EncoderNames {
  /// The names of DistilBERT (Sanh, Debut, Chaumond, Wolf 2019).
  fileprivate static let distilBert = EncoderNames(
    base: "distilbert", stem: "DistilBert", layers: "transformer.layer", query: "attention.q_lin",
    key: "attention.k_lin", value: "attention.v_lin", attentionOutput: "attention.out_lin",
    attentionNorm: "sa_layer_norm", intermediate: "ffn.lin1", output: "ffn.lin2",
    outputNorm: "output_layer_norm", pooling: "pre_classifier", classifier: "classifier",
    transform: "vocab_transform", transformNorm: "vocab_layer_norm",
    predictionBias: "vocab_projector", prediction: "vocab_projector")
}

extension EncoderSizes {
  /// The sizes of a DistilBERT, with the defaults of transformers' `DistilBertConfig`.
  ///
  /// Half of BERT's layers, no segments, no dropout of what attention adds; texts are pooled by a
  /// rectified layer.
  fileprivate init(distilBert fields: ModelConfiguration) throws(ModelError) {
    vocabularySize = try fields.size("vocab_size", default: 30522)
    paddingWord = fields.paddingEntry(of: vocabularySize, default: 0)
    hidden = try fields.size("dim", "hidden_size", default: 768)
    layers = try fields.size("n_layers", "num_hidden_layers", default: 6)
    heads = try fields.size("n_heads", "num_attention_heads", default: 12)
    intermediate = try fields.size("hidden_dim", default: 3072)
    positions = try fields.size("max_position_embeddings", default: 512)
    segments = 0
    activation = try Activation(
      named: fields.text("activation", default: "gelu"), file: fields.file)
    predictionActivation = activation
    poolingActivation = .relu
    epsilon = 1e-12
    hiddenDropout = try fields.share("dropout", default: 0.1)
    attentionDropout = try fields.share("attention_dropout", default: 0.1)
    attentionOutputDropout = 0
    poolingDropout = 0
    classifierDropout = try fields.share("seq_classif_dropout", default: 0.2)
    tokenDropout = hiddenDropout
    initializerRange = try fields.real("initializer_range", default: 0.02)
    isTied = try fields.flag("tie_word_embeddings", default: true)
    try fields.requireHeads(heads, of: hidden)
  }
}

extension Architecture {
  static let distilBert = Architecture(
    modelType: "distilbert", prefix: "distilbert.",
    heads: ["classifier.", "pre_classifier.", "vocab_", "qa_outputs."], outputs: ["classifier."],
    layers: ("n_layers", "distilbert.transformer.layer"),
    maskedHead: EncoderNames.distilBert.transform + ".weight",
    dropouts: ["dropout", "attention_dropout", "seq_classif_dropout"],
    configuration: { sizes in
      ModelConfiguration([
        "model_type": "distilbert", "vocab_size": .integer(sizes.vocabulary),
        "dim": .integer(sizes.hidden), "n_layers": .integer(sizes.layers),
        "n_heads": .integer(sizes.heads), "hidden_dim": .integer(sizes.feedForward),
        "max_position_embeddings": .integer(sizes.positions), "activation": "gelu",
        "sinusoidal_pos_embds": false, "dropout": 0.1, "attention_dropout": 0.1,
        "seq_classif_dropout": 0.2, "initializer_range": 0.02,
        "pad_token_id": .integer(sizes.padding ?? 0), "tie_word_embeddings": true,
      ])
    },
    make: { (configuration, task, source) throws(ModelError) in
      EncoderNames.distilBert.model(
        configuration, try EncoderSizes(distilBert: configuration), task, source)
    })
}
