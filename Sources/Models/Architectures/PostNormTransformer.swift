import Tensors

/// A translation model of two post-norm stacks: what Marian and FSMT share.
protocol PostNormTranslator: SequenceToSequenceModel, AssembledModel {
  var encoder: PostNormStack { get }
  var decoder: PostNormStack { get }
  var sizes: PostNormConfiguration { get }
}

extension PostNormTranslator {
  var decoderStart: Int32 { sizes.decoderStart }
  var padding: Int32 { sizes.padding }

  func encode(_ tape: Tape, _ source: TokenBatch) -> Tensor {
    encoder(tape, source.prompted(encoder.place.prompt?.count ?? 0), cache: nil)
  }

  func memory(_ tape: Tape, encoded: Tensor, source: SequenceLayout) -> SourceMemory {
    let layout = encoder.place.layout(source)
    tape.rowKeys = [layout.tokenKeys]
    return SourceMemory(layers: decoder.memories(tape, encoded), layout: layout)
  }

  func cache(sequences: Int, capacity: Int) -> KeyValueCache {
    KeyValueCache(
      layers: sizes.decoder.layers, columns: sizes.hidden, sequences: sequences,
      capacity: capacity + decoder.place.length)
  }

  func decode(
    _ tape: Tape, _ target: TokenBatch, memory: SourceMemory, cache: KeyValueCache?
  ) -> Tensor {
    decoder(tape, target, cache: cache, memory: memory)
  }
}

/// The encoder or decoder of "Attention is all you need" (Vaswani and others, 2017).
///
///     x = dropout(word · √hidden + sinusoid)
///     x = norm(x + dropout(attention(x)))                        ┐ each
///     x = norm(x + dropout(attention(x, source)))    (decoder)   │ layer
///     x = norm(x + dropout(fc2(dropout(activation(fc1(x))))))    ┘
struct PostNormStack: Sendable {
  let place: VirtualPlace
  private let embedding: SinusoidalEmbedding
  private let layers: [PostNormLayer]

  init(
    _ scope: ParameterScope, _ c: PostNormConfiguration, _ stack: PostNormConfiguration.Stack,
    _ embedding: SinusoidalEmbedding, isDecoder: Bool
  ) {
    self.embedding = embedding
    layers = (0..<stack.layers).map {
      PostNormLayer(scope.at("layers.\($0)"), c, stack, isDecoder: isDecoder)
    }
    place = VirtualPlace(
      scope, isDecoder ? .decoder : .encoder, layers: stack.layers, width: c.hidden,
      heads: stack.heads, keyColumns: c.hidden,
      losesFactorInPEFT: embedding.firstPlace == 0 && c.wordFactor != 1)
  }

  /// Each layer's keys and values of the source.
  func memories(_ tape: Tape, _ encoded: Tensor) -> [(key: Tensor, value: Tensor)] {
    layers.compactMap { $0.source?.keysAndValues(tape, encoded) }
  }

  /// The vectors of tokens: `[tokens, hidden]`.
  func callAsFunction(
    _ tape: Tape, _ batch: TokenBatch, cache: KeyValueCache?, memory: SourceMemory? = nil
  ) -> Tensor {
    let context = DecoderContext(batch.layout, cache, place.prefix(tape, cache))
    tape.rowKeys = [context.rows]
    var x = embedding(tape, batch, context, place)
    for (number, layer) in layers.enumerated() {
      x = tape.layer { [x] in layer($0, x, context, memory, number) }
    }
    context.finish()
    return x
  }
}

/// Words, whose vectors are learned, and places, whose vectors are computed.
struct SinusoidalEmbedding: Sendable {
  let words: Embedding
  let places: Tensor
  /// The row of a sequence's first place.
  let firstPlace: Int32
  let configuration: PostNormConfiguration
  /// The places of sequences that are longer than the model was made for, where there are such.
  var longer: (@Sendable (_ rows: Int) -> Tensor)?

  func callAsFunction(
    _ tape: Tape, _ batch: TokenBatch, _ context: DecoderContext, _ place: VirtualPlace
  ) -> Tensor {
    let (c, ids) = (configuration, batch.ids)
    let vectors = place.vectors(tape, batch, factor: c.wordFactor) {
      tape.addingNoise(tape.embed(words, $0, factor: $1), to: batch, factor: $1)
    }
    var rows = context.positions.map { $0 + firstPlace }
    // fairseq counts no place for padding, which only a model that generates it ever reads.
    if firstPlace > 0 {
      for place in ids.indices where ids[place] == c.padding { rows[place] -= 1 }
    }
    let needed = Int(rows.max() ?? 0) + 1
    let places = needed > places.rows ? longer?(needed) ?? places : places
    let sum = tape.add(vectors, tape.gather(places, rows: rows))
    return tape.dropout(sum, Dropout(c.dropout, keys: context.rows))
  }
}

