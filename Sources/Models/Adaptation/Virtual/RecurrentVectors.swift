import Tensors

/// Vectors that a bidirectional LSTM (Hochreiter, Schmidhuber 1997) and two maps make of trained ones.
///
/// Gates follow one another as torch has them: input, forget, cell, output.
struct RecurrentVectors: VirtualVectors {
  /// One direction of one layer.
  private struct Direction: Sendable {
    let input, state, inputBias, stateBias: Tensor
    let name: String
    let isReversed: Bool
  }

  private let table: Tensor
  /// The two directions of each layer.
  private let layers: [[Direction]]
  private let head: VectorNetwork
  private let dropout: Float
  private let inner: Int

  /// - Parameters:
  ///   - inner: The width of each direction's state.
  ///   - dropout: Between the layers.
  init(
    count: Int, width: Int, inner: Int, layers: Int, dropout: Float, _ start: VirtualStart
  ) {
    table = start.normal("embedding", [count, width])
    self.layers = (0..<layers).map { layer in
      [false, true].map { isReversed in
        let name = "l\(layer)\(isReversed ? "_reverse" : "")"
        func part(_ part: String, _ shape: [Int]) -> Tensor {
          start.uniform("lstm_head.\(part)_\(name)", shape, inner)
        }
        return Direction(
          input: part("weight_ih", [4 * inner, layer == 0 ? width : 2 * inner]),
          state: part("weight_hh", [4 * inner, inner]), inputBias: part("bias_ih", [4 * inner]),
          stateBias: part("bias_hh", [4 * inner]), name: name, isReversed: isReversed)
      }
    }
    head = VectorNetwork(
      count: 0, widths: [2 * inner, 2 * inner, width], activation: .relu, named: "mlp_head", start)
    self.dropout = dropout
    self.inner = inner
  }

  var count: Int { table.rows }

  var parameters: [NamedParameter] {
    let gates = layers.joined().flatMap { direction in
      [
        ("weight_ih", direction.input), ("weight_hh", direction.state),
        ("bias_ih", direction.inputBias), ("bias_hh", direction.stateBias),
      ].map { part, tensor in
        NamedParameter(
          name: "lstm_head.\(part)_\(direction.name)", tensor: tensor,
          role: part.hasPrefix("bias") ? .bias : .weight)
      }
    }
    return [NamedParameter(name: "embedding.weight", tensor: table, role: .weight)] + gates
      + head.layerParameters
  }

  func callAsFunction(_ tape: Tape) -> Tensor {
    var x = table
    for (number, layer) in layers.enumerated() {
      if number > 0 { x = tape.dropout(x, Dropout(dropout, keys: .places(count))) }
      x = tape.joinColumns(layer.map { run($0, tape, x) })
    }
    return head.apply(tape, to: x)
  }

  /// The states of one direction, in the order of the tokens.
  private func run(_ direction: Direction, _ tape: Tape, _ x: Tensor) -> Tensor {
    let inputs = tape.linear(x, weight: direction.input, bias: direction.inputBias)
    var (state, cell) = (Tensor(shape: [1, inner]), Tensor(shape: [1, inner]))
    var states: [Tensor] = []
    for step in 0..<count {
      let row = Int32(direction.isReversed ? count - 1 - step : step)
      let gates = tape.add(
        tape.gather(inputs, rows: [row]),
        tape.linear(state, weight: direction.state, bias: direction.stateBias))
      func gate(_ number: Int, _ kind: Activation) -> Tensor {
        let columns = Columns(gates, number * inner..<(number + 1) * inner)
        return tape.activation(tape.copy(columns), kind)
      }
      cell = tape.add(
        tape.multiply(gate(1, .sigmoid), cell),
        tape.multiply(gate(0, .sigmoid), gate(2, .tanh)))
      state = tape.multiply(gate(3, .sigmoid), tape.activation(cell, .tanh))
      states.append(state)
    }
    return tape.concatenateRows(direction.isReversed ? states.reversed() : states)
  }
}
