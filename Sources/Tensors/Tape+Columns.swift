internal import CKernels

extension Tape {
  /// x times a factor for each column, plus `bias` for each column where given.
  public func scaleColumns(_ x: Tensor, by factors: Tensor, bias: Tensor? = nil) -> Tensor {
    precondition(
      factors.count == x.columns && bias.map { $0.count == x.columns } ?? true,
      "scaling \(x.shape) by \(factors.shape), bias \(bias?.shape ?? [])")
    let output = Tensor(uninitialized: x.shape)
    reading(x, factors, bias) {
      anneal_scale_columns(
        Int64(x.rows), Int64(x.columns), factors.base, bias?.base, x.base, output.fresh, false)
    }
    let values = isRecording && factors.requiresGradient ? Kept(x) : nil
    let inputs = [x, factors] + (bias.map { [$0] } ?? [])
    return record(output, inputs: inputs) { [slot = x.slot] gradient in
      addColumnSums(of: gradient, to: bias)
      reading(factors) {
        slot.add { memory, add in
          anneal_scale_columns(
            Int64(gradient.rows), Int64(gradient.columns), factors.base, nil, gradient.base,
            memory, add)
        }
      }
      guard let values else { return }
      let x = values.tensor()
      let products = Tensor(uninitialized: gradient.shape)
      reading(x) {
        anneal_multiply(
          Int64(x.count), 1, gradient.base, x.base, products.fresh, false)
      }
      addColumnSums(of: products, to: factors)
    }
  }
}

/// Adds the sum of each column to the gradient of `target`, where it wants one.
private func addColumnSums(of rows: Tensor, to target: Tensor?) {
  guard let sums = target?.slot.zeroed() else { return }
  anneal_bias_backward(
    Int64(rows.rows), Int64(rows.columns), rows.fresh, ANNEAL_ACTIVATION_NONE, nil, sums)
}
