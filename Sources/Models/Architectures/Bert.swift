public import Tensors

/// The encoder of BERT (Devlin, Chang, Lee, Toutanova 2018), a post-norm transformer.
///
///     x   = dropout(norm(word + position + segment))
///     x   = norm(x + dropout(output(attention(query(x), key(x), value(x)))))   ┐ each
///     x   = norm(x + dropout(output(gelu(intermediate(x)))))                   ┘ layer
struct BertEncoder: Sendable {
  private let embeddings: BertEmbeddings
  private let layers: [BertLayer]

  init(_ scope: ParameterScope, _ c: BertConfiguration) {
    embeddings = BertEmbeddings(scope.at("embeddings"), c)
    layers = (0..<c.layers).map { BertLayer(scope.at("encoder.layer.\($0)"), c) }
  }

  /// The vector of every token: `[tokens, hidden]`.
  func callAsFunction(_ tape: Tape, _ batch: TokenBatch) -> Tensor {
    run(layers[...], tape, batch)
  }

  /// The vector of the first token of each sequence: `[sequences, hidden]`.
  ///
  /// The same numbers as those rows of all tokens; the last layer is not computed for the others,
  /// which saves most of a layer.
  func first(_ tape: Tape, _ batch: TokenBatch) -> Tensor {
    let x = run(layers.dropLast(), tape, batch)
    let first = tape.gather(x, rows: batch.layout.firstRows)
    guard let last = layers.last else { return first }
    let layout = SequenceLayout(
      lengths: batch.layout.lengths.map { min($0, 1) }, keys: batch.layout.keys)
    return last(tape, first, layout, layout.tokenKeys, context: x, batch.layout)
  }

  private func run(
    _ layers: ArraySlice<BertLayer>, _ tape: Tape, _ batch: TokenBatch
  ) -> Tensor {
    let rows = batch.layout.tokenKeys
    return layers.reduce(embeddings(tape, batch, rows)) { x, layer in
      layer(tape, x, batch.layout, rows, context: x, batch.layout)
    }
  }
}

/// Word, position and segment embeddings, added and normalised.
private struct BertEmbeddings {
  let word, position, type: Tensor
  let norm: LayerNorm
  let dropout: Float

  init(_ scope: ParameterScope, _ c: BertConfiguration) {
    let initial = Initialisation.normal(c.initializerRange)
    word = scope.at("word_embeddings").weight([c.vocabularySize, c.hidden], initial)
    position = scope.at("position_embeddings").weight([c.positions, c.hidden], initial)
    type = scope.at("token_type_embeddings").weight([c.types, c.hidden], initial)
    norm = LayerNorm(scope.at("LayerNorm"), c.hidden, epsilon: c.epsilon)
    dropout = c.hiddenDropout
  }

  func callAsFunction(_ tape: Tape, _ batch: TokenBatch, _ rows: RowKeys) -> Tensor {
    let sum = tape.embedding([
      (word, batch.ids), (type, batch.types), (position, batch.layout.positions),
    ])
    return tape.dropout(norm(tape, sum), Dropout(dropout, keys: rows))
  }
}

/// Self-attention and a feed-forward network, each added to its input and normalised.
private struct BertLayer {
  let query, key, value, attentionOutput, intermediate, output: Linear
  let attentionNorm, outputNorm: LayerNorm
  let configuration: BertConfiguration

  init(_ scope: ParameterScope, _ c: BertConfiguration) {
    func linear(_ name: String, _ inputs: Int, _ outputs: Int) -> Linear {
      Linear(scope.at(name), inputs, outputs, deviation: c.initializerRange)
    }
    query = linear("attention.self.query", c.hidden, c.hidden)
    key = linear("attention.self.key", c.hidden, c.hidden)
    value = linear("attention.self.value", c.hidden, c.hidden)
    attentionOutput = linear("attention.output.dense", c.hidden, c.hidden)
    attentionNorm = LayerNorm(
      scope.at("attention.output.LayerNorm"), c.hidden, epsilon: c.epsilon)
    intermediate = linear("intermediate.dense", c.hidden, c.intermediate)
    output = linear("output.dense", c.intermediate, c.hidden)
    outputNorm = LayerNorm(scope.at("output.LayerNorm"), c.hidden, epsilon: c.epsilon)
    configuration = c
  }

