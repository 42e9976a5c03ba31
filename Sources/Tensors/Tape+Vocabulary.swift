internal import CKernels

extension Tape {
  /// The cross-entropy of each row of hidden states, some classes at a time.
  ///
  /// Made for gradients that are not known yet: the backward pass makes the logits again.
  func vocabularyLosses(
    _ hidden: Tensor, weight: Tensor, bias: Tensor?, targets: [Int32], smoothing: Float
  ) -> Tensor {
    checkTargets(targets, rows: hidden.rows, classes: weight.rows)
    let head = VocabularyHead(hidden, weight, bias, targets, smoothing, precision)
    let losses = Tensor(uninitialized: [hidden.rows])
    let statistics = Tensor(uninitialized: [hidden.rows, 3])
    reading(hidden, weight, bias) { head.forward(hidden, losses, statistics) }
    let inputs = [hidden, weight] + (bias.map { [$0] } ?? [])
    let kept = Kept(hidden)
    return record(losses, inputs: inputs) { [slot = hidden.slot] gradient in
      let hidden = kept.tensor()
      reading(hidden, weight, bias) {
        head.backward(hidden, slot, gradient, statistics)
      }
    }
  }

  /// Σ weights · losses / divisor, some rows at a time, each with its gradients while its logits are
  /// at hand; nil where there is no gradient to take, or where one of the weight is there already,
  /// to which the backward pass adds without memory for another.
  func vocabularyLossAtOnce(
    _ hidden: Tensor, weight: Tensor, bias: Tensor?, targets: [Int32], smoothing: Float,
    weights: [Float], divisor: Float
  ) -> Loss? {
    let inputs = [hidden, weight] + (bias.map { [$0] } ?? [])
    guard
      isRecording, hidden.rows > 0, weight.gradient == nil,
      inputs.contains(where: \.requiresGradient)
    else { return nil }
    checkTargets(targets, rows: hidden.rows, classes: weight.rows)
    let head = VocabularyHead(
      hidden, weight, bias, targets, smoothing, precision, wholeRows: true)
    let factor = divisor == 0 ? 0 : 1 / divisor
    let losses = Tensor(uninitialized: [hidden.rows])
    let gradients = inputs.map { $0.requiresGradient ? Tensor(uninitialized: $0.shape) : nil }
    reading(hidden, weight, bias) {
      head.forwardAndBack(hidden, losses, weights.map { factor * $0 }, gradients)
    }
    let rows = losses.values
    let total = zip(rows, weights).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    let mean = Tensor([Float(total * Double(factor))], shape: [])
    let slots = inputs.map(\.slot)
    record(mean, inputs: inputs) { scale in
      for (slot, gradient) in zip(slots, gradients) {
        guard let gradient else { continue }
        if scale.item != 1 {
          anneal_scale(
            Int64(gradient.count), scale.item, gradient.base, gradient.fresh, false)
        }
        slot.add(gradient)
      }
    }
    return Loss(mean: mean, rows: rows, counted: weights.count { $0 != 0 })
  }
}
