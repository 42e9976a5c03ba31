import Tensors

/// A linear map with low-rank updates (LoRA: Hu and others 2021).
///
///     y = activation(x · W + b + scale · dropout(x) · Aᵀ · Bᵀ)
///
/// With a magnitude (DoRA: Liu and others 2024) the rows of W + scale · B · A get a length of their own,
/// whose divisor is taken as constant on the way back.
final class LowRankMap: LinearAdaptation {
  /// An update of some columns of the result.
  struct Part: Sendable {
    /// A: `[rank, inputs]`.
    let down: Tensor
    /// B: `[outputs, rank]`.
    let up: Tensor
    /// The first of the columns.
    var firstColumn = 0
  }

  let parts: [Part]
  /// What A and B began as where they are a part of W: W then counts without that.
  let start: Part?
  let scale: Float
  /// What B adds of its own: `[outputs]`.
  let upBias: Tensor?
  /// The lengths of the weight's rows: `[outputs]`.
  let magnitude: Tensor?
  let dropout: Float
  /// The squares of W's own rows, which do not change.
  private let squares: [Float]

  init(
    _ map: Linear, _ parts: [Part], start: Part? = nil, scale: Float, dropout: Float,
    upBias: Tensor? = nil, isDecomposed: Bool = false
  ) {
    self.parts = parts
    self.start = start
    self.scale = scale
    self.dropout = dropout
    self.upBias = upBias
    squares = isDecomposed ? map.rowSquares : []
    magnitude =
      isDecomposed
      ? Tensor(Self.lengths(map, parts[0].less(start), scale, squares), shape: [map.outputs]) : nil
  }

  func apply(_ tape: Tape, _ x: Tensor, _ map: Linear, _ activation: Activation) -> Tensor {
    var updates = parts.map {
      LowRankUpdate(
        down: $0.down, up: $0.up, scale: scale, firstColumn: $0.firstColumn,
        dropout: tape.dropout(dropout, rows: x.rows))
    }
    if let start { updates.append(LowRankUpdate(down: start.down, up: start.up, scale: -scale)) }
    guard let magnitude else {
      return tape.linear(
        x, weight: map.weight, bias: bias(tape, map), activation: activation, layout: map.layout,
        updates: updates)
    }
    let y = tape.linear(x, weight: map.weight, layout: map.layout, updates: updates)
    let divisors = Self.lengths(map, parts[0].less(start), scale, squares).map { 1 / $0 }
    let factors = tape.multiply(magnitude, Tensor(divisors, shape: magnitude.shape))
    let scaled = tape.scaleColumns(y, by: factors, bias: map.bias)
    return activation == .none ? scaled : tape.activation(scaled, activation)
  }

  /// The bias of the map and that of B.
  private func bias(_ tape: Tape, _ map: Linear) -> Tensor? {
    guard let upBias else { return map.bias }
    guard let bias = map.bias else { return tape.scale(upBias, by: scale) }
    return tape.add(bias, upBias, factor: scale)
  }

  func merged(_ map: Linear) -> (weight: Tensor, bias: Tensor?) {
    Engine.$precision.withValue(.fp32) {
      let tape = Tape.inference()
      // Rows of W as [outputs, inputs]: what the map makes of each unit vector, without its bias.
      var columns = [Float](repeating: 0, count: map.outputs * map.inputs)
      let all = parts.map { ($0, scale) } + (start.map { [($0, -scale)] } ?? [])
      for (part, scale) in all {
        let product = tape.linear(part.up, weight: part.down, layout: .inputByOutput)
        product.withValues { values in
          let start = part.firstColumn * map.inputs
          for index in 0..<values.count { columns[start + index] += scale * values[index] }
        }
      }
      var rows = map.rows
      for index in rows.indices { rows[index] += columns[index] }
      if let magnitude {
        let lengths = Self.lengths(map, parts[0].less(start), scale, squares)
        let factors = zip(magnitude.values, lengths).map { $0 / $1 }
        for index in rows.indices { rows[index] *= factors[index / map.inputs] }
      }
      return (map.weight(rows: rows), bias(tape, map))
    }
  }

  /// The length of each row of W + scale · B · A, without making the product.
  ///
  /// |w + s·b·A|² = |w|² + 2s · b·(A·w) + s² · b·(A·Aᵀ)·b
  private static func lengths(
    _ map: Linear, _ part: Part, _ scale: Float, _ squares: [Float]
  ) -> [Float] {
    Engine.$precision.withValue(.fp32) {
      let (tape, rank) = (Tape.inference(), part.down.rows)
      // A · w for each row w of W, as [outputs, rank] or, where W is stored turned, [rank, outputs].
      let isTurned = map.layout == .inputByOutput
      let products =
        (isTurned
        ? tape.linear(part.down, weight: map.weight, layout: .inputByOutput)
        : tape.linear(map.weight, weight: part.down)).values
      let inner = tape.linear(part.up, weight: tape.linear(part.down, weight: part.down)).values
      let up = part.up.values
      return squares.indices.map { row in
        var (mixed, own): (Double, Double) = (0, 0)
        for place in 0..<rank {
          let factor = Double(up[row * rank + place])
          let product =
            isTurned ? products[place * squares.count + row] : products[row * rank + place]
          mixed += factor * Double(product)
          own += factor * Double(inner[row * rank + place])
        }
        let s = Double(scale)
        return Float(max(Double(squares[row]) + 2 * s * mixed + s * s * own, 0).squareRoot())
      }
    }
  }
}

extension LowRankMap.Part {
  /// An update of twice the rank that computes the difference from another; the same where there is none.
  fileprivate func less(_ other: LowRankMap.Part?) -> LowRankMap.Part {
    guard let other else { return self }
    let tape = Tape.inference()
    return LowRankMap.Part(
      down: tape.concatenateRows([down, other.down]),
      up: tape.joinColumns([up, tape.scale(other.up, by: -1)]))
  }
}

extension Linear {
  /// W as `[outputs, inputs]`, row by row.
  var rows: [Float] { rows(of: weight) }

  /// Numbers that are stored as W is, as `[outputs, inputs]`.
  func rows(of stored: Tensor) -> [Float] {
    layout == .outputByInput ? stored.values : stored.turned.values
  }

  /// A weight in the map's own layout from rows of `[outputs, inputs]`.
  func weight(rows: [Float]) -> Tensor {
    guard layout == .inputByOutput else { return Tensor(rows, shape: weight.shape) }
    return Tensor(
      (0..<outputs * inputs).map { rows[$0 % outputs * inputs + $0 / outputs] },
      shape: weight.shape)
  }

  /// The sum of the squares of each row of W.
  fileprivate var rowSquares: [Float] {
    let rows = rows
    return (0..<outputs).map { row in
      Float(
        rows[row * inputs..<(row + 1) * inputs].reduce(0.0) { $0 + Double($1) * Double($1) })
    }
  }
}
