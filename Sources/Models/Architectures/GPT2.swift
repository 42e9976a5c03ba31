import Records
import Tensors

/// GPT-2 (Radford, Wu, Child and others 2019): a pre-norm transformer that sees earlier tokens.
///
///     x      = dropout(word + position)
///     x      = x + dropout(project(attention(split(norm₁(x)))))    ┐ each
///     x      = x + dropout(project(gelu(expand(norm₂(x)))))        ┘ block
///     logits = norm(x) · wordᵀ
struct GPT2: Decoder {
  let words: Embedding
  let place: VirtualPlace
  private let position: Embedding
  private let blocks: [GPT2Block]
  private let norm: LayerNorm
  private let configuration: GPT2Configuration

  init(_ scope: ParameterScope, _ c: GPT2Configuration) {
    let initial = Initialisation.normal(c.sizes.initializerRange)
    words = Embedding(scope.at("wte"), c.sizes.vocabularySize, c.hidden, initial)
    position = Embedding(scope.at("wpe"), c.sizes.positions, c.hidden, initial)
    blocks = (0..<c.sizes.layers).map { GPT2Block(scope.at("h.\($0)"), c, layer: $0) }
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
    tape.rowKeys = [context.rows]
    var x = states ?? embed(tape, batch, context)
    for number in numbers { x = tape.layer { [x] in blocks[number]($0, x, context) } }
    context.finish()
    return x
  }

  /// What the first block reads.
  private func embed(_ tape: Tape, _ batch: TokenBatch, _ context: DecoderContext) -> Tensor {
    let sum = tape.embed(words, batch, with: [(position, context.positions)], place)
    return place.mapped(
      tape, tape.dropout(sum, Dropout(configuration.embeddingDropout, keys: context.rows)))
  }
}

/// Attention to earlier tokens and a feed-forward network, each on a normalised input.
private struct GPT2Block {
  let split, project, expand, contract: Linear
  let attentionNorm, feedForwardNorm: LayerNorm
  let attentionEnd, outputEnd: Junction
  let attention: AttentionOptions
  let configuration: GPT2Configuration
  let layer: Int

  init(_ scope: ParameterScope, _ c: GPT2Configuration, layer: Int) {
    let deviation = c.sizes.initializerRange
    // Projections onto the residual begin smaller, so that its variance does not grow with depth.
    let residual = deviation / (2 * Double(c.sizes.layers)).squareRoot()
    func linear(_ name: String, _ inputs: Int, _ outputs: Int, _ deviation: Double) -> Linear {
      Linear(scope.at(name), inputs, outputs, deviation: deviation, layout: .inputByOutput)
    }
    attentionNorm = LayerNorm(scope.at("ln_1"), c.hidden, epsilon: c.epsilon)
    split = linear("attn.c_attn", c.hidden, 3 * c.hidden, deviation)
    project = linear("attn.c_proj", c.hidden, c.hidden, residual)
    feedForwardNorm = LayerNorm(scope.at("ln_2"), c.hidden, epsilon: c.epsilon)
    expand = linear("mlp.c_fc", c.hidden, c.inner, deviation)
    contract = linear("mlp.c_proj", c.inner, c.hidden, residual)
    attentionEnd = Junction(scope.at("attention_adapters"), .attention, c.hidden)
    outputEnd = Junction(scope.at("output_adapters"), .feedForward, c.hidden)
    attention = AttentionOptions(
      heads: c.heads, isCausal: true, scale: c.attentionScale(layer: layer),
      dropout: c.attentionDropout)
    configuration = c
    self.layer = layer
  }

  func callAsFunction(_ tape: Tape, _ x: Tensor, _ context: DecoderContext) -> Tensor {
    let dropout = Dropout(configuration.residualDropout, keys: context.rows)
    let width = configuration.hidden
    let packed = split(tape, attentionNorm(tape, x))
    let seen = context.attention(
      tape, layer: layer, query: Columns(packed, 0..<width),
      key: Columns(packed, width..<2 * width), value: Columns(packed, 2 * width..<3 * width),
      attention)
    let y = attentionEnd(tape, project, seen, residual: x, dropout)
    let inner = expand(tape, feedForwardNorm(tape, y), configuration.activation)
    return outputEnd(tape, contract(tape, inner), residual: y, dropout)
  }
}

