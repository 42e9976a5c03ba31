internal import CKernels

extension Tape {
  /// The cross-entropy of each row of hidden states, in chunks of rows.
  func vocabularyLosses(
    _ hidden: Tensor, weight: Tensor, bias: Tensor?, targets: [Int32], smoothing: Float
  ) -> Tensor {
    checkTargets(targets, rows: hidden.rows, classes: weight.rows)
    let head = VocabularyHead(hidden, weight, bias, targets, smoothing, precision)
    let losses = Tensor(uninitialized: [hidden.rows])
    let statistics = Tensor(uninitialized: [hidden.rows])
    reading(hidden, weight, bias) { head.forward(hidden, losses, statistics) }
    let inputs = [hidden, weight] + (bias.map { [$0] } ?? [])
    let kept = Kept(hidden)
    return record(losses, inputs: inputs) { [slot = hidden.slot] gradient in
      let hidden = kept.tensor()
      reading(hidden, weight, bias) { head.backward(hidden, slot, gradient, statistics) }
    }
  }
}

/// Logits of a few rows at a time, and the gradients that flow through them.
private struct VocabularyHead {
  let weight: Tensor
  let bias: Tensor?
  let targets: [Int32]
  let smoothing: Float
  let precision: anneal_precision
  /// Rows at a time: enough for an efficient product, few enough for some tens of megabytes.
  let chunk: Int

  init(
    _ hidden: Tensor, _ weight: Tensor, _ bias: Tensor?, _ targets: [Int32], _ smoothing: Float,
    _ precision: anneal_precision
  ) {
    precondition(
      weight.shape.count == 2 && weight.columns == hidden.columns,
      "a head of shape \(weight.shape) on hidden states of shape \(hidden.shape)")
    (self.weight, self.bias) = (weight, bias)
    (self.targets, self.smoothing, self.precision) = (targets, smoothing, precision)
    chunk = min(max(hidden.rows, 1), max(64, (1 << 24) / max(weight.rows, 1)))
  }

  private var classes: Int64 { Int64(weight.rows) }
  private var width: Int64 { Int64(weight.columns) }

  private func eachChunk(
    of hidden: Tensor, _ body: (_ start: Int, _ count: Int64, _ logits: Tensor) -> Void
  ) {
    let logits = Tensor(uninitialized: [chunk, weight.rows])
    for start in stride(from: 0, to: hidden.rows, by: chunk) {
      let count = Int64(min(chunk, hidden.rows - start))
      let matrix = anneal_matrix(base: weight.base, row: 1, column: width)
      anneal_linear(
        precision, count, classes, width, hidden.base + start * hidden.columns, matrix, bias?.base,
        ANNEAL_ACTIVATION_NONE, logits.fresh, nil)
      body(start, count, logits)
    }
  }

  func forward(_ hidden: Tensor, _ losses: Tensor, _ statistics: Tensor) {
    targets.withUnsafeBufferPointer { targets in
      guard let first = targets.baseAddress else { return }
      eachChunk(of: hidden) { start, count, logits in
        anneal_cross_entropy(
          count, classes, logits.base, first + start, smoothing, losses.fresh + start,
          statistics.fresh + start)
      }
    }
  }

  func backward(
    _ hidden: Tensor, _ slot: GradientSlot, _ gradient: Tensor, _ statistics: Tensor
  ) {
    let (dHidden, dWeight, dBias) = (slot.zeroed(), weight.slot.zeroed(), bias?.slot.zeroed())
    targets.withUnsafeBufferPointer { targets in
      guard let first = targets.baseAddress else { return }
      eachChunk(of: hidden) { start, count, logits in
        anneal_cross_entropy_backward(
          count, classes, logits.base, first + start, smoothing, statistics.base + start,
          gradient.base + start, logits.fresh, false)
        let offset = start * hidden.columns
        let rows = anneal_matrix(base: logits.base, row: classes, column: 1)
        let columns = anneal_matrix(base: logits.base, row: 1, column: classes)
        if let dHidden {
          let matrix = anneal_matrix(base: weight.base, row: width, column: 1)
          anneal_gemm(precision, count, width, classes, rows, matrix, dHidden + offset, width, true)
        }
        if let dWeight {
          let matrix = anneal_matrix(base: hidden.base + offset, row: width, column: 1)
          anneal_gemm(precision, classes, width, count, columns, matrix, dWeight, width, true)
        }
        if let dBias {
          anneal_bias_backward(count, classes, logits.fresh, ANNEAL_ACTIVATION_NONE, nil, dBias)
        }
      }
    }
  }
}
