public import Tensors

/// What a linear map computes where a method has adapted it.
public protocol LinearAdaptation: Sendable {
  /// The result in the place of activation(x · W + b).
  func apply(_ tape: Tape, _ x: Tensor, _ map: Linear, _ activation: Activation) -> Tensor
  /// W and b of a plain map that computes the same.
  func merged(_ map: Linear) -> (weight: Tensor, bias: Tensor?)
}

/// What a method adds to the vectors of an embedding.
public protocol EmbeddingAdaptation: Sendable {
  /// What is added to the vectors of some entries: `[ids, width]`.
  func change(_ tape: Tape, _ ids: [Int32], _ table: Embedding) -> Tensor
  /// The table of a plain embedding that gives the same vectors.
  func merged(_ table: Embedding) -> Tensor
}
