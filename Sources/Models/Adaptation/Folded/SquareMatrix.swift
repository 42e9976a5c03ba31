/// A small square matrix in double precision.
struct SquareMatrix: Sendable {
  let size: Int
  /// Row by row.
  var values: [Double]

  init(size: Int, values: [Double]) {
    precondition(values.count == size * size, "\(values.count) values of \(size) rows")
    self.size = size
    self.values = values
  }

  /// The skew matrix of the values above its diagonal, row by row.
  init(skew upper: ArraySlice<Double>, size: Int) {
    self.init(size: size, values: Array(repeating: 0, count: size * size))
    var next = upper.startIndex
    for row in 0..<size {
      for column in row + 1..<max(size, row + 1) {
        values[row * size + column] = upper[next]
        values[column * size + row] = -upper[next]
        next += 1
      }
    }
  }

  /// Ones on the diagonal.
  static func identity(_ size: Int) -> SquareMatrix {
    SquareMatrix(
      size: size, values: (0..<size * size).map { $0 / size == $0 % size ? 1 : 0 })
  }

  /// The root of the sum of the squares.
  var length: Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// Half the difference from the matrix turned.
  var skewPart: SquareMatrix {
    SquareMatrix(
      size: size,
      values: values.indices.map { 0.5 * (values[$0] - values[$0 % size * size + $0 / size]) })
  }

  func scaled(by factor: Double) -> SquareMatrix {
    SquareMatrix(size: size, values: values.map { $0 * factor })
  }

  mutating func add(_ other: SquareMatrix, factor: Double) {
    for index in values.indices { values[index] += factor * other.values[index] }
  }

  func times(_ other: SquareMatrix) -> SquareMatrix {
    var product = [Double](repeating: 0, count: values.count)
    for row in 0..<size {
      for middle in 0..<size {
        let factor = values[row * size + middle]
        for column in 0..<size {
          product[row * size + column] += factor * other.values[middle * size + column]
        }
      }
    }
    return SquareMatrix(size: size, values: product)
  }

  /// (1 − Q) · (1 + Q)⁻¹ of a skew matrix Q, which is a rotation (Cayley).
  var cayley: SquareMatrix {
    var (below, above) = (SquareMatrix.identity(size), SquareMatrix.identity(size))
    below.add(self, factor: 1)
    above.add(self, factor: -1)
    return above.times(below.inverse)
  }

  /// The inverse, by elimination with the largest pivot of each column.
  private var inverse: SquareMatrix {
    var (left, right) = (values, SquareMatrix.identity(size).values)
    for column in 0..<size {
      let pivot =
        (column..<size).max { abs(left[$0 * size + column]) < abs(left[$1 * size + column]) }
        ?? column
      for place in 0..<size where pivot != column {
        left.swapAt(pivot * size + place, column * size + place)
        right.swapAt(pivot * size + place, column * size + place)
      }
      let divisor = left[column * size + column]
      for place in 0..<size {
        left[column * size + place] /= divisor
        right[column * size + place] /= divisor
      }
      for row in 0..<size where row != column {
        let factor = left[row * size + column]
        if factor == 0 { continue }
        for place in 0..<size {
          left[row * size + place] -= factor * left[column * size + place]
          right[row * size + place] -= factor * right[column * size + place]
        }
      }
    }
    return SquareMatrix(size: size, values: right)
  }
}
