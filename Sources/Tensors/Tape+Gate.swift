internal import CKernels

extension Tape {
  /// activation(gate) · up, value by value: the gated unit of Llama (SwiGLU) and of T5 v1.1.
  ///
  /// Of the three, gate and up alone are kept for the backward pass; both are `[rows, width]`.
  public func gated(_ gate: Columns, _ up: Columns, _ activation: Activation) -> Tensor {
    precondition(
      gate.tensor.rows == up.tensor.rows && gate.count == up.count,
      "a gate of \(gate.count) columns of \(gate.tensor.shape) before \(up.count) of "
        + "\(up.tensor.shape)")
    let unit = GatedUnit(Half(gate), Half(up), activation)
    let inputs = gate.tensor === up.tensor ? [gate.tensor] : [gate.tensor, up.tensor]
    let isRecorded = isRecording && inputs.contains { $0.requiresGradient }
    let output = Tensor(
      uninitialized: [gate.tensor.rows, gate.count],
      recipe: isRecorded
        ? Recipe(from: unit.sources) {
          let result = Tensor(uninitialized: unit.shape)
          unit.forward(into: result)
          return result
        } : nil)
    unit.forward(into: output)
    return record(output, inputs: inputs) { unit.backward($0) }
  }
}

/// One of the factors of a gated unit, without the tensor's gradient slot.
private struct Half: Sendable {
  let values: Kept
  let slot: GradientSlot
  let start, width, rows, columns: Int

  init(_ columns: Columns) {
    values = Kept(columns.tensor)
    slot = columns.tensor.slot
    (start, width) = (columns.start, columns.count)
    (rows, self.columns) = (columns.tensor.rows, columns.tensor.columns)
  }

  func view(_ tensor: Tensor, accumulate: Bool = false) -> anneal_rows {
    anneal_rows(base: tensor.fresh + start, row: Int64(columns), accumulate: accumulate)
  }

  /// Where the gradient of these columns goes, and whether it is added.
  func target(_ gradient: UnsafeMutablePointer<Float>?, accumulate: Bool) -> anneal_rows {
    anneal_rows(
      base: gradient.map { $0 + start }, row: Int64(columns), accumulate: accumulate)
  }
}

private struct GatedUnit: Sendable {
  let gate, up: Half
  let activation: Activation

  init(_ gate: Half, _ up: Half, _ activation: Activation) {
    (self.gate, self.up, self.activation) = (gate, up, activation)
  }

  var shape: [Int] { [gate.rows, gate.width] }
  var sources: [Kept] { [gate.values, up.values] }

  func forward(into output: Tensor) {
    let (first, second) = (gate.values.tensor(), up.values.tensor())
    reading(first, second) {
      anneal_gate(
        Int64(gate.rows), Int64(gate.width), activation.kernel, gate.view(first),
        up.view(second), output.fresh)
    }
  }

  func backward(_ gradient: Tensor) {
    if gate.slot === up.slot, gate.start + up.start == gate.width, gate.columns == 2 * gate.width {
      // The two halves of one tensor: all of its gradient is written at once.
      gate.slot.add { memory, add in backward(gradient, memory, add, memory, add) }
    } else if gate.slot === up.slot {
      let memory = gate.slot.zeroed()
      backward(gradient, memory, true, memory, true)
    } else {
      let (first, second) = (gate.slot.zeroed(whole: gate), up.slot.zeroed(whole: up))
      backward(gradient, first.memory, first.add, second.memory, second.add)
    }
  }

  private func backward(
    _ gradient: Tensor, _ dGate: UnsafeMutablePointer<Float>?, _ addGate: Bool,
    _ dUp: UnsafeMutablePointer<Float>?, _ addUp: Bool
  ) {
    let (first, second) = (gate.values.tensor(), up.values.tensor())
    reading(first, second) {
      anneal_gate_backward(
        Int64(gate.rows), Int64(gate.width), activation.kernel, gate.view(first),
        up.view(second), gradient.base, gate.target(dGate, accumulate: addGate),
        up.target(dUp, accumulate: addUp))
    }
  }
}

extension GradientSlot {
  /// Gradient memory of a factor: to be written where the factor is all of a tensor and nothing is
  /// there, otherwise to be added to.
  fileprivate func zeroed(
    whole half: Half
  ) -> (memory: UnsafeMutablePointer<Float>?, add: Bool) {
    guard requiresGradient, gradient == nil, half.width == half.columns else {
      return (zeroed(), true)
    }
    let target = Tensor(uninitialized: shape)
    gradient = target
    return (target.fresh, false)
  }
}
