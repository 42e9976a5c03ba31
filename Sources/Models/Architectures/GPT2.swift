import Records
public import Tensors

/// GPT-2 (Radford, Wu, Child and others, 2019): a pre-norm transformer that sees earlier tokens.
///
///     x      = dropout(word + position)
///     x      = x + dropout(project(attention(split(norm₁(x)))))    ┐ each
///     x      = x + dropout(project(gelu(expand(norm₂(x)))))        ┘ block
///     logits = norm(x) · wordᵀ
public final class GPT2: CausalLanguageModel {
  /// The configuration as it is saved.
  public let configuration: ModelConfiguration
  /// Every parameter, in the order of the architecture.
  public let parameters: [NamedParameter]
  /// The number of token ids.
  public var vocabularySize: Int { sizes.vocabularySize }
  /// The longest sequence it takes.
  public var maximumLength: Int { sizes.positions }
  /// The vector of each vocabulary entry, tied to the word embedding unless the file says otherwise.
  public let outputWeight: Tensor
  /// The head where it is not tied.
  public let headNames = ["lm_head."]
  /// Nothing is pooled.
  public let poolingNames: [String] = []

  private let word, position: Tensor
  private let blocks: [GPT2Block]
  private let norm: LayerNorm
  private let sizes: GPT2Configuration

  init(_ configuration: ModelConfiguration, _ source: ParameterSource) throws(ModelError) {
    let c = try GPT2Configuration(configuration)
    let scope = source.at("transformer")
    let initial = Initialisation.normal(c.initializerRange)
    sizes = c
    self.configuration = configuration.with(architecture: "GPT2LMHeadModel")
    word = scope.at("wte").weight([c.vocabularySize, c.hidden], initial)
    position = scope.at("wpe").weight([c.positions, c.hidden], initial)
    blocks = (0..<c.layers).map { GPT2Block(scope.at("h.\($0)"), c, layer: $0) }
    norm = LayerNorm(scope.at("ln_f"), c.hidden, epsilon: c.epsilon)
    outputWeight =
      c.isTied ? word : source.at("lm_head").weight([c.vocabularySize, c.hidden], initial)
    parameters = source.parameters
  }

  /// The vectors after the last normalisation: `[tokens, hidden]`.
  public func hiddenStates(_ tape: Tape, _ batch: TokenBatch) -> Tensor {
    let rows = batch.layout.tokenKeys
    let sum = tape.embedding([(word, batch.ids), (position, batch.layout.positions)])
    var x = tape.dropout(sum, Dropout(sizes.embeddingDropout, keys: rows))
    for block in blocks { x = block(tape, x, batch.layout, rows) }
    return norm(tape, x)
  }
}

/// Attention to earlier tokens and a feed-forward network, each on a normalised input.
private struct GPT2Block {
  let split, project, expand, contract: Linear
  let attentionNorm, feedForwardNorm: LayerNorm
  let attention: AttentionOptions
  let configuration: GPT2Configuration

  init(_ scope: ParameterScope, _ c: GPT2Configuration, layer: Int) {
    // Projections onto the residual begin smaller, so that its variance does not grow with depth.
    let residual = c.initializerRange / (2 * Double(c.layers)).squareRoot()
    func linear(_ name: String, _ inputs: Int, _ outputs: Int, _ deviation: Double) -> Linear {
      Linear(scope.at(name), inputs, outputs, deviation: deviation, layout: .inputByOutput)
    }
    attentionNorm = LayerNorm(scope.at("ln_1"), c.hidden, epsilon: c.epsilon)
    split = linear("attn.c_attn", c.hidden, 3 * c.hidden, c.initializerRange)
    project = linear("attn.c_proj", c.hidden, c.hidden, residual)
    feedForwardNorm = LayerNorm(scope.at("ln_2"), c.hidden, epsilon: c.epsilon)
    expand = linear("mlp.c_fc", c.hidden, c.inner, c.initializerRange)
    contract = linear("mlp.c_proj", c.inner, c.hidden, residual)
    attention = AttentionOptions(
      heads: c.heads, isCausal: true, scale: c.attentionScale(layer: layer),
      dropout: c.attentionDropout)
    configuration = c
  }

  func callAsFunction(
    _ tape: Tape, _ x: Tensor, _ layout: SequenceLayout, _ rows: RowKeys
  ) -> Tensor {
    let dropout = Dropout(configuration.residualDropout, keys: rows)
    let seen = tape.attention(
      packed: split(tape, attentionNorm(tape, x)), layout: layout, attention)
    let y = tape.addDropout(project(tape, seen), residual: x, dropout: dropout)
    let inner = expand(tape, feedForwardNorm(tape, y), configuration.activation)
    return tape.addDropout(contract(tape, inner), residual: y, dropout: dropout)
  }
}

/// The sizes of a GPT-2, with the defaults of transformers' `GPT2Config`.
struct GPT2Configuration: Sendable {
  let vocabularySize, hidden, layers, heads, inner, positions: Int
  let activation: Activation
  let epsilon: Double
  let residualDropout, embeddingDropout, attentionDropout: Float
  let initializerRange: Double
  let isTied: Bool
  private let scalesScores, scalesByLayer: Bool

  init(_ fields: ModelConfiguration) throws(ModelError) {
    try fields.require("add_cross_attention", toBe: false)
    vocabularySize = try fields.size("vocab_size", default: 50257)
    hidden = try fields.size("n_embd", "hidden_size", default: 768)
    layers = try fields.size("n_layer", "num_hidden_layers", default: 12)
    heads = try fields.size("n_head", "num_attention_heads", default: 12)
    inner = try fields.size("n_inner", default: 4 * hidden)
    positions = try fields.size("n_positions", "n_ctx", "max_position_embeddings", default: 1024)
    activation = try Activation(
      named: fields.text("activation_function", default: "gelu_new"), file: fields.file)
    epsilon = try fields.real("layer_norm_epsilon", default: 1e-5)
    residualDropout = try fields.share("resid_pdrop", default: 0.1)
    embeddingDropout = try fields.share("embd_pdrop", default: 0.1)
    attentionDropout = try fields.share("attn_pdrop", default: 0.1)
    initializerRange = try fields.real("initializer_range", default: 0.02)
    isTied = try fields.flag("tie_word_embeddings", default: true)
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

extension Architecture {
  /// GPT-2.
  static let gpt2 = Architecture(
    modelType: "gpt2", prefix: "transformer.", heads: ["lm_head.", "score."],
    dropouts: ["resid_pdrop", "embd_pdrop", "attn_pdrop"],
    configuration: { sizes in
      var fields: JSONObject = [
        "model_type": "gpt2", "vocab_size": .integer(sizes.vocabulary),
        "n_embd": .integer(sizes.hidden), "n_layer": .integer(sizes.layers),
        "n_head": .integer(sizes.heads), "n_positions": .integer(sizes.positions),
        "n_inner": .integer(sizes.feedForward), "activation_function": "gelu_new",
        "layer_norm_epsilon": 1e-5,
        "resid_pdrop": 0.1, "embd_pdrop": 0.1, "attn_pdrop": 0.1, "initializer_range": 0.02,
        "tie_word_embeddings": true,
      ]
      let tokens = [
        ("bos_token_id", sizes.beginning), ("eos_token_id", sizes.end),
        ("pad_token_id", sizes.padding),
      ]
      for (name, token) in tokens { fields[name] = token.map { .integer($0) } ?? .null }
      return ModelConfiguration(fields)
    },
    make: { (configuration, task, source) throws(ModelError) in
      switch task {
      case .causal, .encoding: try GPT2(configuration, source)
      default: nil
      }
    })
}
