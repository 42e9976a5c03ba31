import Tensors

/// A low-rank update, or factors, that each text gets as much of as a gate says (UniPELT: Mao and others 2022).
///
///     y = activation(x · W + b + gate · dropout(x) · Aᵀ · Bᵀ)        or
///     y = activation((x · W + b) ∘ gate · l)
///
/// There is a gate for each updated part of a fused map. As with AdapterHub, `alpha` counts nothing then.
final class GatedMap: LinearAdaptation {
  /// What is gated.
  enum Change: Sendable {
    case update(LowRankMap)
    case factors(ColumnFactorMap)
  }

  let gate: TextGate
  private let change: Change
  /// Which of the gates, and of a last one that is open always, each column has: `[outputs, gates + 1]`.
  private let choice: Tensor

  /// - Parameter parts: The columns of each gate.
  init(_ map: Linear, _ change: Change, parts: [Range<Int>]) {
    self.change = change
    gate = TextGate(width: map.inputs, count: parts.count)
    var values = [Float](repeating: 0, count: map.outputs * (parts.count + 1))
    for column in 0..<map.outputs {
      let part = parts.firstIndex { $0.contains(column) } ?? parts.count
      values[column * (parts.count + 1) + part] = 1
    }
    choice = Tensor(values, shape: [map.outputs, parts.count + 1])
  }

  func apply(_ tape: Tape, _ x: Tensor, _ map: Linear, _ activation: Activation) -> Tensor {
    let gates = tape.joinColumns([
      gate.rows(tape, x), Tensor(repeating: 1, shape: [x.rows, 1]),
    ])
    let each = tape.linear(gates, weight: choice)
    let y = tape.linear(x, weight: map.weight, bias: map.bias, layout: map.layout)
    let sum =
      switch change {
      case .update(let update): tape.add(y, tape.multiply(update.change(tape, x, map), each))
      case .factors(let factors):
        tape.multiply(y, tape.scaleColumns(each, by: factors.all(tape)))
      }
    return activation == .none ? sum : tape.activation(sum, activation)
  }

  func merged(_ map: Linear) -> (weight: Tensor, bias: Tensor?) {
    preconditionFailure("\(map.name) is gated, which no weight can hold")
  }
}

extension LowRankMap {
  /// dropout(x) · Aᵀ · Bᵀ, without the scale: of all columns.
  fileprivate func change(_ tape: Tape, _ x: Tensor, _ map: Linear) -> Tensor {
    let dropped = tape.dropout(x, tape.dropout(dropout, rows: x.rows))
    let changes = parts.map { part in
      let end = part.firstColumn + part.up.rows
      let none = Int32(part.up.rows)
      let rows = (0..<map.outputs).map { column in
        part.firstColumn..<end ~= column ? Int32(column - part.firstColumn) : none
      }
      let padding = Tensor(shape: [1, part.up.columns])
      let up =
        part.up.rows == map.outputs
        ? part.up : tape.gather(tape.concatenateRows([part.up, padding]), rows: rows)
      return tape.linear(tape.linear(dropped, weight: part.down), weight: up)
    }
    return changes.dropFirst().reduce(changes[0]) { tape.add($0, $1) }
  }
}