  /// The layer's output for the rows of `x`, which attend to the rows of `context`.
  func callAsFunction(
    _ tape: Tape, _ x: Tensor, _ layout: SequenceLayout, _ rows: RowKeys, context: Tensor,
    _ contextLayout: SequenceLayout
  ) -> Tensor {
    let c = configuration
    let dropout = Dropout(c.hiddenDropout, keys: rows)
    let attention = tape.attention(
      query: query(tape, x), key: key(tape, context), value: value(tape, context),
      layout: layout, keys: contextLayout,
      AttentionOptions(heads: c.heads, dropout: c.attentionDropout))
    let y = attentionNorm(tape, residual: x, adding: attentionOutput(tape, attention), dropout)
    return outputNorm(
      tape, residual: y, adding: output(tape, intermediate(tape, y, c.activation)), dropout)
  }
}

/// BERT with a classification head: the pooled first token, dropout, a linear map.
public final class BertClassifier: SequenceClassifier {
  /// The configuration as it is saved.
  public let configuration: ModelConfiguration
  /// Every parameter, in the order of the architecture.
  public let parameters: [NamedParameter]
  /// The class names in the order of the scores.
  public let labels: [String]
  /// The number of token ids.
  public var vocabularySize: Int { sizes.vocabularySize }
  /// The longest sequence it takes.
  public var maximumLength: Int { sizes.positions }
  /// The classifier.
  public let headNames = ["classifier."]
  /// The pooler below it.
  public let poolingNames = ["bert.pooler."]

  private let encoder: BertEncoder
  private let pooler: Linear
  private let classifier: Linear
  private let sizes: BertConfiguration

  init(_ configuration: ModelConfiguration, labels: [String], _ source: ParameterSource)
    throws(ModelError)
  {
    let c = try BertConfiguration(configuration)
    sizes = c
    self.labels = labels
    self.configuration =
      configuration.with(labels: labels).with(architecture: "BertForSequenceClassification")
    encoder = BertEncoder(source.at("bert"), c)
    pooler = Linear(
      source.at("bert.pooler.dense"), c.hidden, c.hidden, deviation: c.initializerRange)
    classifier = Linear(
      source.at("classifier"), c.hidden, labels.count, deviation: c.initializerRange)
    parameters = source.parameters
  }

  /// The scores before the softmax: `[sequences, labels]`.
  public func logits(_ tape: Tape, _ batch: TokenBatch) -> Tensor {
    let pooled = tape.dropout(
      pooler(tape, encoder.first(tape, batch), .tanh),
      Dropout(sizes.classifierDropout, keys: batch.layout.sequenceKeys))
    return classifier(tape, pooled)
  }
}

/// BERT without a head: vectors of tokens in context.
public final class BertTextEncoder: TextEncoder {
  /// The configuration as it is saved.
  public let configuration: ModelConfiguration
  /// Every parameter, in the order of the architecture.
  public let parameters: [NamedParameter]
  /// The number of token ids.
  public var vocabularySize: Int { sizes.vocabularySize }
  /// The longest sequence it takes.
  public var maximumLength: Int { sizes.positions }
  /// There is no head.
  public let headNames: [String] = []
  /// Nothing is pooled.
  public let poolingNames: [String] = []
  private let encoder: BertEncoder
  private let sizes: BertConfiguration

  init(_ configuration: ModelConfiguration, _ source: ParameterSource) throws(ModelError) {
    sizes = try BertConfiguration(configuration)
    self.configuration = configuration.with(architecture: "BertModel")
    encoder = BertEncoder(source.at("bert"), sizes)
    parameters = source.parameters
  }

  /// The vectors of the last layer: `[tokens, hidden]`.
  public func hiddenStates(_ tape: Tape, _ batch: TokenBatch) -> Tensor { encoder(tape, batch) }
}
