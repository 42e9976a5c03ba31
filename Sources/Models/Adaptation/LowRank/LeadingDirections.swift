import Records
import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The largest singular values of a matrix and their vectors, by iteration of a subspace (Halko,
/// Martinsson, Tropp 2011).
///
/// Some more directions than are wanted are iterated, so that these settle soon; where the matrix has
/// no more than that, the result is exact at once.
struct LeadingDirections {
  /// `[rows, rank]`, the values in falling order, and `[columns, rank]`.
  let parts: (left: Tensor, values: [Float], right: Tensor)

  init(_ matrix: Tensor, _ rank: Int) {
    let least = min(matrix.rows, matrix.columns)
    let count = min(2 * rank + 8, least)
    var random = CounterRandom(seed: 0, purpose: "models.directions", record: "start")
    let start = (0..<count * matrix.columns).map { _ in Float(random.normal()) }
    var basis = VectorRows(Tensor(start, shape: [count, matrix.columns]), first: count)
    basis.makeOrthonormal()
    let tape = Tape.inference()
    for _ in 0..<(count == least ? 2 : 100) {
      let images = tape.linear(basis.tensor, weight: matrix)
      basis = VectorRows(
        tape.linear(images, weight: matrix, layout: .inputByOutput), first: count)
      basis.makeOrthonormal()
    }
    // Within the subspace: the singular vectors of matrix · basisᵀ, by those of its square.
    let images = VectorRows(tape.linear(basis.tensor, weight: matrix), first: count)
    let (squares, turns) = images.products.eigenvectors()
    let order = squares.indices.sorted { squares[$0] > squares[$1] }.prefix(rank)
    let values = order.map { Float(max(squares[$0], 0).squareRoot()) }
    let left = images.combined(order.map { turns[$0] }, divisors: values)
    let right = basis.combined(order.map { turns[$0] }, divisors: values.map { _ in 1 })
    parts = (left.turned, values, right.turned)
  }
}

/// Vectors as rows, in double precision.
struct VectorRows {
  private var rows: [[Double]]

  /// The first rows of a matrix.
  init(_ matrix: Tensor, first count: Int) {
    let values = matrix.values
    rows = (0..<count).map { row in
      values[row * matrix.columns..<(row + 1) * matrix.columns].map { Double($0) }
    }
  }

  var tensor: Tensor {
    Tensor(rows.joined().map { Float($0) }, shape: [rows.count, rows.first?.count ?? 0])
  }

  /// Makes every vector orthogonal to those before it, twice for rounding's sake, and of length one.
  mutating func makeOrthonormal() {
    for row in rows.indices {
      for _ in 0..<2 {
        for other in 0..<row { rows[row].subtract(rows[other]) }
      }
      let length = rows[row].product(rows[row]).squareRoot()
      if length > 0 { for index in rows[row].indices { rows[row][index] /= length } }
    }
  }

  /// The products of all pairs.
  var products: [[Double]] { rows.map { row in rows.map { row.product($0) } } }

  /// Sums of the vectors, each divided by a number: a row for each list of factors.
  func combined(_ factors: [[Double]], divisors: [Float]) -> Tensor {
    let width = rows.first?.count ?? 0
    var values: [Float] = []
    for (factors, divisor) in zip(factors, divisors) {
      for column in 0..<width {
        let sum = rows.indices.reduce(0.0) { $0 + factors[$1] * rows[$1][column] }
        values.append(divisor > 0 ? Float(sum / Double(divisor)) : 0)
      }
    }
    return Tensor(values, shape: [factors.count, width])
  }
}

extension [Double] {
  fileprivate func product(_ other: [Double]) -> Double {
    var sum = 0.0
    for index in indices { sum += self[index] * other[index] }
    return sum
  }

  /// Takes away what lies along a vector of length one.
  fileprivate mutating func subtract(_ other: [Double]) {
    let share = product(other)
    for index in indices { self[index] -= share * other[index] }
  }
}

extension [[Double]] {
  /// The eigenvalues of a symmetric matrix, and their vectors, by Jacobi's rotations.
  fileprivate func eigenvectors() -> (values: [Double], vectors: [[Double]]) {
    var matrix = self
    var vectors = indices.map { row in indices.map { $0 == row ? 1.0 : 0.0 } }
    for _ in 0..<60 {
      var rest = 0.0
      for p in indices {
        for q in indices where q > p {
          rest += matrix[p][q] * matrix[p][q]
          matrix.rotate(p, q, &vectors)
        }
      }
      if rest < 1e-24 * matrix.indices.reduce(0.0, { $0 + matrix[$1][$1] * matrix[$1][$1] }) {
        break
      }
    }
    return (indices.map { matrix[$0][$0] }, vectors)
  }

  /// The rotation of two directions that leaves no product between them.
  private mutating func rotate(_ p: Int, _ q: Int, _ vectors: inout [[Double]]) {
    guard self[p][q] != 0 else { return }
    let ratio = (self[q][q] - self[p][p]) / (2 * self[p][q])
    let tangent = (ratio < 0 ? -1 : 1) / (abs(ratio) + (ratio * ratio + 1).squareRoot())
    let cosine = 1 / (tangent * tangent + 1).squareRoot()
    let sine = tangent * cosine
    for k in indices {
      (self[k][p], self[k][q]) = (
        cosine * self[k][p] - sine * self[k][q], sine * self[k][p] + cosine * self[k][q]
      )
    }
    for k in indices {
      (self[p][k], self[q][k]) = (
        cosine * self[p][k] - sine * self[q][k], sine * self[p][k] + cosine * self[q][k]
      )
      (vectors[p][k], vectors[q][k]) = (
        cosine * vectors[p][k] - sine * vectors[q][k],
        sine * vectors[p][k] + cosine * vectors[q][k]
      )
    }
  }
}
