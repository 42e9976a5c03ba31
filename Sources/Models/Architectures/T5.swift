import Tensors

/// T5 (Raffel and others, 2020): a pre-norm encoder and decoder that know distances, not places.
///
///     x      = dropout(word)
///     x      = x + dropout(o(attention(q(norm(x)), k, v, bias(distance))))    ┐ each
///     x      = x + dropout(o(attention(q(norm(x)), k(source), v(source))))    │ block (second
///     x      = x + dropout(wo(dropout(relu(wi(norm(x))))))                    ┘ line: decoder)
///     logits = dropout(norm(x)) · hidden^-½ · wordᵀ
///
/// Norms only scale, maps have no bias, scores are not scaled; one bias serves all blocks of a stack.
/// Version 1.1 gates by gelu(wi₀(x)) · wi₁(x), and its head stands alone and unscaled.
final class T5: SequenceToSequenceModel, AssembledModel, TiedHead {
  let facts: ModelFacts
  /// The vector of each vocabulary entry: the word embedding's in v1.0, the head's own in v1.1.
  let outputWeight: Tensor
  /// The head of v1.1.
  let outputMap: Linear?
  /// Targets may be of any length, as may sources: places are not counted.
  let maximumTargetLength = Int.max
  var decoderStart: Int32 { sizes.decoderStart }
  var padding: Int32 { sizes.padding }

  /// The vector of each word, of which both stacks read, and the output where it is tied.
  private let words: Embedding
  /// The same under the names of the stacks.
  private let sourceWords, targetWords: Embedding
  private let encoder, decoder: T5Stack
  private let sizes: T5Configuration

  init(_ configuration: ModelConfiguration, _ source: ParameterSource) throws(ModelError) {
    let c = try T5Configuration(configuration)
    sizes = c
    let initial = Initialisation.normal(c.initializerFactor)
    words = Embedding(
      source.at("shared"), c.vocabularySize, c.hidden, initial, isListed: false)
    sourceWords = Embedding(source.at("encoder.embed_tokens"), sharing: words)
    targetWords = Embedding(source.at("decoder.embed_tokens"), sharing: words)
    encoder = T5Stack(source.at("encoder"), c, isDecoder: false)
    decoder = T5Stack(source.at("decoder"), c, isDecoder: true)
    let hasHead = !c.scalesOutput && source.holds("lm_head.weight")
    outputWeight =
      hasHead ? source.at("lm_head").weight([c.vocabularySize, c.hidden], initial) : words.weight
    // Twins of the shared embedding, and a bias that the first T5 files hold and nothing reads.
    outputMap =
      hasHead ? Linear(output: "lm_head", weight: outputWeight, bias: nil) : nil
    for name in [
      "encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight",
      "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight",
    ] { source.skip(name) }
    facts = ModelFacts(
      configuration.with(architecture: "T5ForConditionalGeneration"), source,
      vocabularySize: c.vocabularySize, maximumLength: c.positions, head: ["lm_head."])
  }

  var wordTable: Embedding? { words }
  var tiedTable: Embedding? { outputWeight === words.weight ? words : nil }
  let untiedNames: (weight: String, oldBias: String?, bias: String?) = (
    "lm_head.weight", nil, nil
  )

  /// The vectors of the source's tokens: `[source tokens, hidden]`.
  func encode(_ tape: Tape, _ source: TokenBatch) -> Tensor {
    encoder(
      tape, source.prompted(encoder.place.prompt?.count ?? 0), sourceWords, cache: nil,
      memory: nil)
  }

  /// The keys and values of every block's second attention.
  func memory(_ tape: Tape, encoded: Tensor, source: SequenceLayout) -> SourceMemory {
    let layout = encoder.place.layout(source)
    tape.rowKeys = [layout.tokenKeys]
    return decoder.place.memory(tape, decoder.memories(tape, encoded), layout)
  }

  /// An empty cache for the decoder.
  func cache(sequences: Int, capacity: Int) -> KeyValueCache {
    KeyValueCache(
      layers: sizes.decoderLayers, columns: sizes.heads * sizes.headWidth, sequences: sequences,
      capacity: capacity + decoder.place.length)
  }

