import Records
import Tensors

extension EncoderNames {
  /// The names of RoBERTa (Liu, Ott, Goyal and others 2019).
  fileprivate static let roberta = EncoderNames.bert(
    base: "roberta", stem: "Roberta", pooling: "classifier.dense",
    classifier: "classifier.out_proj", transform: "lm_head.dense",
    transformNorm: "lm_head.layer_norm", predictionBias: "lm_head",
    prediction: "lm_head.decoder")
}

extension EncoderSizes {
  /// What RoBERTa has otherwise than BERT: positions, and dropout on both sides of the pooling.
  fileprivate init(roberta fields: ModelConfiguration) throws(ModelError) {
    try self.init(bert: fields)
    let padding = fields.token("pad_token_id") ?? 1
    guard padding >= 0, Int(padding) + 1 < positions else {
      throw ModelError(
        .invalid, file: fields.file,
        problem: "\(positions) positions leave no room after the padding token \(padding), "
          + "from which RoBERTa counts",
        remedy: "max_position_embeddings is the longest text and pad_token_id + 1 more.")
    }
    self.padding = padding
    paddingWord = fields.paddingEntry(of: vocabularySize, default: padding)
    poolingDropout = classifierDropout
    predictionActivation = .gelu
  }
}

extension Architecture {
  /// RoBERTa and what has its shape.
  static let roberta = Architecture(
    modelType: "roberta", prefix: "roberta.",
    heads: ["classifier.", "roberta.pooler.", "lm_head.", "qa_outputs."],
    outputs: ["classifier.out_proj.", "classifier.weight", "classifier.bias"],
    layers: ("num_hidden_layers", "roberta.encoder.layer"),
    maskedHead: EncoderNames.roberta.transform + ".weight",
    dropouts: ["hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout"],
    configuration: { sizes in
      var fields = sizes.bertFields(type: "roberta")
      let padding = sizes.padding ?? 1
      fields["pad_token_id"] = .integer(padding)
      fields["max_position_embeddings"] = .integer(sizes.positions + Int(padding) + 1)
      fields["type_vocab_size"] = 1
      fields["layer_norm_eps"] = 1e-5
      fields["bos_token_id"] = sizes.beginning.map { .integer($0) } ?? .null
      fields["eos_token_id"] = sizes.end.map { .integer($0) } ?? .null
      return ModelConfiguration(fields)
    },
    make: { (configuration, task, source) throws(ModelError) in
      EncoderNames.roberta.model(
        configuration, try EncoderSizes(roberta: configuration), task, source)
    })
}
