import Tensors

/// Layer normalisation (Ba, Kiros, Hinton 2016).
struct LayerNorm: Sendable {
  private let weight: Tensor
  private let bias: Tensor
  private let epsilon: Float

  init(_ scope: ParameterScope, _ width: Int, epsilon: Double) {
    (weight, bias) = scope.normalisation(width)
    self.epsilon = Float(epsilon)
  }

  /// Each row normalised.
  func callAsFunction(_ tape: Tape, _ x: Tensor) -> Tensor {
    tape.layerNorm(x, weight: weight, bias: bias, epsilon: epsilon)
  }

  /// The sum of a residual and the dropped-out x, normalised.
  func callAsFunction(
    _ tape: Tape, residual: Tensor, adding x: Tensor, _ dropout: Dropout
  ) -> Tensor {
    tape.addNorm(
      x, residual: residual, weight: weight, bias: bias, epsilon: epsilon, dropout: dropout)
  }
}

/// Root-mean-square normalisation (Zhang, Sennrich 2019): no mean is taken off, nothing is added.
struct RMSNorm: Sendable {
  private let weight: Tensor
  private let epsilon: Float

  init(_ scope: ParameterScope, _ width: Int, epsilon: Double) {
    weight = scope.factor(width)
    self.epsilon = Float(epsilon)
  }

  /// Each row normalised.
  func callAsFunction(_ tape: Tape, _ x: Tensor) -> Tensor {
    tape.rmsNorm(x, weight: weight, epsilon: epsilon)
  }
}
