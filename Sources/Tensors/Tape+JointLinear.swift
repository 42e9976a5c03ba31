internal import CKernels

/// One of several linear maps of the same x: its weight `[out, in]`, and its bias if it has one.
public struct LinearMap: Sendable {
  /// The weight, stored as `[out, in]`.
  public let weight: Tensor
  /// What is added: `[out]`.
  public let bias: Tensor?

  /// A map of the given weight and bias.
  public init(weight: Tensor, bias: Tensor? = nil) {
    precondition(
      weight.shape.count == 2 && bias.map { $0.count == weight.shape[0] } ?? true,
      "a bias of shape \(bias?.shape ?? []) for a weight of shape \(weight.shape)")
    self.weight = weight
    self.bias = bias
  }

  /// The width of its result.
  public var outputs: Int { weight.shape[0] }
}

extension Tape {
  /// The results of several linear maps of one x, side by side: `[rows, sum of outputs]`.
  ///
  /// The same numbers as map by map, in less time: the backward pass prepares x once for the gradients
  /// of all weights, and adds up the gradient of x in place.
  public func linear(_ x: Tensor, jointly maps: [LinearMap]) -> Tensor {
    let joint = JointLinear(maps: maps, rows: x.rows, inputs: x.columns, precision: precision)
    if !isRecording, let products = PreparedWeight.linear(x, jointly: maps) { return products }
    let output = Tensor(uninitialized: [x.rows, joint.outputs])
    joint.forward(x, into: output)
    let inputs = [x] + maps.flatMap { [$0.weight] + ($0.bias.map { [$0] } ?? []) }
    let needsValues = isRecording && maps.contains { $0.weight.requiresGradient }
    let kept = needsValues ? Kept(x) : nil
    return record(output, inputs: inputs) { [slot = x.slot] gradient in
      joint.addToBiases(gradient)
      if let kept { joint.addToWeights(gradient, kept.tensor()) }
      joint.addToInput(gradient, slot)
    }
  }
}

private struct JointLinear {
  let maps: [LinearMap]
  /// The first column of each map's result.
  let starts: [Int]
  let rows, inputs, outputs: Int
  let precision: anneal_precision

  init(maps: [LinearMap], rows: Int, inputs: Int, precision: anneal_precision) {
    var (starts, next) = ([Int](), 0)
    for map in maps {
      precondition(
        map.weight.shape[1] == inputs, "a weight of \(map.weight.shape) for \(inputs) inputs")
      starts.append(next)
      next += map.outputs
    }
    (self.maps, self.starts, self.outputs) = (maps, starts, next)
    (self.rows, self.inputs, self.precision) = (rows, inputs, precision)
  }

  func forward(_ x: Tensor, into output: Tensor) {
    for (map, start) in zip(maps, starts) { multiply(x, map, into: output.fresh + start) }
  }

  private func multiply(_ x: Tensor, _ map: LinearMap, into memory: UnsafeMutablePointer<Float>) {
    let (m, n, k) = (Int64(rows), Int64(map.outputs), Int64(inputs))
    let isDone: Void? = map.weight.storage.withFourBits { values in
      reading(x, map.bias) {
        anneal_linear_four(
          precision, m, n, k, x.base, WeightLayout.outputByInput.fourBits(values, columns: inputs),
          map.bias?.base, ANNEAL_ACTIVATION_NONE, memory, Int64(outputs), nil)
      }
    }
    guard isDone == nil else { return }
    reading(x, map.weight, map.bias) {
      anneal_linear_columns(
        precision, m, n, k, x.base,
        anneal_matrix(base: map.weight.base, row: 1, column: k), map.bias?.base, memory,
        Int64(outputs))
    }
  }

  func addToBiases(_ gradient: Tensor) {
    guard maps.contains(where: { $0.bias?.requiresGradient ?? false }) else { return }
    let sums = Tensor(repeating: 0, shape: [outputs])
    anneal_bias_backward(
      Int64(rows), Int64(outputs), gradient.fresh, ANNEAL_ACTIVATION_NONE, nil, sums.fresh)
    for (map, start) in zip(maps, starts) {
      map.bias?.slot.add { anneal_scale(Int64(map.outputs), 1, sums.base + start, $0, $1) }
    }
  }

  /// The gradients of all weights that want one, by products that share the packed x.
  func addToWeights(_ gradient: Tensor, _ x: Tensor) {
    var products: [anneal_product] = []
    for (map, start) in zip(maps, starts) where map.weight.requiresGradient {
      let isNew = map.weight.gradient == nil
      if isNew { map.weight.gradient = Tensor(uninitialized: map.weight.shape) }
      guard let memory = map.weight.slot.zeroed() else { continue }
      products.append(
        anneal_product(
          m: Int64(map.outputs), a: gradient.base + start, out: memory, accumulate: !isNew))
    }
    reading(x) {
      anneal_gemm_shared(
        precision, Int64(products.count), products, Int64(inputs), Int64(rows),
        anneal_matrix(base: gradient.base, row: 1, column: Int64(outputs)),
        anneal_matrix(base: x.base, row: Int64(inputs), column: 1))
    }
  }

  func addToInput(_ gradient: Tensor, _ slot: GradientSlot) {
    slot.add { memory, add in
      for (index, (map, start)) in zip(maps, starts).enumerated() {
        multiplyBack(gradient.base + start, map, into: memory, add: add || index > 0)
      }
    }
  }

  private func multiplyBack(
    _ gradient: UnsafePointer<Float>, _ map: LinearMap,
    into memory: UnsafeMutablePointer<Float>, add: Bool
  ) {
    let (m, n, k) = (Int64(rows), Int64(map.outputs), Int64(inputs))
    let left = anneal_matrix(base: gradient, row: Int64(outputs), column: 1)
    let isDone: Void? = map.weight.storage.withFourBits { values in
      let weight = WeightLayout.outputByInput.fourBits(values, columns: inputs, isBackward: true)
      anneal_gemm_four(precision, m, k, n, left, weight, memory, k, add)
    }
    guard isDone == nil else { return }
    reading(map.weight) {
      let weight = anneal_matrix(base: map.weight.base, row: k, column: 1)
      anneal_gemm(precision, m, k, n, left, weight, memory, k, add)
    }
  }
}
