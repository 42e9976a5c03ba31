internal import CKernels

extension Tensor {
  /// The softmax of each row, outside any tape.
  public func softmaxRows() -> Tensor { softmax(logarithm: false) }

  /// The logarithm of the softmax of each row, outside any tape.
  public func logSoftmaxRows() -> Tensor { softmax(logarithm: true) }

  /// The place of the largest value of each row; the first of equals.
  public func argmaxRows() -> [Int32] {
    precondition(columns > 0 || rows == 0, "argmax of rows without columns")
    var result = [Int32](repeating: 0, count: rows)
    reading(self) { anneal_argmax(Int64(rows), Int64(columns), base, &result) }
    return result
  }

  /// Copies rows of other columns over this tensor's rows from `first` on, outside any tape.
  public func replaceRows(from first: Int, with source: Columns, rows: Range<Int>) {
    precondition(
      source.count == columns && rows.lowerBound >= 0 && rows.upperBound <= source.tensor.rows
        && first >= 0 && first + rows.count <= self.rows,
      "rows \(rows) of \(source.count) columns of \(source.tensor.shape) into \(shape) at \(first)")
    let width = source.tensor.columns
    reading(source.tensor) {
      storage.write { memory in
        for (place, row) in rows.enumerated() {
          (memory + (first + place) * columns)
            .update(from: source.tensor.base + row * width + source.start, count: columns)
        }
      }
    }
  }

  private func softmax(logarithm: Bool) -> Tensor {
    let result = Tensor(uninitialized: shape)
    reading(self) {
      anneal_softmax(Int64(rows), Int64(columns), logarithm, base, result.fresh)
    }
    return result
  }
}
