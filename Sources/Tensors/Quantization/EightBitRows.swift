internal import CKernels

/// A matrix in 8-bit integers with a scale a row, as bitsandbytes computes and stores it (Dettmers,
/// Lewis, Belkada, Zettlemoyer 2022, without outliers).
///
/// A value is integer · scale / 127; the scale is the largest magnitude of its row. A little more than
/// one byte a value.
public struct EightBitRows: Sendable, Equatable {
  /// How many rows and columns.
  public let rows, columns: Int
  /// Integers from -127 to 127, row by row.
  public let integers: [Int8]
  /// The largest magnitude of each row.
  public let scales: [Float]

  /// Values as they are stored.
  public init(rows: Int, columns: Int, integers: [Int8], scales: [Float]) {
    precondition(
      integers.count == rows * columns && scales.count == rows,
      "\(integers.count) integers and \(scales.count) scales for \(rows) rows of \(columns)")
    (self.rows, self.columns) = (rows, columns)
    (self.integers, self.scales) = (integers, scales)
  }

  /// Rounds a matrix `[rows, columns]` to the nearest integers.
  public init(_ matrix: Tensor) {
    let (rows, columns) = (matrix.rows, matrix.columns)
    var integers = [Int8](repeating: 0, count: rows * columns)
    var scales = [Float](repeating: 0, count: rows)
    reading(matrix) {
      anneal_narrow_rows(Int64(rows), Int64(columns), matrix.base, &scales, &integers)
    }
    self.init(rows: rows, columns: columns, integers: integers, scales: scales)
  }

  /// The values as 32-bit floats: `[rows, columns]`.
  public func tensor() -> Tensor {
    let result = Tensor(uninitialized: [rows, columns])
    anneal_widen_rows(Int64(rows), Int64(columns), scales, integers, result.fresh)
    return result
  }
}