/// Attention to the own sequence, in the decoder to the source, and a feed-forward network.
private struct PostNormLayer {
  private let own: PostNormAttention
  let source: PostNormAttention?
  private let expand, contract: Linear
  private let ownNorm, outputNorm: LayerNorm
  private let sourceNorm: LayerNorm?
  private let ownEnd, outputEnd: Junction
  private let configuration: PostNormConfiguration

  init(
    _ scope: ParameterScope, _ c: PostNormConfiguration, _ stack: PostNormConfiguration.Stack,
    isDecoder: Bool
  ) {
    func attention(_ name: String, isCausal: Bool) -> PostNormAttention {
      PostNormAttention(scope.at(name), c, heads: stack.heads, isCausal: isCausal)
    }
    func norm(_ name: String) -> LayerNorm {
      LayerNorm(scope.at(name), c.hidden, epsilon: 1e-5)
    }
    own = attention("self_attn", isCausal: isDecoder)
    ownNorm = norm("self_attn_layer_norm")
    source = isDecoder ? attention("encoder_attn", isCausal: false) : nil
    sourceNorm = isDecoder ? norm("encoder_attn_layer_norm") : nil
    expand = Linear(scope.at("fc1"), c.hidden, stack.feedForward, deviation: c.deviation)
    contract = Linear(scope.at("fc2"), stack.feedForward, c.hidden, deviation: c.deviation)
    outputNorm = norm("final_layer_norm")
    ownEnd = Junction(scope.at("attention_adapters"), .attention, c.hidden)
    outputEnd = Junction(scope.at("output_adapters"), .feedForward, c.hidden)
    configuration = c
  }

  func callAsFunction(
    _ tape: Tape, _ x: Tensor, _ context: DecoderContext, _ memory: SourceMemory?, _ number: Int
  ) -> Tensor {
    var y = attend(tape, x, context, number)
    if let memory { y = attend(tape, y, context, to: memory, number) }
    return feedForward(tape, y, context.rows)
  }

  private func dropout(_ rows: RowKeys) -> Dropout { Dropout(configuration.dropout, keys: rows) }

  /// Adds what the tokens see of their own sequence.
  private func attend(
    _ tape: Tape, _ x: Tensor, _ context: DecoderContext, _ layer: Int
  ) -> Tensor {
    let parts = Linear.jointly([own.query, own.key, own.value], tape, x)
    let seen = context.attention(
      tape, layer: layer, query: parts[0], key: parts[1], value: parts[2], own.options)
    return ownEnd(
      tape, own.output(tape, seen), residual: x, dropout(context.rows), ownNorm)
  }

  /// Adds what the tokens see of their source.
  private func attend(
    _ tape: Tape, _ x: Tensor, _ context: DecoderContext, to memory: SourceMemory, _ layer: Int
  ) -> Tensor {
    guard let source, let sourceNorm else { return x }
    let (key, value) = memory.layers[layer]
    let seen = tape.attention(
      query: source.query(tape, x), key: key, value: value, layout: context.layout,
      keys: memory.layout, source.options)
    return sourceNorm(
      tape, residual: x, adding: source.output(tape, seen), dropout(context.rows))
  }

  private func feedForward(_ tape: Tape, _ x: Tensor, _ rows: RowKeys) -> Tensor {
    let inner = tape.dropout(
      expand(tape, x, configuration.activation),
      Dropout(configuration.activationDropout, keys: rows))
    return outputEnd(tape, contract(tape, inner), residual: x, dropout(rows), outputNorm)
  }
}

/// The four maps of an attention.
private struct PostNormAttention {
  let query, key, value, output: Linear
  let options: AttentionOptions

  init(_ scope: ParameterScope, _ c: PostNormConfiguration, heads: Int, isCausal: Bool) {
    func map(_ name: String) -> Linear {
      Linear(scope.at(name), c.hidden, c.hidden, deviation: c.deviation)
    }
    key = map("k_proj")
    value = map("v_proj")
    query = map("q_proj")
    output = map("out_proj")
    options = AttentionOptions(heads: heads, isCausal: isCausal, dropout: c.attentionDropout)
  }

  func keysAndValues(_ tape: Tape, _ x: Tensor) -> (key: Tensor, value: Tensor) {
    (key(tape, x), value(tape, x))
  }
}
