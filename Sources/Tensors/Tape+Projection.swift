internal import CKernels

extension Tape {
  /// residual + dropout(x · weight + bias): how attention joins the residual of a pre-norm block.
  ///
  /// The sum is made again by the backward pass, by one more product, and not kept: it would lie
  /// beside the residual and the next sum, which are as large. Where the weight is frozen, little
  /// else is kept, and so is the sum.
  public func addLinear(
    _ x: Tensor, weight: Tensor, bias: Tensor? = nil, layout: WeightLayout = .outputByInput,
    residual: Tensor, dropout: Dropout? = nil
  ) -> Tensor {
    let product = linear(x, weight: weight, bias: bias, layout: layout)
    precondition(
      product.shape == residual.shape, "adding shapes \(product.shape) and \(residual.shape)")
    let dropout = resolve(dropout, rows: x.rows)
    guard isRecording, weight.requiresGradient else {
      return dropped(product, residual: residual, dropout)
    }
    let (x, kept) = (Kept(x), Kept(residual))
    let recipe = Recipe(from: [x, kept], shared: true) { [precision] in
      let (x, residual) = (x.tensor(), kept.tensor())
      let sum = Tensor(uninitialized: residual.shape)
      reading(x, weight, bias, residual) {
        anneal_linear(
          precision, Int64(x.rows), Int64(sum.columns), Int64(x.columns), x.base,
          layout.matrix(weight), bias?.base, ANNEAL_ACTIVATION_NONE, sum.fresh, nil)
        dropout.apply(to: sum, residual: residual, into: sum.fresh)
      }
      return sum
    }
    return dropped(product, residual: residual, dropout, recipe: recipe)
  }
}
