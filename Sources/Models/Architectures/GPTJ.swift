import Records
import Tensors

/// GPT-J (Wang, Komatsuzaki 2021): attention and feed-forward network read the same norm, in parallel.
///
///     x      = dropout(word)
///     y      = norm(x)                                                        ┐
///     a      = output(attention(turn(query(y)), turn(key(y)), value(y)))      │ each block
///     x      = x + dropout(a) + dropout(contract(gelu(expand(y))))            ┘
///     logits = head(norm(x))
struct GPTJ: Decoder {
  let words: Embedding
  let place: VirtualPlace
  private let blocks: [GPTJBlock]
  private let norm: LayerNorm
  private let configuration: GPTJConfiguration

  init(_ scope: ParameterScope, _ c: GPTJConfiguration) {
    words = Embedding(
      scope.at("wte"), c.sizes.vocabularySize, c.hidden, .normal(c.sizes.initializerRange))
    blocks = (0..<c.sizes.layers).map { GPTJBlock(scope.at("h.\($0)"), c, layer: $0) }
    norm = LayerNorm(scope.at("ln_f"), c.hidden, epsilon: c.epsilon)
    place = VirtualPlace(
      scope, layers: c.sizes.layers, width: c.hidden, heads: c.heads,
      keyColumns: c.sizes.keyColumns)
    configuration = c
  }

  var sizes: DecoderSizes { configuration.sizes }

  func ended(_ tape: Tape, _ x: Tensor) -> Tensor { norm(tape, x) }

  func run(
    _ numbers: Range<Int>, _ tape: Tape, _ batch: TokenBatch, _ cache: KeyValueCache?,
    on states: Tensor?
  ) -> Tensor {
    let context = DecoderContext(batch.layout, cache, place.prefix(tape, cache))
    let angles = configuration.rotary.angles(context)
    tape.rowKeys = [context.rows]
    var x = states ?? embed(tape, batch, context)
    for number in numbers { x = tape.layer { [x] in blocks[number]($0, x, context, angles) } }
    context.finish()
    return x
  }

  /// What the first block reads.
  private func embed(_ tape: Tape, _ batch: TokenBatch, _ context: DecoderContext) -> Tensor {
    place.mapped(
      tape,
      tape.dropout(
        tape.embed(words, batch, place),
        Dropout(configuration.embeddingDropout, keys: context.rows)))
  }
}

/// Attention to earlier tokens beside a feed-forward network.
private struct GPTJBlock {
  let norm: LayerNorm
  let query, key, value, output, expand, contract: Linear
  let attentionEnd, outputEnd: Junction
  let configuration: GPTJConfiguration
  let layer: Int

  init(_ scope: ParameterScope, _ c: GPTJConfiguration, layer: Int) {
    let deviation = c.sizes.initializerRange
    func projection(_ name: String) -> Linear {
      Linear(
        scope.at("attn." + name), c.hidden, c.hidden, deviation: deviation, hasBias: false)
    }
    norm = LayerNorm(scope.at("ln_1"), c.hidden, epsilon: c.epsilon)
    query = projection("q_proj")
    key = projection("k_proj")
    value = projection("v_proj")
    output = projection("out_proj")
    expand = Linear(scope.at("mlp.fc_in"), c.hidden, c.inner, deviation: deviation)
    contract = Linear(scope.at("mlp.fc_out"), c.inner, c.hidden, deviation: deviation)
    attentionEnd = Junction(scope.at("attention_adapters"), .attention, c.hidden)
    outputEnd = Junction(scope.at("output_adapters"), .feedForward, c.hidden)
    configuration = c
    self.layer = layer
  }

  func callAsFunction(
    _ tape: Tape, _ x: Tensor, _ context: DecoderContext, _ angles: Tensor
  ) -> Tensor {
    let c = configuration
    let dropout = Dropout(c.residualDropout, keys: context.rows)
    let y = norm(tape, x)
    let turned = c.rotary(
      tape, Linear.jointly([query, key], tape, y), angles: angles, head: c.hidden / c.heads)
    let seen = context.attention(
      tape, layer: layer, query: turned[0], key: turned[1], value: Columns(value(tape, y)),
      AttentionOptions(heads: c.heads, isCausal: true, dropout: c.attentionDropout))
    let attended = attentionEnd(tape, output(tape, seen), residual: x, dropout)
    let inner = contract(tape, expand(tape, y, c.activation))
    return outputEnd(tape, inner, residual: attended, dropout)
  }
}

/// The sizes of a GPT-J, with the defaults of transformers' `GPTJConfig`.
struct GPTJConfiguration: Sendable {
  let sizes: DecoderSizes
  let hidden, heads, inner: Int
  let rotary: RotaryEmbedding
  let activation: Activation
  let epsilon: Double
  let residualDropout, embeddingDropout, attentionDropout: Float

  init(_ fields: ModelConfiguration) throws(ModelError) {
    hidden = try fields.size("n_embd", "hidden_size", default: 4096)
    heads = try fields.size("n_head", "num_attention_heads", default: 16)
    try fields.requireHeads(heads, of: hidden)
    inner = try fields.size("n_inner", default: 4 * hidden)
    sizes = try DecoderSizes(
      fields, vocabularySize: fields.size("vocab_size", default: 50400), hidden: hidden,
      layers: fields.size("n_layer", "num_hidden_layers", default: 28),
      positions: fields.size("n_positions", "max_position_embeddings", default: 2048),
      keyColumns: hidden, isTied: false)
    let turning = try fields.optionalSize("rotary_dim", default: 64) ?? hidden / heads
    guard turning <= hidden / heads else {
      throw ModelError(
        .invalid, file: fields.file,
        problem: "rotary_dim is \(turning), and a head has \(hidden / heads) values")
    }
    rotary = RotaryEmbedding(
      try RotaryFrequencies(fields, dimension: turning, positions: sizes.positions),
      interleaved: true)
    activation = try Activation(
      named: fields.text("activation_function", default: "gelu_new"), file: fields.file)
    epsilon = try fields.real("layer_norm_epsilon", default: 1e-5)
    residualDropout = try fields.share("resid_pdrop", default: 0)
    embeddingDropout = try fields.share("embd_pdrop", default: 0)
    attentionDropout = try fields.share("attn_pdrop", default: 0)
  }
}

extension Architecture {
  static let gptJ = Architecture(
    modelType: "gptj", prefix: "transformer.", heads: ["lm_head.", "score.", "qa_outputs."],
    outputs: ["score."], dropouts: ["resid_pdrop", "embd_pdrop", "attn_pdrop"],
    configuration: { sizes in
      var fields = sizes.gptFields(type: "gptj")
      fields["tie_word_embeddings"] = false
      // A quarter of each head turns, as in the model of six billion; pairs need an even number.
      fields["rotary_dim"] = .integer(max(2, sizes.hidden / max(sizes.heads, 1) / 8 * 2))
      return ModelConfiguration(fields)
    },
    make: { (configuration, task, source) throws(ModelError) in
      let c = try GPTJConfiguration(configuration)
      return DecoderNames(stem: "GPTJ", hasOutputBias: true, tokenHead: nil)
        .model(configuration, task, source) { GPTJ(source.at("transformer"), c) }
    })
}