  /// What the output weight is applied to: `[target tokens, hidden]`.
  func decode(
    _ tape: Tape, _ target: TokenBatch, memory: SourceMemory, cache: KeyValueCache?
  ) -> Tensor {
    let x = decoder(tape, target, targetWords, cache: cache, memory: memory)
    return sizes.scalesOutput ? tape.scale(x, by: 1 / Float(sizes.hidden).squareRoot()) : x
  }
}

/// The blocks of the encoder or of the decoder, and the bias they share.
private struct T5Stack {
  let place: VirtualPlace
  private let bias: RelativePositionBias
  private let blocks: [T5Block]
  private let norm: RMSNorm
  private let dropout: Float

  init(_ scope: ParameterScope, _ c: T5Configuration, isDecoder: Bool) {
    let count = isDecoder ? c.decoderLayers : c.layers
    blocks = (0..<count).map { T5Block(scope.at("block.\($0)"), c, isDecoder: isDecoder) }
    bias = RelativePositionBias(
      scope.at("block.0.layer.0.SelfAttention.relative_attention_bias"), heads: c.heads,
      buckets: DistanceBuckets(
        count: c.buckets, maximum: c.maximumDistance, isBidirectional: !isDecoder),
      deviation: c.initializerFactor / Double(c.hidden).squareRoot())
    norm = RMSNorm(scope.at("final_layer_norm"), c.hidden, epsilon: c.epsilon)
    dropout = c.dropout
    place = VirtualPlace(
      scope, isDecoder ? .decoder : .encoder, layers: count, width: c.hidden, heads: c.heads,
      keyColumns: c.heads * c.headWidth)
  }

  func memories(_ tape: Tape, _ encoded: Tensor) -> [(key: Tensor, value: Tensor)] {
    blocks.compactMap { $0.source?.keysAndValues(tape, encoded) }
  }

  /// - Parameter table: The vector of each word.
  func callAsFunction(
    _ tape: Tape, _ batch: TokenBatch, _ table: Embedding, cache: KeyValueCache?,
    memory: SourceMemory?
  ) -> Tensor {
    let context = DecoderContext(batch.layout, cache, place.prefix(tape, cache))
    let words = place.vectors(tape, batch) {
      tape.addingNoise(tape.embed([(table, $0)]), to: batch)
    }
    let dropout = Dropout(dropout, keys: context.rows)
    let unseen = place.distance > 0 && !place.beginsWithPrefix ? place.distance : 0
    let bias = bias(
      tape, queries: context.layout.longest, keys: (context.lengths.max() ?? 0) - unseen,
      distance: place.distance - unseen)
    tape.rowKeys = [context.rows]
    var x = place.mapped(tape, tape.dropout(words, dropout))
    for (layer, block) in blocks.enumerated() {
      let bias = layer < place.layersWithDistances ? bias : nil
      x = tape.layer { [x] in block($0, x, context, memory, layer: layer, bias, dropout) }
    }
    context.finish()
    return tape.dropout(norm(tape, x), dropout)
  }
}

/// Attention to the own sequence, in the decoder to the source, and a feed-forward network.
private struct T5Block {
  private let norms: [RMSNorm]
  private let own: T5Attention
  let source: T5Attention?
  private let network: T5FeedForward
  private let ends: [Junction]

  init(_ scope: ParameterScope, _ c: T5Configuration, isDecoder: Bool) {
    let parts = (0..<(isDecoder ? 3 : 2)).map { scope.at("layer.\($0)") }
    own = T5Attention(parts[0].at("SelfAttention"), c, isCausal: isDecoder)
    source = isDecoder ? T5Attention(parts[1].at("EncDecAttention"), c, isCausal: false) : nil
    network = T5FeedForward(parts[parts.count - 1].at("DenseReluDense"), c)
    let kinds: [Junction.Kind] =
      isDecoder ? [.attention, .crossAttention, .feedForward] : [.attention, .feedForward]
    ends = zip(parts, kinds).map { Junction($0, $1, c.hidden) }
    norms = parts.map { RMSNorm($0.at("layer_norm"), c.hidden, epsilon: c.epsilon) }
  }

