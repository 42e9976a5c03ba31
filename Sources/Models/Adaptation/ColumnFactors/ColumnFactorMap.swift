import Tensors

/// A linear map whose results or inputs are multiplied by trained factors (IA3: Liu and others 2022).
///
///     y = activation((x · W + b) ∘ l)        or, in the feed-forward network,
///     y = activation((x ∘ l) · W + b)
final class ColumnFactorMap: LinearAdaptation {
  /// l: `[outputs]`, or `[inputs]`; of some columns of the result alone, one below the other.
  let factors: Tensor
  /// The row of `factors` of each column, the row behind them for those without; nil where each has its own.
  private let rows: [Int32]?
  private let scalesInput: Bool
  private let scale: Float
  /// The columns that have factors; empty for all.
  let parts: [Range<Int>]

  /// - Parameters:
  ///   - columns: The columns of the result that have factors; all if empty.
  ///   - scale: What the factors are multiplied by, those of columns without included.
  init(
    _ map: Linear, scalesInput: Bool, columns: [Range<Int>] = [], scale: Float = 1
  ) {
    self.scale = scale
    parts = columns
    self.scalesInput = scalesInput
    let chosen = columns.flatMap { Array($0) }
    guard !chosen.isEmpty else {
      rows = nil
      factors = Tensor(repeating: 1, shape: [scalesInput ? map.inputs : map.outputs])
      return
    }
    var rows = [Int32](repeating: Int32(chosen.count), count: map.outputs)
    for (row, column) in chosen.enumerated() { rows[column] = Int32(row) }
    self.rows = rows
    factors = Tensor(repeating: 1, shape: [chosen.count, 1])
  }

  /// The factor of each column.
  func all(_ tape: Tape) -> Tensor {
    guard let rows else { return factors }
    return tape.gather(
      tape.concatenateRows([factors, Tensor(repeating: 1, shape: [1, 1])]), rows: rows)
  }

  func apply(_ tape: Tape, _ x: Tensor, _ map: Linear, _ activation: Activation) -> Tensor {
    let factors = scale == 1 ? all(tape) : tape.scale(all(tape), by: scale)
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
    let factors = all(.inference()).values.map { $0 * scale }
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
