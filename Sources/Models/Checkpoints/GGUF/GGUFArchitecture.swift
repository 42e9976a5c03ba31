import Records

/// How a GGUF file spells the names and sizes of an architecture.
struct GGUFArchitecture: Sendable {
  /// What happens to the rows of a matrix on its way into the file.
  enum Change: Sendable {
    /// Nothing.
    case none
    /// Rows and columns change places (GPT-2 keeps its matrices input by output).
    case turned
    /// The rows of each head change from two halves to pairs, as llama.cpp rotates them.
    case paired(heads: String)
  }

  /// `general.architecture`, which begins the keys of the sizes, and the `model_type` it stands for.
  let name: String
  /// Parts of names from GGUF to Hugging Face; `*` is the number of a layer.
  let names: [(gguf: String, name: String)]
  /// The parts whose matrices change.
  let changes: [String: Change]
  /// Tensors that are computed from the sizes.
  let computed: Set<String>
  /// The fields of `config.json` and the keys they are read from, the first that is there.
  let sizes: [(field: String, keys: [String])]
  /// Fields that the file does not hold.
  let fixed: JSONObject

  /// Every architecture whose files are read.
  static let all: [GGUFArchitecture] = [.llama, .qwen2, .gpt2, .bert]

  /// The name in Hugging Face's files of a tensor `blk.3.attn_q.weight`, and how it changed.
  func place(of name: String) -> (name: String, change: Change)? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard let suffix = parts.last else { return nil }
    let isLayer = parts.first == "blk" && parts.count > 3
    let stem = parts.dropFirst(isLayer ? 2 : 0).dropLast().joined(separator: ".")
    let pattern = isLayer ? "blk.*." + stem : stem
    guard let target = names.first(where: { $0.gguf == pattern })?.name else { return nil }
    let path = target.split(separator: ".").map { $0 == "*" ? parts[1] : $0 }
    return ((path + [suffix]).joined(separator: "."), changes[pattern] ?? .none)
  }
}

extension GGUFArchitecture {
  private static let decoderNames: [(gguf: String, name: String)] = [
    ("token_embd", "model.embed_tokens"), ("output_norm", "model.norm"), ("output", "lm_head"),
    ("blk.*.attn_norm", "model.layers.*.input_layernorm"),
    ("blk.*.attn_q", "model.layers.*.self_attn.q_proj"),
    ("blk.*.attn_k", "model.layers.*.self_attn.k_proj"),
    ("blk.*.attn_v", "model.layers.*.self_attn.v_proj"),
    ("blk.*.attn_output", "model.layers.*.self_attn.o_proj"),
    ("blk.*.ffn_norm", "model.layers.*.post_attention_layernorm"),
    ("blk.*.ffn_gate", "model.layers.*.mlp.gate_proj"),
    ("blk.*.ffn_up", "model.layers.*.mlp.up_proj"),
    ("blk.*.ffn_down", "model.layers.*.mlp.down_proj"),
  ]
  private static let decoderSizes: [(field: String, keys: [String])] = [
    ("hidden_size", ["embedding_length"]), ("num_hidden_layers", ["block_count"]),
    ("num_attention_heads", ["attention.head_count"]),
    ("num_key_value_heads", ["attention.head_count_kv", "attention.head_count"]),
    ("intermediate_size", ["feed_forward_length"]),
    ("max_position_embeddings", ["context_length"]),
    ("rms_norm_eps", ["attention.layer_norm_rms_epsilon"]),
    ("rope_theta", ["rope.freq_base"]), ("head_dim", ["attention.key_length"]),
  ]

  /// Llama and what has its shape, such as Mistral.
  static let llama = GGUFArchitecture(
    name: "llama", names: decoderNames,
    changes: [
      "blk.*.attn_q": .paired(heads: "num_attention_heads"),
      "blk.*.attn_k": .paired(heads: "num_key_value_heads"),
    ],
    computed: ["rope_freqs.weight"],
    sizes: decoderSizes.map { field, keys in
      (field, field == "head_dim" ? keys + ["rope.dimension_count"] : keys)
    },
    fixed: ["architectures": ["LlamaForCausalLM"], "hidden_act": "silu"])

  /// Qwen 2 and 2.5.
  static let qwen2 = GGUFArchitecture(
    name: "qwen2", names: decoderNames, changes: [:], computed: ["rope_freqs.weight"],
    sizes: decoderSizes,
    fixed: ["architectures": ["Qwen2ForCausalLM"], "hidden_act": "silu"])

  static let gpt2 = GGUFArchitecture(
    name: "gpt2",
    names: [
      ("token_embd", "transformer.wte"), ("position_embd", "transformer.wpe"),
      ("output_norm", "transformer.ln_f"), ("output", "lm_head"),
      ("blk.*.attn_norm", "transformer.h.*.ln_1"),
      ("blk.*.attn_qkv", "transformer.h.*.attn.c_attn"),
      ("blk.*.attn_output", "transformer.h.*.attn.c_proj"),
      ("blk.*.ffn_norm", "transformer.h.*.ln_2"),
      ("blk.*.ffn_up", "transformer.h.*.mlp.c_fc"),
      ("blk.*.ffn_down", "transformer.h.*.mlp.c_proj"),
    ],
    changes: [
      "blk.*.attn_qkv": .turned, "blk.*.attn_output": .turned, "blk.*.ffn_up": .turned,
      "blk.*.ffn_down": .turned,
    ],
    computed: [],
    sizes: [
      ("n_embd", ["embedding_length"]), ("n_layer", ["block_count"]),
      ("n_head", ["attention.head_count"]), ("n_inner", ["feed_forward_length"]),
      ("n_positions", ["context_length"]),
      ("layer_norm_epsilon", ["attention.layer_norm_epsilon"]),
    ],
    fixed: ["architectures": ["GPT2LMHeadModel"], "activation_function": "gelu_new"])

  /// BERT as an encoder; llama.cpp leaves out its pooler.
  static let bert = GGUFArchitecture(
    name: "bert",
    names: [
      ("token_embd", "bert.embeddings.word_embeddings"),
      ("token_types", "bert.embeddings.token_type_embeddings"),
      ("position_embd", "bert.embeddings.position_embeddings"),
      ("token_embd_norm", "bert.embeddings.LayerNorm"), ("cls", "classifier"),
      ("blk.*.attn_q", "bert.encoder.layer.*.attention.self.query"),
      ("blk.*.attn_k", "bert.encoder.layer.*.attention.self.key"),
      ("blk.*.attn_v", "bert.encoder.layer.*.attention.self.value"),
      ("blk.*.attn_output", "bert.encoder.layer.*.attention.output.dense"),
      ("blk.*.attn_output_norm", "bert.encoder.layer.*.attention.output.LayerNorm"),
      ("blk.*.ffn_up", "bert.encoder.layer.*.intermediate.dense"),
      ("blk.*.ffn_down", "bert.encoder.layer.*.output.dense"),
      ("blk.*.layer_output_norm", "bert.encoder.layer.*.output.LayerNorm"),
    ],
    changes: [:], computed: [],
    sizes: [
      ("hidden_size", ["embedding_length"]), ("num_hidden_layers", ["block_count"]),
      ("num_attention_heads", ["attention.head_count"]),
      ("intermediate_size", ["feed_forward_length"]),
      ("max_position_embeddings", ["context_length"]),
      ("layer_norm_eps", ["attention.layer_norm_epsilon"]),
    ],
    fixed: ["architectures": ["BertModel"], "hidden_act": "gelu"])
}