  func callAsFunction(
    _ tape: Tape, _ x: Tensor, _ context: DecoderContext, _ memory: SourceMemory?, layer: Int,
    _ bias: Tensor?, _ dropout: Dropout
  ) -> Tensor {
    var y = attend(tape, x, context, layer: layer, bias, dropout)
    if let memory { y = attend(tape, y, context, to: memory, layer: layer, dropout) }
    return feedForward(tape, y, dropout)
  }

  /// Adds what the tokens see of their own sequence.
  private func attend(
    _ tape: Tape, _ x: Tensor, _ context: DecoderContext, layer: Int, _ bias: Tensor?,
    _ dropout: Dropout
  ) -> Tensor {
    let y = norms[0](tape, x)
    let parts = Linear.jointly([own.query, own.key, own.value], tape, y)
    let seen = context.attention(
      tape, layer: layer, query: parts[0], key: parts[1], value: parts[2], bias: bias,
      own.options)
    return ends[0](tape, own.output(tape, seen), residual: x, dropout)
  }

  /// Adds what the tokens see of their source.
  private func attend(
    _ tape: Tape, _ x: Tensor, _ context: DecoderContext, to memory: SourceMemory, layer: Int,
    _ dropout: Dropout
  ) -> Tensor {
    guard let source else { return x }
    let (key, value) = memory.layers[layer]
    let seen = tape.attention(
      query: source.query(tape, norms[1](tape, x)), key: key, value: value,
      layout: context.layout, keys: memory.layout, source.options)
    return ends[1](tape, source.output(tape, seen), residual: x, dropout)
  }

  private func feedForward(_ tape: Tape, _ x: Tensor, _ dropout: Dropout) -> Tensor {
    let inner = network(tape, norms[norms.count - 1](tape, x), dropout)
    return ends[ends.count - 1](tape, inner, residual: x, dropout)
  }
}

/// The four maps of an attention, whose scores are not scaled: the first map begins smaller instead.
private struct T5Attention {
  let query, key, value, output: Linear
  let options: AttentionOptions

  init(_ scope: ParameterScope, _ c: T5Configuration, isCausal: Bool) {
    let (hidden, inner) = (Double(c.hidden), c.heads * c.headWidth)
    func map(_ name: String, _ inputs: Int, _ outputs: Int, _ variance: Double) -> Linear {
      Linear(
        scope.at(name), inputs, outputs, deviation: c.initializerFactor / variance.squareRoot(),
        hasBias: false)
    }
    query = map("q", c.hidden, inner, hidden * Double(c.headWidth))
    key = map("k", c.hidden, inner, hidden)
    value = map("v", c.hidden, inner, hidden)
    output = map("o", inner, c.hidden, Double(inner))
    options = AttentionOptions(heads: c.heads, isCausal: isCausal, scale: 1, dropout: c.dropout)
  }

  func keysAndValues(_ tape: Tape, _ x: Tensor) -> (key: Tensor, value: Tensor) {
    (key(tape, x), value(tape, x))
  }
}

/// wo(dropout(activation(wi(x)))), or with a gate in v1.1.
private struct T5FeedForward {
  private let input: Linear
  private let gated: Linear?
  private let output: Linear
  private let activation: Activation

  init(_ scope: ParameterScope, _ c: T5Configuration) {
    func map(_ name: String, _ inputs: Int, _ outputs: Int) -> Linear {
      Linear(
        scope.at(name), inputs, outputs,
        deviation: c.initializerFactor / Double(inputs).squareRoot(), hasBias: false)
    }
    input = map(c.isGated ? "wi_0" : "wi", c.hidden, c.feedForward)
    gated = c.isGated ? map("wi_1", c.hidden, c.feedForward) : nil
    output = map("wo", c.feedForward, c.hidden)
    activation = c.activation
  }

  func callAsFunction(_ tape: Tape, _ x: Tensor, _ dropout: Dropout) -> Tensor {
    let inner =
      if let gated {
        gate(tape, x, with: gated)
      } else {
        input(tape, x, activation)
      }
    return output(tape, tape.dropout(inner, dropout))
  }

  private func gate(_ tape: Tape, _ x: Tensor, with gated: Linear) -> Tensor {
    let halves = Linear.jointly([input, gated], tape, x)
    return tape.gated(halves[0], halves[1], activation)
  }
}
