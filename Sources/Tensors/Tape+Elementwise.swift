internal import CKernels

extension Tape {
  /// activation(x), value by value.
  public func activation(_ x: Tensor, _ kind: Activation) -> Tensor {
    let kept = Kept(x)
    let recipe = isRecording && x.requiresGradient ? Recipe.activation(kept, kind) : nil
    let output = Tensor(uninitialized: x.shape, recipe: kind.slopeIsFromResult ? nil : recipe)
    reading(x) { anneal_activate(Int64(x.count), kind.kernel, x.base, output.fresh) }
    let basis = kind.slopeIsFromResult ? Kept(output) : kept
    return record(output, inputs: [x]) { [slot = x.slot] gradient in
      let basis = basis.tensor()
      slot.add(over: gradient) { memory, add in
        anneal_activation_backward(
          Int64(slot.count), kind.kernel, basis.base, gradient.base, memory, add)
      }
    }
  }

  /// a + factor b, for tensors of one shape.
  public func add(_ a: Tensor, _ b: Tensor, factor: Float = 1) -> Tensor {
    precondition(a.shape == b.shape, "adding shapes \(a.shape) and \(b.shape)")
    let output = Tensor(uninitialized: a.shape)
    reading(a, b) {
      anneal_combine(Int64(a.count), 1, a.base, factor, b.base, output.fresh)
    }
    return record(output, inputs: [a, b]) { [a = a.slot, b = b.slot] gradient in
      a.add(gradient)
      if factor == 1 {
        b.add(gradient)
      } else {
        b.add { anneal_scale(Int64(b.count), factor, gradient.base, $0, $1) }
      }
    }
  }

  /// a · b value by value, for tensors of one shape.
  public func multiply(_ a: Tensor, _ b: Tensor) -> Tensor {
    precondition(a.shape == b.shape, "multiplying shapes \(a.shape) and \(b.shape)")
    let output = Tensor(uninitialized: a.shape)
    reading(a, b) {
      anneal_multiply(Int64(a.count), 1, a.base, b.base, output.fresh, false)
    }
    let kept = (Kept(a), Kept(b))
    return record(output, inputs: [a, b]) { [a = a.slot, b = b.slot] gradient in
      let (first, second) = (kept.0.tensor(), kept.1.tensor())
      a.add { anneal_multiply(Int64(a.count), 1, gradient.base, second.base, $0, $1) }
      b.add(over: gradient) {
        anneal_multiply(Int64(b.count), 1, gradient.base, first.base, $0, $1)
      }
    }
  }

  /// factor · x.
  public func scale(_ x: Tensor, by factor: Float) -> Tensor {
    let output = Tensor(uninitialized: x.shape)
    reading(x) { anneal_scale(Int64(x.count), factor, x.base, output.fresh, false) }
    return record(output, inputs: [x]) { [slot = x.slot] gradient in
      slot.add(over: gradient) {
        anneal_scale(Int64(slot.count), factor, gradient.base, $0, $1)
      }
    }
  }

  /// The sum of all values times `factor`: a single value.
  public func sum(_ x: Tensor, factor: Float = 1) -> Tensor {
    let total = reading(x) { anneal_sum(Int64(x.count), x.base) }
    let output = Tensor([Float(total * Double(factor))], shape: [])
    return record(output, inputs: [x]) { [slot = x.slot] gradient in
      slot.add(Tensor(repeating: gradient.item * factor, shape: slot.shape))
    }
  }

  /// The mean of all values.
  public func mean(_ x: Tensor) -> Tensor {
    sum(x, factor: 1 / Float(max(x.count, 1)))
  }

  /// x with a share of its values dropped; x itself when nothing is dropped.
  public func dropout(_ x: Tensor, _ dropout: Dropout?) -> Tensor {
    let resolved = resolve(dropout, rows: x.rows)
    guard resolved.kernel.probability > 0 else { return x }
    return dropped(x, residual: nil, resolved)
  }

  /// residual + dropout(x): the residual connection of pre-norm blocks.
  public func addDropout(_ x: Tensor, residual: Tensor, dropout: Dropout? = nil) -> Tensor {
    precondition(
      x.shape == residual.shape, "adding shapes \(x.shape) and \(residual.shape)")
    return dropped(x, residual: residual, resolve(dropout, rows: x.rows))
  }

  func dropped(
    _ x: Tensor, residual: Tensor?, _ dropout: ResolvedDropout, recipe: Recipe? = nil
  ) -> Tensor {
    // What is dropped from values that can be made again can be made again too.
    let canBeMade = isRecording && x.recipe != nil && residual == nil
    let recipe = canBeMade ? Recipe.dropout(Kept(x), dropout) : recipe
    let output = Tensor(uninitialized: x.shape, recipe: recipe)
    reading(x, residual) { dropout.apply(to: x, residual: residual, into: output.fresh) }
    let inputs = [x] + (residual.map { [$0] } ?? [])
    return record(output, inputs: inputs) { [slot = x.slot, residual = residual?.slot] gradient in
      residual?.add(gradient)
      guard dropout.kernel.probability > 0 else { return slot.add(gradient) }
      slot.add(over: gradient) { memory, add in
        dropout.apply(to: gradient, into: memory, adding: add)
      }
    }
  }
}

extension ResolvedDropout {
  /// memory (+)= dropout(x) + residual.
  func apply(
    to x: Tensor, residual: Tensor? = nil, into memory: UnsafeMutablePointer<Float>,
    adding: Bool = false
  ) {
    anneal_dropout_add(
      Int64(x.rows), Int64(x.columns), kernel, keys, x.base, residual?.base, memory, adding)
  }
}

extension Recipe {
  /// activation(x), until a slope takes the place of x.
  static func activation(_ x: Kept, _ kind: Activation, until slope: Slope? = nil) -> Recipe {
    @Sendable func made(_ x: Tensor, _ rows: Range<Int>, _ shape: [Int]) -> Tensor {
      let result = Tensor(uninitialized: shape)
      reading(x) {
        anneal_activate(
          Int64(result.count), kind.kernel, x.base + rows.lowerBound * x.columns, result.fresh)
      }
      return result
    }
    let rows: @Sendable (Range<Int>) -> Tensor = { rows in
      let x = x.tensor()
      return made(x, rows, [rows.count, x.columns])
    }
    return Recipe(from: [x], until: slope, rows: x.isThere ? rows : nil) {
      let x = x.tensor()
      return made(x, 0..<x.rows, x.shape)
    }
  }

  /// dropout(x).
  fileprivate static func dropout(_ x: Kept, _ dropout: ResolvedDropout) -> Recipe {
    Recipe(from: [x]) {
      let x = x.tensor()
      let result = Tensor(uninitialized: x.shape)
      reading(x) { dropout.apply(to: x, into: result.fresh) }
      return result
    }
  }
}
