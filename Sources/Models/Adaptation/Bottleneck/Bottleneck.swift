import Tensors

/// A bottleneck adapter in one place (Houlsby and others 2019; Pfeiffer and others 2021; He and others
/// 2022).
///
///     base + scale · up(activation(down(y)))
///
/// y is what `BottleneckOptions.input` says; base is the sub-layer's result, or what it comes to.
/// AdapterHub's files may have norms of the adapter's own around it, and a scale that is trained.
final class Bottleneck: Sendable {
  let down, up: any BottleneckMap
  /// Before `down`, and behind `up`.
  let normBefore, normAfter: BottleneckNorm?
  /// What the result is multiplied by, where that is trained: `[1, 1]` or `[width]`.
  let trainedScale: Tensor?
  /// What the result is multiplied by text by text.
  let gate: TextGate?
  private let width: Int
  private let options: BottleneckOptions

  init(
    _ down: any BottleneckMap, _ up: any BottleneckMap, _ options: BottleneckOptions, width: Int
  ) {
    self.down = down
    self.up = up
    self.options = options
    self.width = width
    normBefore = options.normsBefore ? BottleneckNorm(width) : nil
    normAfter = options.normsAfter ? BottleneckNorm(width) : nil
    gate = options.isGated ? TextGate(width: width) : nil
    trainedScale = options.trainedScale.map {
      Tensor(repeating: 1, shape: $0 == .one ? [1, 1] : [width])
    }
  }

  /// Whether the residual and the sub-layer's norm come behind the adapter.
  var joinsAfter: Bool { options.joinsAfter }

  /// - Parameters:
  ///   - joined: What the sub-layer comes to without the adapter.
  ///   - added: The same before its norm, where it has one.
  func callAsFunction(
    _ tape: Tape, _ x: Tensor, _ residual: Tensor, added: () -> Tensor, joined: () -> Tensor
  ) -> Tensor {
    let read =
      switch options.input {
      case .result: x
      case .joined: joined()
      case .residual: residual
      }
    let base =
      switch options.base {
      case .result: x
      case .read: read
      case .added: added()
      }
    let normed = normBefore.map { $0(tape, read) } ?? read
    let plain = up(tape, options.nonLinearity(tape, down, normed), .none)
    let change = gate.map { tape.multiply(plain, $0.factors(tape, read, columns: width)) } ?? plain
    let isInside = normAfter != nil && options.addsBeforeNorm
    let sum = isInside ? scaled(tape, change, onto: base) : scaled(tape, change, onto: nil)
    guard let normAfter else { return scaled(tape, change, onto: base) }
    return isInside ? normAfter(tape, sum) : tape.add(base, normAfter(tape, sum))
  }

  /// The change times the scale, and what it is added to.
  private func scaled(_ tape: Tape, _ change: Tensor, onto base: Tensor?) -> Tensor {
    guard let trainedScale else {
      let scale = Float(options.scale)
      return base.map { tape.add($0, change, factor: scale) } ?? tape.scale(change, by: scale)
    }
    let factors =
      options.trainedScale == .channels
      ? trainedScale
      : tape.linear(Tensor(repeating: 1, shape: [change.columns, 1]), weight: trainedScale)
    let scaled = tape.scaleColumns(change, by: factors)
    return base.map { tape.add($0, scaled) } ?? scaled
  }
}

/// A norm of an adapter's own.
struct BottleneckNorm: Sendable {
  /// `[width]` each.
  let weight, bias: Tensor

  init(_ width: Int) {
    weight = Tensor(repeating: 1, shape: [width])
    bias = Tensor(shape: [width])
  }

  func callAsFunction(_ tape: Tape, _ x: Tensor) -> Tensor {
    // torch's own epsilon.
    tape.layerNorm(x, weight: weight, bias: bias, epsilon: 1e-5)
  }
}

/// A tensor of a bottleneck, by the end of AdapterHub's name.
typealias BottleneckParameter = (ending: String, tensor: Tensor, role: NamedParameter.Role)

/// A linear map of a bottleneck.
protocol BottleneckMap: Sendable {
  /// activation(x · W + b).
  func callAsFunction(_ tape: Tape, _ x: Tensor, _ activation: Activation) -> Tensor
  /// What is filed, by the ends of AdapterHub's names.
  var parameters: [BottleneckParameter] { get }
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

  var parameters: [BottleneckParameter] {
    [("weight", weight, .weight), ("bias", bias, .bias)]
  }
}
