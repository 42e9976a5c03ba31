extension Tensor {
  /// A matrix whose rows are the columns of this one, outside any tape.
  public func transposed() -> Tensor {
    precondition(shape.count == 2, "transposing a tensor of shape \(shape)")
    let (rows, columns) = (rows, columns)
    let result = Tensor(uninitialized: [columns, rows])
    withValues { values in
      result.withMutableValues { turned in
        for column in 0..<columns {
          for row in 0..<rows { turned[column * rows + row] = values[row * columns + column] }
        }
      }
    }
    return result
  }
}
