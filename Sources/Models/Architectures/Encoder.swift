import Tensors

/// The encoder of BERT (Devlin, Chang, Lee, Toutanova 2018), a post-norm transformer.
///
///     x   = dropout(norm(word + position + segment))
///     x   = norm(x + dropout(output(attention(query(x), key(x), value(x)))))   ┐ each
///     x   = norm(x + dropout(output(gelu(intermediate(x)))))                   ┘ layer
///
/// RoBERTa counts positions from the padding token's id on; DistilBERT has no segments.
struct Encoder: ModelBody {
  let words: Embedding
  let sizes: EncoderSizes
  private let position: Embedding
  private let segment: Embedding?
  private let norm: LayerNorm
  private let layers: [EncoderLayer]
  private let place: VirtualPlace

  init(_ scope: ParameterScope, _ sizes: EncoderSizes, _ names: EncoderNames) {
    let embeddings = scope.at("embeddings")
    func table(_ name: String, _ entries: Int, padding: Int32? = nil) -> Embedding {
      Embedding(
        embeddings.at(name + "_embeddings"), entries, sizes.hidden,
        .normal(sizes.initializerRange), padding: padding)
    }
    words = table("word", sizes.vocabularySize, padding: sizes.paddingWord)
    position = table("position", sizes.positions, padding: sizes.padding)
    segment = sizes.segments > 0 ? table("token_type", sizes.segments) : nil
    norm = LayerNorm(embeddings.at("LayerNorm"), sizes.hidden, epsilon: sizes.epsilon)
    layers = (0..<sizes.layers).map { layer in
      EncoderLayer(scope.at("\(names.layers).\(layer)"), sizes, names)
    }
    place = VirtualPlace(
      scope, layers: sizes.layers, width: sizes.hidden, heads: sizes.heads,
      keyColumns: sizes.hidden, canPromptBehindEmbeddings: true)
    self.sizes = sizes
  }

  /// The vector of each token id, which also is the tied output of masked models.
  var word: Tensor { words.weight }
  var vocabularySize: Int { sizes.vocabularySize }
  var maximumLength: Int { sizes.maximumLength }

  /// The vector of every token: `[tokens, hidden]`.
  func callAsFunction(_ tape: Tape, _ batch: TokenBatch) -> Tensor {
    place.reading(tape, batch) { run(layers.indices, tape, $0, place.prefix(tape)) }
  }

  /// What the layer of a number reads, where nothing virtual stands before the tokens: `[tokens, hidden]`.
  func states(_ tape: Tape, _ batch: TokenBatch, below layer: Int) -> Tensor {
    run(0..<layer, tape, batch, nil)
  }

  /// The vector of the first token of each sequence, virtual ones included: `[sequences, hidden]`.
  ///
  /// The same numbers as those rows of all tokens; the last layer is not computed for the others,
  /// which saves most of a layer.
  /// - Parameter states: What the layer of a number reads, where those below it are not to run again.
  func first(
    _ tape: Tape, _ batch: TokenBatch, above states: (values: Tensor, layer: Int)? = nil
  ) -> Tensor {
    let batch = batch.prompted(place.prompt?.count ?? 0)
    let prefix = place.prefix(tape)
    let begin = states?.layer ?? 0
    let layout = SequenceLayout(
      lengths: batch.layout.lengths.map { min($0, 1) }, keys: batch.layout.keys)
    let rows = layout.tokenKeys
    if let last = layers.last, last.isGated, begin < layers.count {
      let all = run(begin..<layers.count, tape, batch, prefix, on: states?.values)
      tape.rowKeys.append(rows)
      return tape.gather(all, rows: batch.layout.firstRows)
    }
    let x = run(begin..<max(begin, layers.count - 1), tape, batch, prefix, on: states?.values)
    let first = tape.gather(x, rows: batch.layout.firstRows)
    guard let last = layers.last, begin < layers.count else { return first }
    tape.rowKeys.append(rows)
    return tape.layer {
      last($0, first, layout, rows, context: x, batch.layout, prefix, layers.count - 1)
    }
  }

  /// - Parameter states: What the first of the layers reads; the vectors of the tokens if nil.
  private func run(
    _ numbers: Range<Int>, _ tape: Tape, _ batch: TokenBatch, _ prefix: AttentionPrefix?,
    on states: Tensor? = nil
  ) -> Tensor {
    let rows = batch.layout.tokenKeys
    tape.rowKeys = [rows]
    let start = states ?? vectors(tape, batch, rows, after: prefix?.places ?? 0)
    return numbers.reduce(start) { x, number in
      tape.layer {
        layers[number]($0, x, batch.layout, rows, context: x, batch.layout, prefix, number)
      }
    }
  }

