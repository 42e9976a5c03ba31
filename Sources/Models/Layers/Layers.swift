import Tensors

/// A linear map: x · W + b, or x · W.
struct Linear: Sendable {
  let weight: Tensor
  let bias: Tensor?
  private let layout: WeightLayout

  /// A map from `inputs` to `outputs` values; `layout` says how the checkpoint stores W.
  init(
    _ scope: ParameterScope, _ inputs: Int, _ outputs: Int, deviation: Double,
    hasBias: Bool = true, layout: WeightLayout = .outputByInput
  ) {
    let shape = layout == .outputByInput ? [outputs, inputs] : [inputs, outputs]
    weight = scope.weight(shape, .normal(deviation))
    bias = hasBias ? scope.bias(outputs) : nil
    self.layout = layout
  }

  /// activation(x · W + b).
  func callAsFunction(_ tape: Tape, _ x: Tensor, _ activation: Activation = .none) -> Tensor {
    tape.linear(x, weight: weight, bias: bias, activation: activation, layout: layout)
  }
}

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
