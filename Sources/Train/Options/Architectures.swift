public import Stages

/// The shapes of models that can begin with random weights.
public let trainingArchitectures: [ComponentDescriptor] = [
  ("bert", "An encoder as in Devlin et al. (2019)."),
  ("roberta", "BERT's encoder without segments, as in Liu et al. (2019)."),
  ("distilbert", "BERT's encoder without segments and pooler, as in Sanh et al. (2019)."),
  ("gpt2", "A decoder as in Radford et al. (2019)."),
  ("gptj", "A decoder of parallel blocks as in Wang and Komatsuzaki (2021)."),
  ("llama", "A decoder with rotary positions and gates, as in Touvron et al. (2023)."),
  ("mistral", "Llama's decoder with a sliding window and shared keys, as in Jiang et al. (2023)."),
  ("qwen2", "Llama's decoder with biased queries and a tied output, as in Yang et al. (2024)."),
  ("t5", "An encoder and a decoder of relative places, as in Raffel et al. (2020)."),
  ("marian", "An encoder and a decoder as in Junczys-Dowmunt et al. (2018)."),
  ("fsmt", "An encoder and a decoder of two vocabularies, as in Ng et al. (2019)."),
].map { ComponentDescriptor($0, $1, parameters: ArchitectureKeys.all) }

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
