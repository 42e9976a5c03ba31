import Tensors

extension Activation {
  /// The function that a `config.json` names.
  /// - Throws: `ModelError.unsupported` listing the names that are known.
  init(named name: String, file: String) throws(ModelError) {
    switch name {
    case "gelu": self = .gelu
    case "gelu_new", "gelu_pytorch_tanh", "gelu_fast": self = .geluTanh
    case "relu": self = .relu
    case "silu", "swish": self = .silu
    case "tanh": self = .tanh
    case "quick_gelu": self = .quickGelu
    default:
      throw ModelError(
        .unsupported, file: file, problem: "the activation '\(name)' is unknown",
        remedy: "Known: gelu, gelu_new, gelu_pytorch_tanh, gelu_fast, relu, silu, tanh, quick_gelu."
      )
    }
  }
}
