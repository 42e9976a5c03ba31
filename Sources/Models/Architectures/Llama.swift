import Records
import Tensors

/// Llama (Touvron, Lavril, Izacard and others 2023), Mistral and Qwen2.
///
///     x      = word
///     y      = norm₁(x)                                                       ┐
///     x      = x + output(attention(turn(query(y)), turn(key(y)), value(y)))  │ each
///     y      = norm₂(x)                                                       │ layer
///     x      = x + down(silu(gate(y)) · up(y))                                ┘
///     logits = head(norm(x))
///
/// Several query heads share one of keys and values. Mistral's layers see a window of tokens, as
/// some of Qwen2's do, whose queries, keys and values have biases.
struct Llama: Decoder {
  let words: Embedding
  let place: VirtualPlace
  private let layers: [LlamaLayer]
  private let norm: RMSNorm
  private let configuration: LlamaConfiguration

  init(_ scope: ParameterScope, _ c: LlamaConfiguration) {
    words = Embedding(
      scope.at("embed_tokens"), c.sizes.vocabularySize, c.hidden,
      .normal(c.sizes.initializerRange), padding: c.sizes.paddingWord)
    layers = (0..<c.sizes.layers).map { LlamaLayer(scope.at("layers.\($0)"), c, layer: $0) }
    norm = RMSNorm(scope.at("norm"), c.hidden, epsilon: c.epsilon)
    place = VirtualPlace(
      scope, layers: c.sizes.layers, width: c.hidden, heads: c.heads, keyHeads: c.keyValueHeads,
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
    var x = states ?? place.mapped(tape, tape.embed(words, batch, place))
    for number in numbers { x = tape.layer { [x] in layers[number]($0, x, context, angles) } }
    context.finish()
    return x
  }
}

/// Attention to earlier tokens and a gated feed-forward network, each on a normalised input.
private struct LlamaLayer {
  let attentionNorm, feedForwardNorm: RMSNorm
  let query, key, value, output, gate, up, down: Linear
  let attentionEnd, outputEnd: Junction
  let attention: AttentionOptions
  let configuration: LlamaConfiguration
  let layer: Int

  init(_ scope: ParameterScope, _ c: LlamaConfiguration, layer: Int) {
    func linear(_ name: String, _ inputs: Int, _ outputs: Int, _ hasBias: Bool) -> Linear {
      Linear(
        scope.at(name), inputs, outputs, deviation: c.sizes.initializerRange, hasBias: hasBias)
    }
    attentionNorm = RMSNorm(scope.at("input_layernorm"), c.hidden, epsilon: c.epsilon)
    query = linear("self_attn.q_proj", c.hidden, c.heads * c.head, c.biases.input)
    key = linear("self_attn.k_proj", c.hidden, c.sizes.keyColumns, c.biases.input)
    value = linear("self_attn.v_proj", c.hidden, c.sizes.keyColumns, c.biases.input)
    output = linear("self_attn.o_proj", c.heads * c.head, c.hidden, c.biases.output)
    feedForwardNorm = RMSNorm(
      scope.at("post_attention_layernorm"), c.hidden, epsilon: c.epsilon)
    gate = linear("mlp.gate_proj", c.hidden, c.intermediate, c.biases.feedForward)
    up = linear("mlp.up_proj", c.hidden, c.intermediate, c.biases.feedForward)
    down = linear("mlp.down_proj", c.intermediate, c.hidden, c.biases.feedForward)
    attentionEnd = Junction(scope.at("attention_adapters"), .attention, c.hidden)
    outputEnd = Junction(scope.at("output_adapters"), .feedForward, c.hidden)
    attention = AttentionOptions(
      heads: c.heads, keyValueHeads: c.keyValueHeads, isCausal: true, window: c.windows[layer],
      dropout: c.attentionDropout)
    configuration = c
    self.layer = layer
  }

  func callAsFunction(
    _ tape: Tape, _ x: Tensor, _ context: DecoderContext, _ angles: Tensor
  ) -> Tensor {
    let c = configuration
    let y = attentionNorm(tape, x)
    let turned = c.rotary(
      tape, Linear.jointly([query, key], tape, y), angles: angles, head: c.head)
    let seen = context.attention(
      tape, layer: layer, query: turned[0], key: turned[1], value: Columns(value(tape, y)),
      attention)
    let attended = attentionEnd(tape, output, seen, residual: x)
    let z = feedForwardNorm(tape, attended)
    let halves = Linear.jointly([gate, up], tape, z)
    let inner = tape.gated(halves[0], halves[1], c.activation)
    return outputEnd(tape, down(tape, inner), residual: attended)
  }
}
