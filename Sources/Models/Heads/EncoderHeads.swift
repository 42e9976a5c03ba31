import Tensors

extension EncoderNames {
  /// The encoder with a task's head; nil where encoders have none.
  func model(
    _ configuration: ModelConfiguration, _ sizes: EncoderSizes, _ task: ModelTask,
    _ source: ParameterSource
  ) -> (any Model)? {
    if task == .causal || task == .sequenceToSequence { return nil }
    let encoder = Encoder(source.at(base), sizes, self)
    func saved(_ suffix: String) -> ModelConfiguration {
      configuration.with(architecture: stem + suffix)
    }
    func classifier(_ labels: [String]) -> EncoderClassifier {
      EncoderClassifier(saved("ForSequenceClassification"), labels, encoder, self, source)
    }
    switch task {
    case .classification(let labels): return classifier(labels)
    case .reward: return ScoringModel(classifier(ScoringModel.labels))
    case .tokenClassification(let labels):
      return BodyTokenClassifier(
        saved("ForTokenClassification"), labels: labels, encoder, width: sizes.hidden,
        head: "classifier", dropout: sizes.tokenDropout, deviation: sizes.initializerRange, source)
    case .masked: return MaskedEncoder(saved("ForMaskedLM"), encoder, self, source)
    case .encoding: return BodyModel(saved("Model"), encoder, source)
    case .causal, .sequenceToSequence: return nil
    }
  }
}

/// An encoder that classifies texts by their first token: pooled by a layer of its own, then mapped.
final class EncoderClassifier: SequenceClassifier, AssembledModel {
  let facts: ModelFacts
  let labels: [String]
  private let encoder: Encoder
  private let pooling, classifier: Linear

  init(
    _ configuration: ModelConfiguration, _ labels: [String], _ encoder: Encoder,
    _ names: EncoderNames, _ source: ParameterSource
  ) {
    let (width, deviation) = (encoder.sizes.hidden, encoder.sizes.initializerRange)
    pooling = Linear(source.at(names.pooling), width, width, deviation: deviation)
    classifier = Linear(source.at(names.classifier), width, labels.count, deviation: deviation)
    facts = ModelFacts(
      configuration.with(labels: labels), source, encoder, head: [names.classifier + "."],
      pooling: [names.pooling + "."])
    self.encoder = encoder
    self.labels = labels
  }

  func features(_ tape: Tape, _ batch: TokenBatch, below cut: ClassifierCut) -> Tensor {
    switch cut {
    case .layer(let number): encoder.states(tape, batch, below: number)
    case .pooling: encoder.first(tape, batch)
    case .output: pooled(tape, encoder.first(tape, batch), batch.layout.sequenceKeys)
    }
  }

  func logits(
    _ tape: Tape, features: Tensor, above cut: ClassifierCut, _ batch: TokenBatch
  ) -> Tensor {
    let keys = batch.layout.sequenceKeys
    let pooled =
      switch cut {
      case .layer(let number):
        pooled(tape, encoder.first(tape, batch, above: (features, number)), keys)
      case .pooling: pooled(tape, features, keys)
      case .output: features
      }
    return classifier(
      tape, tape.dropout(pooled, Dropout(encoder.sizes.classifierDropout, keys: keys)))
  }

  private func pooled(_ tape: Tape, _ first: Tensor, _ keys: RowKeys) -> Tensor {
    let sizes = encoder.sizes
    return pooling(
      tape, tape.dropout(first, Dropout(sizes.poolingDropout, keys: keys)),
      sizes.poolingActivation)
  }
}

/// An encoder that predicts masked tokens: a transformed vector against the word table.
final class MaskedEncoder: MaskedLanguageModel, AssembledModel, TiedHead {
  let facts: ModelFacts
  let outputWeight: Tensor
  let outputBias: Tensor?
  let untiedNames: (weight: String, oldBias: String?, bias: String?)
  private let encoder: Encoder
  private let transform: Linear
  private let norm: LayerNorm

  init(
    _ configuration: ModelConfiguration, _ encoder: Encoder, _ names: EncoderNames,
    _ source: ParameterSource
  ) {
    let sizes = encoder.sizes
    let (width, deviation) = (sizes.hidden, sizes.initializerRange)
    transform = Linear(source.at(names.transform), width, width, deviation: deviation)
    norm = LayerNorm(source.at(names.transformNorm), width, epsilon: sizes.epsilon)
    let output = source.at(names.prediction)
    outputWeight =
      sizes.isTied
      ? encoder.word : output.weight([sizes.vocabularySize, width], .normal(deviation))
    let bias = sizes.isTied ? "\(names.predictionBias).bias" : nil
    untiedNames = ("\(names.prediction).weight", bias, "\(names.prediction).bias")
    outputBias =
      (sizes.isTied ? source.at(names.predictionBias) : output).bias(sizes.vocabularySize)
    facts = ModelFacts(
      configuration, source, encoder,
      head: [names.transform, names.transformNorm, names.predictionBias, names.prediction]
        .map { $0 + "." })
    self.encoder = encoder
  }

  var tiedTable: Embedding? { outputWeight === encoder.word ? encoder.words : nil }

  func predictionStates(_ tape: Tape, _ batch: TokenBatch) -> Tensor {
    norm(tape, transform(tape, encoder(tape, batch), encoder.sizes.predictionActivation))
  }
}
