/// What a model is wanted for.
public enum ModelTask: Sendable, Equatable {
  /// One class of the named ones for each text.
  case classification(labels: [String])
  /// One class of the named ones for each token.
  case tokenClassification(labels: [String])
  /// One number for each text.
  case reward
  /// The next token.
  case causal
  /// The tokens that were masked.
  case masked
  /// Another sequence.
  case sequenceToSequence
  /// Vectors of tokens in context.
  case encoding

  /// What a person calls the task.
  public var name: String {
    switch self {
    case .classification: "classification"
    case .tokenClassification: "token classification"
    case .reward: "reward modelling"
    case .causal: "causal language modelling"
    case .masked: "masked language modelling"
    case .sequenceToSequence: "sequence to sequence"
    case .encoding: "encoding"
    }
  }
}

/// How an architecture is recognised and built.
///
/// A new one is a file with its descriptor and a line in `architectures`.
struct Architecture: Sendable {
  /// The `model_type` of its `config.json`.
  let modelType: String
  /// What the names of the base model begin with.
  let prefix: String
  /// Beginnings of names that a checkpoint may lack or hold in excess: heads of tasks.
  let heads: [String]
  /// Beginnings of names of the layers that give one score a class, new where classes are.
  var outputs: [String] = []
  /// The field of `config.json` that counts layers, and what their names begin with, of models whose
  /// first layers are a model too.
  var layers: (field: String, names: String)?
  /// A tensor that checkpoints with a head for masked tokens hold, and no others.
  var maskedHead: String?
  /// Whether there are vectors of single texts.
  var encodes = true
  /// The fields of `config.json` that are dropouts.
  let dropouts: [String]
  /// The `config.json` of a new model.
  let configuration: @Sendable (ModelSizes) -> ModelConfiguration
  /// Builds the model of a task, nil where the architecture has none.
  let make:
    @Sendable (ModelConfiguration, ModelTask, ParameterSource) throws(ModelError) -> (any Model)?
}

/// Every architecture, in the order of the catalog.
let architectures: [Architecture] = [
  .bert, .roberta, .distilBert, .gpt2, .gptJ, .llama, .mistral, .qwen2, .t5, .marian, .fsmt,
]

/// The sizes of a model that is trained from scratch.
public struct ModelSizes: Sendable, Equatable {
  /// The number of token ids.
  public var vocabulary: Int
  /// The number of layers.
  public var layers: Int
  /// The width.
  public var hidden: Int
  /// Attention heads, which share the width.
  public var heads: Int
  /// The width inside the feed-forward part; four times the width by default.
  public var feedForward: Int
  /// The longest sequence.
  public var positions: Int
  /// The ids of the tokens that pad, begin and end a sequence, where there are such.
  public var padding, beginning, end: Int32?

  /// Sizes of a new model.
  public init(
    vocabulary: Int, layers: Int, hidden: Int, heads: Int, feedForward: Int? = nil,
    positions: Int, padding: Int32? = nil, beginning: Int32? = nil, end: Int32? = nil
  ) {
    self.vocabulary = vocabulary
    self.layers = layers
    self.hidden = hidden
    self.heads = heads
    self.feedForward = feedForward ?? 4 * hidden
    self.positions = positions
    self.padding = padding
    self.beginning = beginning
    self.end = end
  }
}
