import Models
import Records
import Stages
import TestSupport
import Testing

/// Configurations that no model follows from, and what is said about them.
struct ArchitectureErrorTests {
  private static let faults: [(variant: String, field: String, value: JSONValue, words: String)] = [
    (
      "llama-tokens", "num_attention_heads", 3,
      "3 attention heads cannot share 2 heads of keys and values"
    ),
    (
      "llama-biases", "rope_parameters", ["rope_type": "wave"],
      "rope_parameters: the rope_type 'wave' is unknown"
    ),
    (
      "llama-biases", "rope_scaling", ["type": "linear"],
      "rope_scaling: has no factor"
    ),
    ("llama-biases", "rope_scaling", "linear", "rope_scaling is \"linear\", expected an object"),
    (
      "llama-biases", "rope_scaling",
      ["type": "llama3", "factor": 8, "low_freq_factor": 4, "high_freq_factor": 4],
      "high_freq_factor is 4, expected more than low_freq_factor"
    ),
    (
      "llama-longrope", "rope_parameters",
      ["rope_type": "longrope", "short_factor": [1], "long_factor": [1, 2, 3, 4]],
      "short_factor is [1], expected a list of 4 numbers above 0"
    ),
    (
      "llama-biases", "rope_parameters", ["full_attention": ["rope_type": "default"]],
      "layers of the kind full_attention turn otherwise"
    ),
    ("llama-biases", "head_dim", 7, "rotary embedding turns pairs of values, not 7"),
    ("llama-biases", "partial_rotary_factor", 0.5, "only a part of each head turns"),
    (
      "qwen2-layers", "layer_types", ["full_attention"],
      "expected full_attention or sliding_attention for each of 2 layers"
    ),
    ("qwen2-tied", "max_window_layers", -1, "max_window_layers is -1, expected a whole number"),
    ("mistral-window", "sliding_window", 0, "sliding_window is 0, expected a whole number above 0"),
    ("gptj-classification", "rotary_dim", 6, "rotary_dim is 6, and a head has 4 values"),
    ("gptj-classification", "rotary_dim", 3, "rotary embedding turns pairs of values, not 3"),
    ("roberta-lm", "pad_token_id", 13, "14 positions leave no room after the padding token 13"),
    ("distilbert-lm", "n_heads", 3, "3 attention heads cannot share a width of 8"),
    ("bert-tokens", "position_embedding_type", "relative_key", "only \"absolute\" works"),
    ("mistral-window", "vocab_size", 20, "model.embed_tokens.weight has the shape [19, 16]"),
  ]

  @Test(arguments: faults)
  func `a configuration that makes no model is refused with its reason`(
    variant: String, field: String, value: JSONValue, words: String
  ) throws {
    let variant = try Variant.named(variant)
    let folder = try variant.folder { $0[field] = value }
    let error = #expect(throws: ModelError.self) {
      try ModelLoader.load(folder.path, for: variant.task, seed: 0)
    }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    #expect(error?.description.contains(folder.path) == true)
  }

  @Test(arguments: [
    ("gptj", ModelTask.tokenClassification(labels: ["a", "b"])), ("llama", .masked),
    ("roberta", .causal), ("bert", .sequenceToSequence),
  ])
  func `a task that transformers has no class for is refused`(
    type: String, task: ModelTask
  ) throws {
    let sizes = ModelSizes(vocabulary: 20, layers: 1, hidden: 8, heads: 2, positions: 8)
    let error = #expect(throws: ModelError.self) {
      try ModelLoader.make(type, sizes, for: task, seed: 0)
    }
    #expect(error?.description.contains("a model of type \(type) does no \(task.name)") == true)
  }
}
