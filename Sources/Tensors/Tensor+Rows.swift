internal import CKernels

extension Tensor {
  /// The softmax of each row, outside any tape.
  public func softmaxRows() -> Tensor {
    let result = Tensor(uninitialized: shape)
    reading(self) { anneal_softmax(Int64(rows), Int64(columns), false, base, result.fresh) }
    return result
  }

  /// Replaces each row by the logarithm of its softmax, outside any tape.
  package func replaceByLogSoftmaxRows() {
    storage.write { anneal_softmax(Int64(rows), Int64(columns), true, $0, $0) }
  }

  /// The place of the largest value of each row; the first of equals.
  public func argmaxRows() -> [Int32] {
    precondition(columns > 0 || rows == 0, "argmax of rows without columns")
    var result = [Int32](repeating: 0, count: rows)
    reading(self) { anneal_argmax(Int64(rows), Int64(columns), base, &result) }
    return result
  }
}
