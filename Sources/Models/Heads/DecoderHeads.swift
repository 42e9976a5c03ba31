import Tensors

/// A decoder below its head: each token sees those before it.
protocol Decoder: ModelBody {
  /// The embedding of tokens, whose vectors tied models use as their output too.
  var words: Embedding { get }
  /// Where virtual tokens stand.
  var place: VirtualPlace { get }
  var sizes: DecoderSizes { get }
  /// What comes out of the layers of some numbers: `[tokens, hidden]`; the tokens follow those of the cache.
  /// - Parameter states: What the first of them reads; the vectors of the tokens if nil.
  func run(
    _ numbers: Range<Int>, _ tape: Tape, _ batch: TokenBatch, _ cache: KeyValueCache?,
    on states: Tensor?
  ) -> Tensor
  /// The norm of what comes out of the last layer.
  func ended(_ tape: Tape, _ x: Tensor) -> Tensor
}

extension Decoder {
  /// The vector of each token id.
  var word: Tensor { words.weight }
  var vocabularySize: Int { sizes.vocabularySize }
  var maximumLength: Int { sizes.positions }

  func callAsFunction(_ tape: Tape, _ batch: TokenBatch) -> Tensor {
    self(tape, batch, cache: nil)
  }

  /// The vectors after the last layer: `[tokens, hidden]`; the tokens follow those of the cache.
  func callAsFunction(_ tape: Tape, _ batch: TokenBatch, cache: KeyValueCache?) -> Tensor {
    place.reading(tape, batch, cache) { batch in
      ended(tape, run(0..<sizes.layers, tape, batch, cache, on: nil))
    }
  }

  /// What the layer of a number reads, where nothing virtual stands before the tokens: `[tokens, hidden]`.
  func states(_ tape: Tape, _ batch: TokenBatch, below layer: Int) -> Tensor {
    run(0..<layer, tape, batch, nil, on: nil)
  }

  /// The vectors after the last layer, of what the layer of a number reads.
  func callAsFunction(
    _ tape: Tape, _ batch: TokenBatch, above states: Tensor, layer: Int
  ) -> Tensor {
    ended(tape, run(layer..<sizes.layers, tape, batch, nil, on: states))
  }
}

/// What the heads of a decoder and its cache need to know.
struct DecoderSizes: Sendable {
  let vocabularySize, hidden, layers, positions: Int
  /// The width of a token's keys in one layer.
  let keyColumns: Int
  let initializerRange: Double
  let isTied: Bool
  /// The token that pads, which no text ends with.
  let padding: Int32?
  /// The entry of the word table whose vector takes no gradient, where the architecture has one.
  var paddingWord: Int32?
  /// The dropout of the token classifier.
  let tokenDropout: Float

  /// - Parameter isTied: What a file means that does not say.
  init(
    _ fields: ModelConfiguration, vocabularySize: Int, hidden: Int, layers: Int, positions: Int,
    keyColumns: Int, isTied: Bool
  ) throws(ModelError) {
    self.vocabularySize = vocabularySize
    self.hidden = hidden
    self.layers = layers
    self.positions = positions
    self.keyColumns = keyColumns
    self.isTied = try fields.flag("tie_word_embeddings", default: isTied)
    initializerRange = try fields.real("initializer_range", default: 0.02)
    padding = fields.token("pad_token_id")
    tokenDropout = try fields.share("classifier_dropout", "hidden_dropout", default: 0.1)
  }
}

/// How transformers names a decoder's classes and the layers of their heads.
struct DecoderNames: Sendable {
  /// The beginning of the classes' names.
  let stem: String
  /// The end of the name of the class that predicts tokens.
  var causal = "ForCausalLM"
  /// Whether the output has a bias.
  var hasOutputBias = false
  /// The head of token classification; nil where there is no such class.
  var tokenHead: String? = "score"

