public import Tensors

/// A tensor of a model under the name that Hugging Face gives it.
public struct NamedParameter: Sendable {
  /// What a parameter is to its layer.
  public enum Role: Sendable {
    /// A matrix: of a linear map or an embedding.
    case weight
    /// What a linear map adds.
    case bias
    /// The factor or the summand of a normalisation.
    case normalisation
    /// A table that is computed or fixed: saved, but never trained.
    case constant
  }

  /// The name, such as `bert.encoder.layer.0.attention.self.query.weight`.
  public let name: String
  /// The values.
  public let tensor: Tensor
  /// What it is to its layer.
  public let role: Role

  /// A tensor under a name.
  package init(name: String, tensor: Tensor, role: Role) {
    self.name = name
    self.tensor = tensor
    self.role = role
  }

  /// Whether training may change it.
  public var isTrainable: Bool { role != .constant }

  /// Whether weight decay applies: to all but biases and normalisations, as transformers has it.
  ///
  /// It takes every name with "bias" in it for a bias, T5's `relative_attention_bias` too.
  public var isDecayed: Bool { role == .weight && !name.lowercased().contains("bias") }
}
