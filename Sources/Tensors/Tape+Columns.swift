internal import CKernels

extension Tape {
  /// x times a factor for each column, plus `bias` for each column where given.
  public func scaleColumns(_ x: Tensor, by factors: Tensor, bias: Tensor? = nil) -> Tensor {
    precondition(
      factors.count == x.columns && bias.map { $0.count == x.columns } ?? true,
      "scaling \(x.shape) by \(factors.shape), bias \(bias?.shape ?? [])")
    let output = Tensor(uninitialized: x.shape)
    reading(x, factors, bias) {
      eachRow(of: x) { start, columns in
        anneal_multiply(
          columns, 1, x.base + start, factors.base, output.fresh + start, false)
        if let bias { anneal_scale(columns, 1, bias.base, output.fresh + start, true) }
      }
    }
    return record(output, inputs: [x, factors] + (bias.map { [$0] } ?? [])) { gradient in
      let (rows, columns) = (Int64(x.rows), Int64(x.columns))
      if let sums = bias?.zeroedGradient() {
        anneal_bias_backward(rows, columns, gradient.fresh, nil, sums)
      }
      reading(factors) {
        x.addGradient { memory, add in
          eachRow(of: x) { start, columns in
            anneal_multiply(columns, 1, gradient.base + start, factors.base, memory + start, add)
          }
        }
      }
      guard let sums = factors.zeroedGradient() else { return }
      // The gradient is used up: times x, its column sums are those of the factors.
      reading(x) { anneal_bias_backward(rows, columns, gradient.fresh, x.base, sums) }
    }
  }
}

private func eachRow(of x: Tensor, _ body: (_ start: Int, _ columns: Int64) -> Void) {
  for row in 0..<x.rows { body(row * x.columns, Int64(x.columns)) }
}
