import Tensors

/// A linear map whose results or inputs are multiplied by trained factors (IA3: Liu and others 2022).
///
///     y = activation((x · W + b) ∘ l)        or, in the feed-forward network,
///     y = activation((x ∘ l) · W + b)
final class ColumnFactorMap: LinearAdaptation {
  /// l: `[outputs]`, or `[inputs]`.
  let factors: Tensor
  private let scalesInput: Bool
  private let scale: Float

  /// - Parameter scale: What the factors are multiplied by.
  init(_ map: Linear, scalesInput: Bool, scale: Float = 1) {
    self.scale = scale
    factors = Tensor(repeating: 1, shape: [scalesInput ? map.inputs : map.outputs])
    self.scalesInput = scalesInput
  }

  func apply(_ tape: Tape, _ x: Tensor, _ map: Linear, _ activation: Activation) -> Tensor {
    let factors = scale == 1 ? factors : tape.scale(factors, by: scale)
    guard !scalesInput else {
      return tape.linear(
        tape.scaleColumns(x, by: factors), weight: map.weight, bias: map.bias,
        activation: activation, layout: map.layout)
    }
    let y = tape.linear(x, weight: map.weight, bias: map.bias, layout: map.layout)
    let scaled = tape.scaleColumns(y, by: factors)
    return activation == .none ? scaled : tape.activation(scaled, activation)
  }

  func merged(_ map: Linear) -> (weight: Tensor, bias: Tensor?) {
    let factors = factors.values.map { $0 * scale }
    var rows = map.rows
    for index in rows.indices {
      rows[index] *= factors[scalesInput ? index % map.inputs : index / map.inputs]
    }
    let bias = map.bias.map { bias in
      scalesInput ? bias : Tensor(zip(bias.values, factors).map { $0 * $1 }, shape: bias.shape)
    }
    return (map.weight(rows: rows), bias)
  }
}
