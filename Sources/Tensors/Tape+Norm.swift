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
    return record(output, inputs: [x]) { gradient in
      x.addGradient { memory, add in
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
    let output = Tensor(uninitialized: x.shape)
    let sum = residual == nil ? x : Tensor(uninitialized: x.shape)
    let statistics = Tensor(uninitialized: [x.rows, 2])
    let kernel = { [rows = x.rows, columns = x.columns] in
      anneal_norm(
        rows: Int64(rows), columns: Int64(columns), epsilon: epsilon, root: root,
        weight: weight?.base, bias: bias?.base)
    }
    reading(x, residual, weight, bias) {
      anneal_norm_forward(
        kernel(), x.base, residual?.base, dropout.kernel, dropout.keys,
        residual == nil ? nil : sum.fresh, output.fresh, statistics.fresh)
    }
    let inputs = [x, residual, weight, bias].compactMap(\.self)
    return record(output, inputs: inputs) { gradient in
      NormGradients(x, residual, weight, bias).write { d in
        reading(sum, weight) {
          anneal_norm_backward(
            kernel(), gradient.base, sum.base, statistics.base, dropout.kernel, dropout.keys,
            d.input.memory, d.input.add, d.residual.memory, d.residual.add, d.weight, d.bias)
        }
      }
    }
  }
}

/// Opens the gradients of a norm's inputs together, as its kernel computes them in one pass.
private struct NormGradients {
  typealias Target = (memory: UnsafeMutablePointer<Float>?, add: Bool)
  var input: Target = (nil, false)
  var residual: Target = (nil, false)
  var weight: UnsafeMutablePointer<Float>?
  var bias: UnsafeMutablePointer<Float>?
  private let tensors: (x: Tensor, residual: Tensor?, weight: Tensor?, bias: Tensor?)

  init(_ x: Tensor, _ residual: Tensor?, _ weight: Tensor?, _ bias: Tensor?) {
    tensors = (x, residual, weight, bias)
  }

  func write(_ body: (NormGradients) -> Void) {
    var targets = self
    let (x, residual, weight, bias) = tensors
    open(x) { input in
      targets.input = input
      open(residual) { residual in
        targets.residual = residual
        openZeroed(weight) { weight in
          targets.weight = weight
          openZeroed(bias) { bias in
            targets.bias = bias
            body(targets)
          }
        }
      }
    }
  }

  private func open(_ tensor: Tensor?, _ body: (Target) -> Void) {
    guard let tensor, tensor.requiresGradient else { return body((nil, false)) }
    tensor.addGradient { memory, add in body((memory, add)) }
  }

  private func openZeroed(_ tensor: Tensor?, _ body: (UnsafeMutablePointer<Float>?) -> Void) {
    guard let tensor, tensor.requiresGradient else { return body(nil) }
    tensor.addToGradient { memory in body(memory) }
  }
}
