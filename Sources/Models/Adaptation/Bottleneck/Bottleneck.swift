import Tensors

/// A bottleneck adapter in one place (Houlsby and others 2019; Pfeiffer and others 2021; He and others
/// 2022).
///
///     x + scale · up(activation(down(y)))
///
/// y is x itself, what x comes to behind the residual and its norm, or the residual alone.
final class Bottleneck: Sendable {
  let down, up: any BottleneckMap
  private let activation: Activation
  private let scale: Float
  private let input: BottleneckOptions.Input

  init(_ down: any BottleneckMap, _ up: any BottleneckMap, _ options: BottleneckOptions) {
    self.down = down
    self.up = up
    activation = options.activation
    scale = Float(options.scale)
    input = options.input
  }

  /// - Parameter joined: What the sub-layer comes to without the adapter.
  func callAsFunction(
    _ tape: Tape, _ x: Tensor, _ residual: Tensor, joined: () -> Tensor
  ) -> Tensor {
    let read =
      switch input {
      case .result: x
      case .joined: joined()
      case .residual: residual
      }
    return tape.add(x, up(tape, down(tape, read, activation), .none), factor: scale)
  }
}

/// A linear map of a bottleneck.
protocol BottleneckMap: Sendable {
  /// activation(x · W + b).
  func callAsFunction(_ tape: Tape, _ x: Tensor, _ activation: Activation) -> Tensor
  /// What is trained, by the ends of AdapterHub's names.
  var parameters: [(ending: String, tensor: Tensor, role: NamedParameter.Role)] { get }
}

/// A linear map with a weight of its own.
struct DenseMap: BottleneckMap {
  /// `[outputs, inputs]` and `[outputs]`.
  let weight, bias: Tensor

  init(_ weight: Tensor) {
    self.weight = weight
    bias = Tensor(shape: [weight.rows])
  }

  func callAsFunction(_ tape: Tape, _ x: Tensor, _ activation: Activation) -> Tensor {
    tape.linear(x, weight: weight, bias: bias, activation: activation)
  }

  var parameters: [(ending: String, tensor: Tensor, role: NamedParameter.Role)] {
    [("weight", weight, .weight), ("bias", bias, .bias)]
  }
}