  /// What the first layer reads.
  private func vectors(
    _ tape: Tape, _ batch: TokenBatch, _ rows: RowKeys, after start: Int
  ) -> Tensor {
    guard place.promptsBehindEmbeddings, batch.virtual > 0 else {
      return embed(tape, batch, rows, after: start)
    }
    let words = batch.withoutVirtual
    return place.vectors(tape, batch) { _ in
      embed(tape, words, words.layout.tokenKeys, after: start)
    }
  }

  /// - Parameter start: How many places a prefix takes before the tokens.
  private func embed(
    _ tape: Tape, _ batch: TokenBatch, _ rows: RowKeys, after start: Int
  ) -> Tensor {
    // A model of one segment has seen no other, whatever the tokenizer calls a second text.
    let segments = sizes.segments > 1 ? batch.types : batch.types.map { _ in 0 }
    var parts: [(table: Embedding, ids: [Int32])] = []
    if let segment { parts.append((segment, segments)) }
    parts.append((position, sizes.positions(of: batch, after: start)))
    let sum = tape.embed(words, batch, with: parts, place)
    return place.mapped(
      tape, tape.dropout(norm(tape, sum), Dropout(sizes.hiddenDropout, keys: rows)))
  }
}

/// Self-attention and a feed-forward network, each added to its input and normalised.
private struct EncoderLayer {
  let query, key, value, attentionOutput, intermediate, output: Linear
  let attentionNorm, outputNorm: LayerNorm
  let attentionEnd, outputEnd: Junction
  let sizes: EncoderSizes

  init(_ scope: ParameterScope, _ sizes: EncoderSizes, _ names: EncoderNames) {
    let (hidden, inner) = (sizes.hidden, sizes.intermediate)
    func linear(_ name: String, _ inputs: Int, _ outputs: Int) -> Linear {
      Linear(scope.at(name), inputs, outputs, deviation: sizes.initializerRange)
    }
    func norm(_ name: String) -> LayerNorm {
      LayerNorm(scope.at(name), hidden, epsilon: sizes.epsilon)
    }
    query = linear(names.query, hidden, hidden)
    key = linear(names.key, hidden, hidden)
    value = linear(names.value, hidden, hidden)
    attentionOutput = linear(names.attentionOutput, hidden, hidden)
    attentionNorm = norm(names.attentionNorm)
    intermediate = linear(names.intermediate, hidden, inner)
    output = linear(names.output, inner, hidden)
    outputNorm = norm(names.outputNorm)
    attentionEnd = Junction(scope.at(names.attentionEnd), .attention, hidden)
    outputEnd = Junction(scope.at(names.outputEnd), .feedForward, hidden)
    self.sizes = sizes
  }

  /// Whether an adapter's gate reads all tokens of a text.
  var isGated: Bool {
    [query, attentionOutput, intermediate, output].contains { $0.adaptation is GatedMap }
      || [attentionEnd, outputEnd].contains { $0.bottleneck?.gate != nil }
  }

  /// The layer's output for the rows of `x`, which attend to the rows of `context`.
  func callAsFunction(
    _ tape: Tape, _ x: Tensor, _ layout: SequenceLayout, _ rows: RowKeys, context: Tensor,
    _ contextLayout: SequenceLayout, _ prefix: AttentionPrefix?, _ number: Int
  ) -> Tensor {
    let seen = Linear.jointly(
      (x === context ? [query] : []) + [key, value], tape, context)
    let own = (key: seen[seen.count - 2], value: seen[seen.count - 1], layout: contextLayout)
    let all =
      prefix?.before(
        tape, layer: number, key: own.key, value: own.value, own.layout, reading: context) ?? own
    let attention = tape.attention(
      query: x === context ? seen[0] : Columns(query(tape, x)), key: all.key, value: all.value,
      layout: layout, keys: all.layout,
      AttentionOptions(heads: sizes.heads, dropout: sizes.attentionDropout))
    let y = attentionEnd(
      tape, attentionOutput(tape, attention), residual: x,
      Dropout(sizes.attentionOutputDropout, keys: rows), attentionNorm)
    return outputEnd(
      tape, output(tape, intermediate(tape, y, sizes.activation)), residual: y,
      Dropout(sizes.hiddenDropout, keys: rows), outputNorm)
  }
}