  /// The decoder with a task's head; nil where it has none.
  func model<Body: Decoder>(
    _ configuration: ModelConfiguration, _ task: ModelTask, _ source: ParameterSource,
    _ decoder: () -> Body
  ) -> (any Model)? {
    func saved(_ suffix: String) -> ModelConfiguration {
      configuration.with(architecture: stem + suffix)
    }
    func classifier(_ labels: [String]) -> DecoderClassifier {
      DecoderClassifier(saved("ForSequenceClassification"), labels, decoder(), source)
    }
    switch task {
    case .causal: return DecoderLanguageModel(saved(causal), decoder(), hasOutputBias, source)
    case .classification(let labels): return classifier(labels)
    case .reward: return ScoringModel(classifier(ScoringModel.labels))
    case .tokenClassification(let labels):
      guard let tokenHead else { return nil }
      let body = decoder()
      return BodyTokenClassifier(
        saved("ForTokenClassification"), labels: labels, body, width: body.sizes.hidden,
        head: tokenHead, dropout: body.sizes.tokenDropout,
        deviation: body.sizes.initializerRange, source)
    case .encoding: return BodyModel(saved("Model"), decoder(), source)
    case .masked, .sequenceToSequence: return nil
    }
  }
}

/// A decoder that predicts each token's successor.
final class DecoderLanguageModel: CachedCausalLanguageModel, AssembledModel, TiedHead {
  let facts: ModelFacts
  let outputWeight: Tensor
  let outputBias: Tensor?
  let outputMap: Linear?
  private let decoder: any Decoder

  init(
    _ configuration: ModelConfiguration, _ decoder: some Decoder, _ hasBias: Bool,
    _ source: ParameterSource
  ) {
    let (sizes, head) = (decoder.sizes, source.at("lm_head"))
    outputWeight =
      sizes.isTied
      ? decoder.word
      : head.weight([sizes.vocabularySize, sizes.hidden], .normal(sizes.initializerRange))
    outputBias = hasBias ? head.bias(sizes.vocabularySize) : nil
    outputMap = Linear(output: head.path, weight: outputWeight, bias: outputBias)
    facts = ModelFacts(configuration, source, decoder, head: ["lm_head."])
    self.decoder = decoder
  }

  var tiedTable: Embedding? { outputWeight === decoder.word ? decoder.words : nil }
  let untiedNames: (weight: String, oldBias: String?, bias: String?) = (
    "lm_head.weight", nil, nil
  )

  func hiddenStates(_ tape: Tape, _ batch: TokenBatch) -> Tensor { decoder(tape, batch) }

  func hiddenStates(_ tape: Tape, _ batch: TokenBatch, cache: KeyValueCache) -> Tensor {
    decoder(tape, batch, cache: cache)
  }

  func cache(sequences: Int, capacity: Int) -> KeyValueCache {
    KeyValueCache(
      layers: decoder.sizes.layers, columns: decoder.sizes.keyColumns, sequences: sequences,
      capacity: capacity + decoder.place.length)
  }
}

/// A decoder that classifies texts by their last token, which has seen all others.
final class DecoderClassifier: SequenceClassifier, AssembledModel {
  let facts: ModelFacts
  let labels: [String]
  private let decoder: any Decoder
  private let score: Linear

  init(
    _ configuration: ModelConfiguration, _ labels: [String], _ decoder: some Decoder,
    _ source: ParameterSource
  ) {
    score = Linear(
      source.at("score"), decoder.sizes.hidden, labels.count,
      deviation: decoder.sizes.initializerRange, hasBias: false)
    facts = ModelFacts(configuration.with(labels: labels), source, decoder, head: ["score."])
    self.decoder = decoder
    self.labels = labels
  }

  func features(_ tape: Tape, _ batch: TokenBatch, below cut: ClassifierCut) -> Tensor {
    if case .layer(let number) = cut { return decoder.states(tape, batch, below: number) }
    return tape.gather(decoder(tape, batch), rows: lastRows(batch))
  }

  func logits(
    _ tape: Tape, features: Tensor, above cut: ClassifierCut, _ batch: TokenBatch
  ) -> Tensor {
    var last = features
    if case .layer(let number) = cut {
      let vectors = decoder(tape, batch, above: features, layer: number)
      last = tape.gather(vectors, rows: lastRows(batch))
    }
    tape.rowKeys.append(batch.layout.sequenceKeys)
    return score(tape, last)
  }

  /// The row of each text's last token that is not padding, as transformers finds it by the ids.
  private func lastRows(_ batch: TokenBatch) -> [Int32] {
    let padding = decoder.sizes.padding
    return zip(batch.layout.starts, batch.layout.lengths).map { start, length in
      precondition(length > 0, "a text without tokens has no last one")
      let text = batch.ids[start..<start + length]
      let last = padding == nil ? text.indices.last : text.lastIndex { $0 != padding }
      return Int32(last ?? start)
    }
  }
}
