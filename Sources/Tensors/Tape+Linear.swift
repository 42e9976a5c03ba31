internal import CKernels

/// A function applied to each value.
public enum Activation: String, Sendable, CaseIterable {
  /// The value itself.
  case none
  /// x Φ(x) with the exact normal distribution: "gelu".
  case gelu
  /// The tanh approximation of GELU: "gelu_new", "gelu_pytorch_tanh".
  case geluTanh
  /// max(x, 0).
  case relu
  /// x σ(x): "silu", "swish".
  case silu
  /// The hyperbolic tangent.
  case tanh
  /// 1 / (1 + exp(-x)).
  case sigmoid
  /// x σ(1.702 x): "quick_gelu".
  case quickGelu

  var kernel: anneal_activation {
    switch self {
    case .none: ANNEAL_ACTIVATION_NONE
    case .gelu: ANNEAL_ACTIVATION_GELU
    case .geluTanh: ANNEAL_ACTIVATION_GELU_TANH
    case .relu: ANNEAL_ACTIVATION_RELU
    case .silu: ANNEAL_ACTIVATION_SILU
    case .tanh: ANNEAL_ACTIVATION_TANH
    case .sigmoid: ANNEAL_ACTIVATION_SIGMOID
    case .quickGelu: ANNEAL_ACTIVATION_QUICK_GELU
    }
  }
}

/// How a weight matrix is stored.
public enum WeightLayout: Sendable {
  /// `[out, in]`, as torch.nn.Linear does.
  case outputByInput
  /// `[in, out]`, as GPT-2's Conv1D does.
  case inputByOutput
}

extension Tape {
  /// activation(x · weight + bias): x `[…, in]` → `[…, out]`.
  ///
  /// Also a plain product: with `.outputByInput`, x · weightᵀ of two activations, such as the
  /// similarity of every pair of rows.
  public func linear(
    _ x: Tensor, weight: Tensor, bias: Tensor? = nil, activation: Activation = .none,
    layout: WeightLayout = .outputByInput
  ) -> Tensor {
    if !isRecording,
      let product = weight.storage.prepared?.linear(x, weight, bias, activation, layout)
    {
      return product
    }
    let shape = LinearShape(x, weight, bias, layout, precision)
    let output = Tensor(uninitialized: x.shape.dropLast() + [shape.outputs])
    let isRecorded =
      isRecording
      && (x.requiresGradient || weight.requiresGradient || bias?.requiresGradient ?? false)
    let slope =
      isRecorded && activation != .none ? Tensor(uninitialized: output.shape) : nil
    reading(x, weight, bias) {
      anneal_linear(
        precision, Int64(shape.rows), Int64(shape.outputs), Int64(shape.inputs), x.base,
        shape.forwardMatrix(weight), bias?.base, activation.kernel, output.fresh, slope?.fresh)
    }
    return record(output, inputs: [x, weight] + (bias.map { [$0] } ?? [])) { gradient in
      shape.backward(gradient, slope, x, weight, bias, layout)
    }
  }
}

/// The checked sizes of a linear map, and its gradients.
private struct LinearShape {
  let rows: Int
  let inputs: Int
  let outputs: Int
  let layout: WeightLayout
  let precision: anneal_precision

  init(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ layout: WeightLayout,
    _ precision: anneal_precision
  ) {
    precondition(weight.shape.count == 2, "a weight of shape \(weight.shape)")
    rows = x.rows
    inputs = x.columns
    (self.layout, self.precision) = (layout, precision)
    outputs = layout == .outputByInput ? weight.shape[0] : weight.shape[1]
    let weightInputs = layout == .outputByInput ? weight.shape[1] : weight.shape[0]
    precondition(
      weightInputs == inputs, "linear of \(x.shape) by \(weight.shape), stored \(layout)")
    precondition(
      bias.map { $0.count == outputs } ?? true,
      "a bias of shape \(bias?.shape ?? []) for \(outputs) outputs")
  }

  /// The weight read as [in, out].
  func forwardMatrix(_ weight: Tensor) -> anneal_matrix {
    layout == .outputByInput
      ? anneal_matrix(base: weight.base, row: 1, column: Int64(inputs))
      : anneal_matrix(base: weight.base, row: Int64(outputs), column: 1)
  }

  /// The weight read as [out, in].
  func backwardMatrix(_ weight: Tensor) -> anneal_matrix {
    let forward = forwardMatrix(weight)
    return anneal_matrix(base: forward.base, row: forward.column, column: forward.row)
  }

  /// Adds all gradients; `gradient` is used up.
  func backward(
    _ gradient: Tensor, _ slope: Tensor?, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?,
    _ layout: WeightLayout
  ) {
    let (m, n, k) = (Int64(rows), Int64(outputs), Int64(inputs))
    let biasGradient = bias?.zeroedGradient()
    if slope != nil || biasGradient != nil {
      anneal_bias_backward(m, n, gradient.fresh, slope?.base, biasGradient)
    }
    reading(weight) {
      x.addGradient { memory, add in
        let rows = anneal_matrix(base: gradient.base, row: n, column: 1)
        anneal_gemm(precision, m, k, n, rows, backwardMatrix(weight), memory, k, add)
      }
    }
    reading(x) {
      weight.addGradient { memory, add in
        let gradients = anneal_matrix(base: gradient.base, row: n, column: 1)
        let inputs = anneal_matrix(base: x.base, row: k, column: 1)
        switch layout {
        case .outputByInput:
          let transposed = anneal_matrix(base: gradient.base, row: 1, column: n)
          anneal_gemm(precision, n, k, m, transposed, inputs, memory, k, add)
        case .inputByOutput:
          let transposed = anneal_matrix(base: x.base, row: 1, column: k)
          anneal_gemm(precision, k, n, m, transposed, gradients, memory, n, add)
        }
      }
    }
  }
}
