import Tensors

/// An embedding with a low-rank update: its vectors plus scale · A[ids] · Bᵀ.
///
/// With a magnitude (DoRA: Liu and others 2024) the columns of the table, one a value of its vectors, get a
/// length of their own, whose divisor is taken as constant on the way back.
final class LowRankTable: EmbeddingAdaptation {
  /// A, the other way round than PEFT files it, so that entries are rows: `[entries, rank]`.
  let down: Tensor
  /// B: `[width, rank]`.
  let up: Tensor
  /// The lengths of the table's columns: `[width]`.
  let magnitude: Tensor?
  private let scale: Float
  /// The squares of the table's own columns, which do not change.
  private let squares: [Double]

  init(_ table: Embedding, down: Tensor, up: Tensor, scale: Float, isDecomposed: Bool = false) {
    self.down = down
    self.up = up
    self.scale = scale
    squares = isDecomposed ? table.weight.columnSquares : []
    magnitude =
      isDecomposed
      ? Tensor(Self.lengths(table, down, up, scale, squares), shape: [up.rows]) : nil
  }

  func change(_ tape: Tape, _ ids: [Int32], _ table: Embedding) -> Tensor {
    let own = tape.stoppingGradient(
      tape.gather(down, rows: ids, factor: scale), rows: table.paddedRows(ids))
    let update = tape.linear(own, weight: up)
    guard let factors = factors(tape, table) else { return update }
    let words = Tape.inference().gather(table.weight, rows: ids)
    let scaled = tape.scaleColumns(tape.add(words, update), by: factors)
    return tape.add(scaled, words, factor: -1)
  }

  func merged(_ table: Embedding) -> Tensor {
    Engine.$precision.withValue(.fp32) {
      let tape = Tape.inference()
      let whole = tape.add(table.weight, tape.linear(down, weight: up), factor: scale)
      return factors(tape, table).map { tape.scaleColumns(whole, by: $0) } ?? whole
    }
  }

  /// What the columns are multiplied by, where their lengths are trained.
  private func factors(_ tape: Tape, _ table: Embedding) -> Tensor? {
    magnitude.map { magnitude in
      let divisors = Self.lengths(table, down, up, scale, squares).map { 1 / $0 }
      return tape.multiply(magnitude, Tensor(divisors, shape: magnitude.shape))
    }
  }

  /// The length of each column of W + scale · A · Bᵀ, without making the product.
  ///
  /// |w + s·A·b|² = |w|² + 2s · b·(Aᵀ·w) + s² · b·(Aᵀ·A)·b
  private static func lengths(
    _ table: Embedding, _ down: Tensor, _ up: Tensor, _ scale: Float, _ squares: [Double]
  ) -> [Float] {
    Engine.$precision.withValue(.fp32) {
      let (tape, turned) = (Tape.inference(), down.turned)
      let products = tape.linear(turned, weight: table.weight, layout: .inputByOutput).values
      let inner = tape.linear(up, weight: tape.linear(turned, weight: turned)).values
      let (factors, rank, s) = (up.values, up.columns, Double(scale))
      return squares.indices.map { column in
        var (mixed, own): (Double, Double) = (0, 0)
        for place in 0..<rank {
          let factor = Double(factors[column * rank + place])
          mixed += factor * Double(products[place * squares.count + column])
          own += factor * Double(inner[column * rank + place])
        }
        return Float(max(squares[column] + 2 * s * mixed + s * s * own, 0).squareRoot())
      }
    }
  }
}

extension Tensor {
  /// The sum of the squares of each column.
  fileprivate var columnSquares: [Double] {
    var squares = [Double](repeating: 0, count: columns)
    for (place, value) in values.enumerated() {
      squares[place % columns] += Double(value) * Double(value)
    }
    return squares
  }
}
