internal import CKernels

extension Tape {
  /// activation(x), value by value.
  public func activation(_ x: Tensor, _ kind: Activation) -> Tensor {
    let output = Tensor(uninitialized: x.shape)
    let slope = isRecording && x.requiresGradient ? Tensor(uninitialized: x.shape) : nil
    reading(x) {
      anneal_activate(Int64(x.count), kind.kernel, x.base, output.fresh, slope?.fresh)
    }
    return record(output, inputs: [x]) { gradient in
      x.addGradient { memory, add in
        guard let slope else { return }
        anneal_multiply(Int64(x.count), 1, gradient.base, slope.base, memory, add)
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
    return record(output, inputs: [a, b]) { gradient in
      a.addGradient { anneal_scale(Int64(a.count), 1, gradient.base, $0, $1) }
      b.addGradient { anneal_scale(Int64(b.count), factor, gradient.base, $0, $1) }
    }
  }

  /// a · b value by value, for tensors of one shape.
  public func multiply(_ a: Tensor, _ b: Tensor) -> Tensor {
    precondition(a.shape == b.shape, "multiplying shapes \(a.shape) and \(b.shape)")
    let output = Tensor(uninitialized: a.shape)
    reading(a, b) {
      anneal_multiply(Int64(a.count), 1, a.base, b.base, output.fresh, false)
    }
    return record(output, inputs: [a, b]) { gradient in
      reading(a, b) {
        a.addGradient { anneal_multiply(Int64(a.count), 1, gradient.base, b.base, $0, $1) }
        b.addGradient { anneal_multiply(Int64(a.count), 1, gradient.base, a.base, $0, $1) }
      }
    }
  }

  /// factor · x.
  public func scale(_ x: Tensor, by factor: Float) -> Tensor {
    let output = Tensor(uninitialized: x.shape)
    reading(x) { anneal_scale(Int64(x.count), factor, x.base, output.fresh, false) }
    return record(output, inputs: [x]) { gradient in
      x.addGradient { anneal_scale(Int64(x.count), factor, gradient.base, $0, $1) }
    }
  }

  /// The sum of all values times `factor`: a single value.
  public func sum(_ x: Tensor, factor: Float = 1) -> Tensor {
    let total = reading(x) { anneal_sum(Int64(x.count), x.base) }
    let output = Tensor([Float(total * Double(factor))], shape: [])
    return record(output, inputs: [x]) { gradient in
      let ones = Tensor(repeating: gradient.item * factor, shape: x.shape)
      x.accumulate(gradient: ones)
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

  private func dropped(_ x: Tensor, residual: Tensor?, _ dropout: ResolvedDropout) -> Tensor {
    let output = Tensor(uninitialized: x.shape)
    let (rows, columns) = (Int64(x.rows), Int64(x.columns))
    reading(x, residual) {
      anneal_dropout_add(
        rows, columns, dropout.kernel, dropout.keys, x.base, residual?.base, output.fresh, false)
    }
    return record(output, inputs: [x] + (residual.map { [$0] } ?? [])) { gradient in
      x.addGradient { memory, add in
        anneal_dropout_add(
          rows, columns, dropout.kernel, dropout.keys, gradient.base, nil, memory, add)
      }
      residual?.accumulate(gradient: gradient)
    }
  }
}
