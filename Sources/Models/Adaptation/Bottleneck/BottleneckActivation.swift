import Tensors

/// An activation that AdapterHub's files name and no model has.
enum BottleneckActivation: String, Sendable {
  case leakyReLU = "leakyrelu"
  case sigmoid

  /// The function, value by value.
  func callAsFunction(_ tape: Tape, _ x: Tensor) -> Tensor {
    switch self {
    case .leakyReLU:
      let negative = tape.activation(tape.scale(x, by: -1), .relu)
      return tape.add(tape.activation(x, .relu), negative, factor: -0.01)
    case .sigmoid:
      // (1 + tanh(x / 2)) / 2
      let half = tape.activation(tape.scale(x, by: 0.5), .tanh)
      return tape.add(Tensor(repeating: 0.5, shape: x.shape), half, factor: 0.5)
    }
  }
}

extension BottleneckOptions {
  /// What stands behind the first map of a bottleneck.
  func nonLinearity(_ tape: Tape, _ map: any BottleneckMap, _ x: Tensor) -> Tensor {
    guard let otherActivation else { return map(tape, x, activation) }
    return otherActivation(tape, map(tape, x, .none))
  }
}
