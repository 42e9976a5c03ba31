/// What a linear map does in its layer, whatever the architecture calls it.
public enum ModuleRole: String, Sendable, CaseIterable {
  /// Makes the queries, keys and values of attention.
  case query, key, value
  /// Maps what attention has seen back.
  case output
  /// Widens, gates and narrows in the feed-forward network.
  case up, gate, down
}

extension ModuleRole {
  /// How the names of maps end; where two fit, the first decides.
  private static let endings: [(String, ModuleRole)] = [
    ("attention.output.dense", .output), ("attn.c_proj", .output), ("out_lin", .output),
    ("o_proj", .output), ("out_proj", .output), ("o", .output), ("query", .query),
    ("q_proj", .query), ("q_lin", .query), ("q", .query), ("key", .key), ("k_proj", .key),
    ("k_lin", .key), ("k", .key), ("value", .value), ("v_proj", .value), ("v_lin", .value),
    ("v", .value), ("intermediate.dense", .up), ("up_proj", .up), ("ffn.lin1", .up),
    ("fc_in", .up), ("fc1", .up), ("mlp.c_fc", .up), ("wi", .up), ("wi_1", .up),
    ("gate_proj", .gate), ("wi_0", .gate), ("output.dense", .down), ("down_proj", .down),
    ("ffn.lin2", .down), ("fc_out", .down), ("fc2", .down), ("mlp.c_proj", .down), ("wo", .down),
  ]

  /// The roles of a map and the columns of each; GPT-2's attention has three in one map.
  static func slices(of map: Linear) -> [(role: ModuleRole, columns: Range<Int>)] {
    if TargetSelection.ends(map.name, in: "attn.c_attn") {
      let width = map.outputs / 3
      return [.query, .key, .value].enumerated().map { ($1, $0 * width..<($0 + 1) * width) }
    }
    let role = endings.first { TargetSelection.ends(map.name, in: $0.0) }?.1
    return role.map { [($0, 0..<map.outputs)] } ?? []
  }

  /// What PEFT adapts in an architecture where nothing is said, and the like for those it passes over.
  static func defaults(for modelType: String) -> ModuleTargets {
    switch modelType {
    case "gpt2": .names(["c_attn"])
    default: .names(["query", "value"])
    }
  }
}
