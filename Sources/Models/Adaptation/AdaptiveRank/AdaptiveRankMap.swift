import Tensors

/// A linear map with an update in the form of a singular value decomposition (AdaLoRA: Zhang and
/// others 2023).
///
///     y = activation(x · W + b + scale · dropout(x) · Aᵀ · diag(E) · Bᵀ)
final class AdaptiveRankMap: LinearAdaptation {
  /// A: `[rank, inputs]`.
  let down: Tensor
  /// B: `[outputs, rank]`.
  let up: Tensor
  /// E, what stands for singular values: `[rank]`.
  let values: Tensor
  private let scale: Float
  private let dropout: Float

  init(down: Tensor, up: Tensor, scale: Float, dropout: Float) {
    self.down = down
    self.up = up
    values = Tensor(shape: [down.rows])
    self.scale = scale
    self.dropout = dropout
  }

  func apply(_ tape: Tape, _ x: Tensor, _ map: Linear, _ activation: Activation) -> Tensor {
    guard values.count > 0 else {
      return tape.linear(
        x, weight: map.weight, bias: map.bias, activation: activation, layout: map.layout)
    }
    let update = LowRankUpdate(
      down: down, up: tape.scaleColumns(up, by: values), scale: scale,
      dropout: tape.dropout(dropout, rows: x.rows))
    return tape.linear(
      x, weight: map.weight, bias: map.bias, activation: activation, layout: map.layout,
      updates: [update])
  }

  func merged(_ map: Linear) -> (weight: Tensor, bias: Tensor?) {
    guard values.count > 0 else { return (map.weight, map.bias) }
    let up = Tape.inference().scaleColumns(up, by: values)
    let part = LowRankMap.Part(down: down, up: up)
    return LowRankMap(map, [part], scale: scale, dropout: 0).merged(map)
  }
}

extension Tape {
  /// How far the rows of a matrix, or its columns, are from orthonormal: ‖P · Pᵀ - 1‖, Frobenius.
  func orthogonality(_ matrix: Tensor, ofRows: Bool) -> Tensor {
    let rank = ofRows ? matrix.rows : matrix.columns
    let vectors = ofRows ? matrix : matrix.turned
    let products = Engine.$precision.withValue(.fp32) {
      Tape.inference().linear(vectors, weight: vectors)
    }
    products.withMutableValues { values in
      for place in 0..<rank { values[place * (rank + 1)] -= 1 }
    }
    let squares = products.values.reduce(0.0) { $0 + Double($1) * Double($1) }
    let length = Float(squares.squareRoot())
    return record(Tensor([length], shape: []), inputs: [matrix]) { gradient in
      guard length > 0 else { return }
      // The derivative of ‖C‖ by P is 2 · C · P / ‖C‖, as C is symmetric.
      let slope = Engine.$precision.withValue(.fp32) {
        let tape = Tape.inference()
        let slope =
          ofRows
          ? tape.linear(products, weight: matrix, layout: .inputByOutput)
          : tape.linear(matrix, weight: products)
        return tape.scale(slope, by: 2 * gradient.item / length)
      }
      matrix.accumulate(gradient: slope)
    }
  }
}
