public import Stages

/// What can be updated; a method is one file in `Methods` and one line here.
public let trainingMethods: [ComponentDescriptor] = [
  ComponentDescriptor("full", "Every weight is updated."),
  ComponentDescriptor(
    "head",
    "Only the task's head is updated; the encoder below it is frozen and costs no gradients."),
]

/// What can be minimised; an objective is one file in `Objectives` and one line here.
public let trainingObjectives: [ComponentDescriptor] = [
  ComponentDescriptor("classification", "Cross-entropy of the label given the text."),
  ComponentDescriptor(
    "causal", "Cross-entropy of each token given those before it; prompts are read, not learned.",
    parameters: [CausalKeys.trainOn, CausalKeys.template]),
]

/// The shapes of models that can begin with random weights.
public let trainingArchitectures: [ComponentDescriptor] = [
  ComponentDescriptor(
    "bert", "An encoder as in Devlin et al. (2019).", parameters: ArchitectureKeys.all),
  ComponentDescriptor(
    "gpt2", "A decoder as in Radford et al. (2019).", parameters: ArchitectureKeys.all),
]

/// Parameters of the causal objective.
public enum CausalKeys {
  /// Which tokens are learned.
  public static let trainOn = Parameter(
    "train-on", default: TrainOn.completions,
    "Which tokens are learned: those of answers, or all.")
  /// How an instruction record is written as one text.
  public static let template = Parameter(
    "template", default: "alpaca", aliases: ["chat_template", "prompt_template"],
    "How an instruction record is written as one text.")
}

/// Which tokens a causal model learns.
public enum TrainOn: String, ChoiceValue {
  /// The answers of the assistant and their end.
  case completions
  /// Every token.
  case all
}

/// The shape of a model that begins with random weights.
public enum ArchitectureKeys {
  /// Transformer layers.
  public static let layers = Parameter(
    "layers", default: 4, aliases: ["num_hidden_layers", "n_layer"], "Transformer layers.",
    check: Check.atLeast(1))
  /// The width of hidden states.
  public static let width = Parameter(
    "width", default: 256, aliases: ["hidden", "hidden_size", "n_embd"],
    "The width of hidden states.",
    check: Check.atLeast(1))
  /// Attention heads; they divide the width.
  public static let heads = Parameter(
    "heads", default: 4, aliases: ["num_attention_heads", "n_head"],
    "Attention heads; they divide the width.", check: Check.atLeast(1))
  /// The width inside the feed-forward part.
  public static let feedForward = Parameter<Int?>(
    "feed-forward", default: nil, aliases: ["intermediate_size", "n_inner"],
    "The width inside the feed-forward part; four times the width by default.",
    check: Check.optionalAtLeast(1))
  /// The longest sequence.
  public static let context = Parameter(
    "context", default: 256, aliases: ["positions", "max_position_embeddings", "n_positions"],
    "The most tokens of a sequence.", check: Check.atLeast(1))

  static let all: [any AnyParameter] = [layers, width, heads, feedForward, context]
}