/// The sizes of a GPT-2, with the defaults of transformers' `GPT2Config`.
struct GPT2Configuration: Sendable {
  let sizes: DecoderSizes
  let hidden, heads, inner: Int
  let activation: Activation
  let epsilon: Double
  let residualDropout, embeddingDropout, attentionDropout: Float
  private let scalesScores, scalesByLayer: Bool

  init(_ fields: ModelConfiguration) throws(ModelError) {
    try fields.require("add_cross_attention", toBe: false)
    hidden = try fields.size("n_embd", "hidden_size", default: 768)
    heads = try fields.size("n_head", "num_attention_heads", default: 12)
    inner = try fields.size("n_inner", default: 4 * hidden)
    sizes = try DecoderSizes(
      fields, vocabularySize: fields.size("vocab_size", default: 50257), hidden: hidden,
      layers: fields.size("n_layer", "num_hidden_layers", default: 12),
      positions: fields.size("n_positions", "n_ctx", "max_position_embeddings", default: 1024),
      keyColumns: hidden, isTied: true)
    activation = try Activation(
      named: fields.text("activation_function", default: "gelu_new"), file: fields.file)
    epsilon = try fields.real("layer_norm_epsilon", default: 1e-5)
    residualDropout = try fields.share("resid_pdrop", default: 0.1)
    embeddingDropout = try fields.share("embd_pdrop", default: 0.1)
    attentionDropout = try fields.share("attn_pdrop", default: 0.1)
    scalesScores = try fields.flag("scale_attn_weights", default: true)
    scalesByLayer = try fields.flag("scale_attn_by_inverse_layer_idx", default: false)
    try fields.requireHeads(heads, of: hidden)
  }

  /// The factor of the attention scores in a layer.
  func attentionScale(layer: Int) -> Float {
    let root = scalesScores ? 1 / Float(hidden / heads).squareRoot() : 1
    return scalesByLayer ? root / Float(layer + 1) : root
  }
}

extension ModelSizes {
  /// The `config.json` of a new model in the fields of GPT-2, which GPT-J took over.
  func gptFields(type: String) -> JSONObject {
    var fields: JSONObject = [
      "model_type": .string(type), "vocab_size": .integer(vocabulary),
      "n_embd": .integer(hidden), "n_layer": .integer(layers), "n_head": .integer(heads),
      "n_positions": .integer(positions), "n_inner": .integer(feedForward),
      "activation_function": "gelu_new", "layer_norm_epsilon": 1e-5, "resid_pdrop": 0.1,
      "embd_pdrop": 0.1, "attn_pdrop": 0.1, "initializer_range": 0.02,
      "tie_word_embeddings": true,
    ]
    writeSpecialTokens(to: &fields)
    return fields
  }

  /// Writes which tokens begin, end and pad; null where there is none.
  func writeSpecialTokens(to fields: inout JSONObject) {
    let tokens = [("bos_token_id", beginning), ("eos_token_id", end), ("pad_token_id", padding)]
    for (name, token) in tokens { fields[name] = token.map { .integer($0) } ?? .null }
  }
}

extension Architecture {
  static let gpt2 = Architecture(
    modelType: "gpt2", prefix: "transformer.", heads: ["lm_head.", "score.", "classifier."],
    outputs: ["score.", "classifier."],
    dropouts: ["resid_pdrop", "embd_pdrop", "attn_pdrop", "classifier_dropout"],
    configuration: { ModelConfiguration($0.gptFields(type: "gpt2")) },
    make: { (configuration, task, source) throws(ModelError) in
      let c = try GPT2Configuration(configuration)
      return DecoderNames(stem: "GPT2", causal: "LMHeadModel", tokenHead: "classifier")
        .model(configuration, task, source) { GPT2(source.at("transformer"), c) }
    })
}
