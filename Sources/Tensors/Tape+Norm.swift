internal import CKernels

extension Tape {
  /// Layer normalisation of each row (Ba, Kiros, Hinton 2016).
  public func layerNorm(
    _ x: Tensor, weight: Tensor?, bias: Tensor?, epsilon: Float
  ) -> Tensor {
    norm(x, residual: nil, weight, bias, epsilon, root: false, .none)
  }

  /// Root-mean-square normalisation of each row (Zhang, Sennrich 2019): no mean, no bias.
  public func rmsNorm(_ x: Tensor, weight: Tensor?, epsilon: Float) -> Tensor {
    norm(x, residual: nil, weight, nil, epsilon, root: true, .none)
  }

  /// layerNorm(residual + dropout(x)): how a post-norm block (BERT) ends.
  public func addNorm(
    _ x: Tensor, residual: Tensor, weight: Tensor?, bias: Tensor?, epsilon: Float,
    dropout: Dropout? = nil
  ) -> Tensor {
    precondition(
      x.shape == residual.shape, "adding shapes \(x.shape) and \(residual.shape)")
    return norm(
      x, residual: residual, weight, bias, epsilon, root: false, resolve(dropout, rows: x.rows))
  }

  /// Each row divided by its Euclidean length, or by `epsilon` if that is larger.
  public func unitRows(_ x: Tensor, epsilon: Float = 1e-12) -> Tensor {
    let (rows, columns) = (Int64(x.rows), Int64(x.columns))
    let output = Tensor(uninitialized: x.shape)
    let lengths = Tensor(uninitialized: [x.rows])
    reading(x) {
      anneal_unit_rows(rows, columns, epsilon, x.base, output.fresh, lengths.fresh)
    }
    let kept = Kept(output)
    return record(output, inputs: [x]) { [slot = x.slot] gradient in
      let output = kept.tensor()
      slot.add(over: gradient) { memory, add in
        anneal_unit_rows_backward(
          rows, columns, gradient.base, output.base, lengths.base, memory, add)
      }
    }
  }

  private func norm(
    _ x: Tensor, residual: Tensor?, _ weight: Tensor?, _ bias: Tensor?, _ epsilon: Float,
    root: Bool, _ dropout: ResolvedDropout
  ) -> Tensor {
    precondition(x !== residual, "a residual connection of a tensor with itself")
    for parameter in [weight, bias].compactMap(\.self) {
      precondition(
        parameter.count == x.columns, "a norm of \(x.shape) with \(parameter.shape)")
    }
    let sum = residual == nil ? x : Tensor(uninitialized: x.shape)
    let norm = Norm(Kept(sum), weight, bias, epsilon, root)
    let inputs = [x, residual, weight, bias].compactMap(\.self)
    let isRecorded = isRecording && inputs.contains { $0.requiresGradient }
    let output = Tensor(
      uninitialized: x.shape, recipe: isRecorded ? Recipe(from: [norm.sum]) { norm.result() } : nil)
    let statistics = Tensor(uninitialized: [x.rows, 2])
    reading(x, residual, weight, bias) {
      anneal_norm_forward(
        norm.kernel(x), x.base, residual?.base, dropout.kernel, dropout.keys,
        residual == nil ? nil : sum.fresh, output.fresh, statistics.fresh)
    }
    return record(output, inputs: inputs) { [x = x.slot, residual = residual?.slot] gradient in
      norm.backward(gradient, statistics, dropout, x, residual)
    }
  }
}

/// A norm whose result is made again from its argument, which is all that is kept.
private struct Norm: Sendable {
  /// What is normalised.
  let sum: Kept
  private let weight, bias: Tensor?
  private let epsilon: Float
  private let root: Bool

  init(_ sum: Kept, _ weight: Tensor?, _ bias: Tensor?, _ epsilon: Float, _ root: Bool) {
    (self.sum, self.weight, self.bias) = (sum, weight, bias)
    (self.epsilon, self.root) = (epsilon, root)
  }

  func kernel(_ x: Tensor) -> anneal_norm {
    anneal_norm(
      rows: Int64(x.rows), columns: Int64(x.columns), epsilon: epsilon, root: root,
      weight: weight?.base, bias: bias?.base)
  }

  func result() -> Tensor {
    let sum = sum.tensor()
    let (output, statistics) = (
      Tensor(uninitialized: sum.shape), Tensor(uninitialized: [sum.rows, 2])
    )
    reading(sum, weight, bias) {
      anneal_norm_forward(
        kernel(sum), sum.base, nil, ResolvedDropout.none.kernel, [], nil, output.fresh,
        statistics.fresh)
    }
    return output
  }

  /// Adds the gradients of what was normalised, of its two summands, and of weight and bias.
  func backward(
    _ gradient: Tensor, _ statistics: Tensor, _ dropout: ResolvedDropout, _ x: GradientSlot,
    _ residual: GradientSlot?
  ) {
    let sum = sum.tensor()
    let (dWeight, dBias) = (weight?.slot.zeroed(), bias?.slot.zeroed())
    func run(_ input: Target, _ residual: Target) {
      reading(sum, weight) {
        anneal_norm_backward(
          kernel(sum), gradient.base, sum.base, statistics.base, dropout.kernel, dropout.keys,
          input.memory, input.add, residual.memory, residual.add, dWeight, dBias)
      }
    }
    guard let residual, residual.requiresGradient else {
      return open(x, over: gradient) { run($0, (nil, false)) }
    }
    guard dropout.kernel.probability > 0 || !x.requiresGradient else {
      return runOnce(gradient, x, residual) { run($0, (nil, false)) }
    }
    residual.add { memory, add in
      open(x, over: gradient) { run($0, (memory, add)) }
    }
  }

  private typealias Target = (memory: UnsafeMutablePointer<Float>?, add: Bool)

  private func open(_ slot: GradientSlot, over gradient: Tensor, _ body: (Target) -> Void) {
    guard slot.requiresGradient else { return body((nil, false)) }
    slot.add(over: gradient) { body(($0, $1)) }
  }

  /// Both summands have one gradient where nothing was dropped.
  private func runOnce(
    _ gradient: Tensor, _ x: GradientSlot, _ residual: GradientSlot, _ body: (Target) -> Void
  ) {
    let both = gradient.isShared ? Tensor(uninitialized: gradient.shape) : gradient
    body((both.fresh, false))
    x.add(both)
    residual.add(both)
  }
}
