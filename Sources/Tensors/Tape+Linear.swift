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

  /// Whether the backward pass needs the result and not the argument.
  var slopeIsFromResult: Bool { anneal_slope_from_result(kernel) }
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
    let isRecorded =
      isRecording
      && (x.requiresGradient || weight.requiresGradient || bias?.requiresGradient ?? false)
    // What the activation is applied to is all that is kept of the two.
    let before =
      isRecorded && activation != .none && !activation.slopeIsFromResult
      ? Tensor(uninitialized: x.shape.dropLast() + [shape.outputs]) : nil
    let slope = before.map { Slope(activation, at: $0) }
    let output = Tensor(
      uninitialized: x.shape.dropLast() + [shape.outputs],
      recipe: before.map { Recipe.activation(Kept($0), activation, until: slope) })
    output.slot.slope = slope
    shape.multiply(x, weight, bias, activation, into: output, before)
    let gradients = LinearGradients(
      shape: shape, activation: activation,
      basis: isRecorded && activation != .none ? before ?? Kept(output).tensor() : nil,
      slope: slope,
      values: isRecorded && weight.requiresGradient ? Kept(x) : nil, x: x.slot, weight: weight,
      bias: bias?.slot)
    return record(output, inputs: [x, weight] + (bias.map { [$0] } ?? [])) { gradients.add($0) }
  }
}

/// The checked sizes of a linear map.
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

  /// Writes activation(x · weight + bias), and what the activation is applied to.
  func multiply(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ activation: Activation,
    into output: Tensor, _ before: Tensor?
  ) {
    let (m, n, k) = (Int64(rows), Int64(outputs), Int64(inputs))
    let isDone: Void? = weight.storage.withFourBits { values in
      reading(x, bias) {
        anneal_linear_four(
          precision, m, n, k, x.base, layout.fourBits(values, columns: weight.columns),
          bias?.base, activation.kernel, output.fresh, n, before?.fresh)
      }
    }
    guard isDone == nil else { return }
    reading(x, weight, bias) {
      anneal_linear(
        precision, m, n, k, x.base, forwardMatrix(weight), bias?.base, activation.kernel,
        output.fresh, before?.fresh)
    }
  }

  /// Writes gradient · weightᵀ, or adds it.
  func multiplyBack(
    _ gradient: Tensor, _ weight: Tensor, into memory: UnsafeMutablePointer<Float>, add: Bool
  ) {
    let (m, n, k) = (Int64(rows), Int64(outputs), Int64(inputs))
    let left = anneal_matrix(base: gradient.base, row: n, column: 1)
    let isDone: Void? = weight.storage.withFourBits { values in
      anneal_gemm_four(
        precision, m, k, n, left,
        layout.fourBits(values, columns: weight.columns, isBackward: true), memory, k, add)
    }
    guard isDone == nil else { return }
    reading(weight) {
      anneal_gemm(precision, m, k, n, left, backwardMatrix(weight), memory, k, add)
    }
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
}

/// What the backward pass of a linear map needs.
private struct LinearGradients {
  let shape: LinearShape
  let activation: Activation
  /// What the slope of the activation follows from.
  let basis: Tensor?
  /// Who may have multiplied the gradient by the slope already.
  let slope: Slope?
  /// The values of x, where the weight wants a gradient.
  let values: Kept?
  let x: GradientSlot
  let weight: Tensor
  let bias: GradientSlot?

  /// Adds all gradients, that of the weight first, as x's values are then let go of.
  func add(_ gradient: Tensor) {
    let basis = slope?.isApplied ?? false ? nil : basis
    let gradient = basis == nil ? gradient : gradient.own()
    let biasGradient = bias?.zeroed()
    if basis != nil || biasGradient != nil {
      anneal_bias_backward(
        Int64(shape.rows), Int64(shape.outputs), gradient.fresh,
        basis == nil ? ANNEAL_ACTIVATION_NONE : activation.kernel, basis?.base, biasGradient)
    }
    addToWeight(gradient)
    addToInput(gradient)
  }

  private func addToInput(_ gradient: Tensor) {
    if weight.storage.fourBit == nil, let slope = x.slopeOfWhole {
      let isApplied = reading(weight) {
        slope.apply(
          shape.precision, to: gradient, columns: shape.outputs, shape.backwardMatrix(weight))
      }
      if isApplied { return x.add(slope.argument) }
    }
    x.add { shape.multiplyBack(gradient, weight, into: $0, add: $1) }
  }

  private func addToWeight(_ gradient: Tensor) {
    guard let values, weight.requiresGradient else { return }
    weight.slot.add { memory, add in
      values.eachRows(of: shape.rows, columns: shape.inputs) { first, x in
        addToWeight(gradient, first, x, memory, add || first > 0)
      }
    }
  }

  /// The share of some rows in the gradient of the weight.
  private func addToWeight(
    _ gradient: Tensor, _ first: Int, _ x: Tensor, _ memory: UnsafeMutablePointer<Float>,
    _ add: Bool
  ) {
    let (m, n, k) = (Int64(x.rows), Int64(shape.outputs), Int64(shape.inputs))
    let rows = gradient.base + first * shape.outputs
    reading(x) {
      switch shape.layout {
      case .outputByInput:
        let transposed = anneal_matrix(base: rows, row: 1, column: n)
        let inputs = anneal_matrix(base: x.base, row: k, column: 1)
        anneal_gemm(shape.precision, n, k, m, transposed, inputs, memory, k, add)
      case .inputByOutput:
        let transposed = anneal_matrix(base: x.base, row: 1, column: k)
        let gradients = anneal_matrix(base: rows, row: n, column: 1)
        anneal_gemm(shape.precision, k, n, m, transposed, gradients, memory, n, add)
      }
    }
  }
}
