import Tensors

/// A bottleneck adapter in one place (Houlsby and others 2019; Pfeiffer and others 2021; He and others
/// 2022).
///
///     x + scale · up(activation(down(y)))
///
/// y is x itself, what x comes to behind the residual and its norm, or the residual alone.
final class Bottleneck: Sendable {
  let downWeight, downBias, upWeight, upBias: Tensor
  private let activation: Activation
  private let scale: Float
  private let input: BottleneckOptions.Input

  init(
    width: Int, inner: Int, _ options: BottleneckOptions, initial: (_ shape: [Int]) -> Tensor
  ) {
    downWeight = initial([inner, width])
    downBias = Tensor(shape: [inner])
    upWeight = options.beginsSilent ? Tensor(shape: [width, inner]) : initial([width, inner])
    upBias = Tensor(shape: [width])
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
    let inner = tape.linear(read, weight: downWeight, bias: downBias, activation: activation)
    return tape.add(x, tape.linear(inner, weight: upWeight, bias: upBias), factor: scale)
  }
}
