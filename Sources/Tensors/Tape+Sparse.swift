internal import CKernels

extension Tape {
  /// A copy of a matrix with values added at some places, which count row by row.
  ///
  /// The gradient of the values is that of the matrix at their places. Cost: the copy, and in the
  /// backward pass the gradient of the whole matrix, which is let go of at once.
  package func add(_ values: Tensor, to matrix: Tensor, at places: [Int]) -> Tensor {
    changed(matrix, by: values, at: places, rows: 1) { memory, place, value in
      memory[place] += value
    }
  }

  /// A copy of a matrix some of whose rows are others: row `rows[i]` is row i of `values`.
  package func replaceRows(_ rows: [Int32], of matrix: Tensor, by values: Tensor) -> Tensor {
    precondition(
      values.columns == matrix.columns && values.rows == rows.count,
      "\(values.shape) for \(rows.count) rows of \(matrix.shape)")
    let columns = matrix.columns
    let places = rows.flatMap { row in
      Int(row) * columns..<(Int(row) + 1) * columns
    }
    return changed(matrix, by: values, at: places, rows: 0) { memory, place, value in
      memory[place] = value
    }
  }

  /// - Parameter rows: What the old value at a place counts for in the new one.
  private func changed(
    _ matrix: Tensor, by values: Tensor, at places: [Int], rows old: Float,
    _ change: (UnsafeMutablePointer<Float>, Int, Float) -> Void
  ) -> Tensor {
    precondition(values.count == places.count, "\(values.count) values, \(places.count) places")
    precondition(
      places.allSatisfy { 0..<matrix.count ~= $0 }, "a place outside of \(matrix.shape)")
    let output = matrix.copy()
    reading(values) {
      output.storage.write { memory in
        for (index, place) in places.enumerated() { change(memory, place, values.base[index]) }
      }
    }
    return record(output, inputs: [matrix, values]) {
      [matrix = matrix.slot, values = values.slot] gradient in
      values.addToZeros { memory in
        for (index, place) in places.enumerated() { memory[index] += gradient.base[place] }
      }
      guard matrix.requiresGradient else { return }
      let passed = gradient.copy()
      if old == 0 { passed.storage.write { for place in places { $0[place] = 0 } } }
      matrix.add(passed)
    }
  }
}
