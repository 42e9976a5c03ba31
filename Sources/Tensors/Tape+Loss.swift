internal import CKernels

/// A loss of each row, and their mean over the rows that count.
public struct Loss: Sendable {
  /// The mean over counted rows: what `Tape.backward` starts from.
  public let mean: Tensor
  /// The loss of every row; 0 where the target is ignored.
  public let rows: [Float]
  /// The number of rows that count.
  public let counted: Int
}

extension Tape {
  /// The target of rows that count for nothing: -100.
  public static let ignoredTarget: Int32 = -100

  /// Softmax cross-entropy of `logits` `[rows, classes]` against one class per row.
  ///
  /// The mean is over targets that are not `ignoredTarget`; `divisor` replaces their number, so that
  /// micro-batches of one accumulated batch share the number of the whole. `classWeights` weigh each
  /// row by its target's weight (and the mean by the sum of weights, as torch does).
  public func crossEntropy(
    _ logits: Tensor, targets: [Int32], smoothing: Float = 0, divisor: Float? = nil,
    classWeights: [Float]? = nil
  ) -> Loss {
    checkTargets(targets, rows: logits.rows, classes: logits.columns)
    let losses = rowLosses(logits, targets: targets, smoothing: smoothing)
    let weights = targets.map { $0 < 0 ? 0 : classWeights?[Int($0)] ?? 1 }
    return weightedMean(losses, weights: weights, divisor: divisor)
  }

  /// The log-probability of one class per row: `[rows]`; 0 where the target is ignored.
  public func logProbabilities(_ logits: Tensor, targets: [Int32]) -> Tensor {
    checkTargets(targets, rows: logits.rows, classes: logits.columns)
    return scale(rowLosses(logits, targets: targets, smoothing: 0), by: -1)
  }

  /// Cross-entropy of hidden states against a large vocabulary, without ever holding all logits.
  ///
  /// logits = hidden · weightᵀ + bias are made in chunks of rows, whose gradients are taken on the
  /// spot: a tape that records does half of the backward pass here, so use one of inference where no
  /// gradient is wanted. `weight` is `[vocabulary, hidden]`, often the tied word embedding.
  public func vocabularyCrossEntropy(
    _ hidden: Tensor, weight: Tensor, bias: Tensor? = nil, targets: [Int32],
    smoothing: Float = 0, divisor: Float? = nil
  ) -> Loss {
    let weights: [Float] = targets.map { $0 < 0 ? 0 : 1 }
    if let loss = vocabularyLossAtOnce(
      hidden, weight: weight, bias: bias, targets: targets, smoothing: smoothing,
      weights: weights, divisor: divisor ?? weights.reduce(0, +))
    {
      return loss
    }
    let losses = vocabularyLosses(
      hidden, weight: weight, bias: bias, targets: targets, smoothing: smoothing)
    return weightedMean(losses, weights: weights, divisor: divisor)
  }

  /// The log-probability of one token per row of hidden states: `[rows]`; 0 where ignored.
  public func vocabularyLogProbabilities(
    _ hidden: Tensor, weight: Tensor, bias: Tensor? = nil, targets: [Int32]
  ) -> Tensor {
    scale(
      vocabularyLosses(hidden, weight: weight, bias: bias, targets: targets, smoothing: 0), by: -1)
  }

  /// Mean of (x - target)² over all values.
  public func meanSquaredError(_ x: Tensor, targets: [Float]) -> Loss {
    precondition(targets.count == x.count, "\(targets.count) targets for shape \(x.shape)")
    let difference = add(x, Tensor(targets, shape: x.shape), factor: -1)
    let squares = multiply(difference, difference)
    return Loss(mean: mean(squares), rows: squares.values, counted: x.count)
  }

  /// Mean over all values of the logistic loss of x against targets between 0 and 1.
  public func binaryCrossEntropy(_ x: Tensor, targets: [Float]) -> Loss {
    precondition(targets.count == x.count, "\(targets.count) targets for shape \(x.shape)")
    let output = Tensor(logisticLosses(x.values, targets), shape: x.shape)
    let probabilities = Tape.inference().activation(x, .sigmoid)
    let losses = record(output, inputs: [x]) { [slot = x.slot] gradient in
      let slope = Tape.inference().add(
        probabilities, Tensor(targets, shape: slot.shape), factor: -1)
      slot.add {
        anneal_multiply(Int64(slot.count), 1, gradient.base, slope.base, $0, $1)
      }
    }
    return Loss(mean: mean(losses), rows: losses.values, counted: x.count)
  }

  /// Σ weights · losses / divisor (by default the sum of the weights) as a loss.
  func weightedMean(_ losses: Tensor, weights: [Float], divisor: Float?) -> Loss {
    let total = divisor ?? weights.reduce(0, +)
    let factor = total == 0 ? 0 : 1 / total
    let weighted = multiply(losses, Tensor(weights, shape: losses.shape))
    return Loss(
      mean: sum(weighted, factor: factor), rows: losses.values,
      counted: weights.count { $0 != 0 })
  }

  private func rowLosses(_ logits: Tensor, targets: [Int32], smoothing: Float) -> Tensor {
    let (rows, columns) = (Int64(logits.rows), Int64(logits.columns))
    let output = Tensor(uninitialized: [logits.rows])
    let statistics = Tensor(uninitialized: [logits.rows])
    reading(logits) {
      anneal_cross_entropy(
        rows, columns, logits.base, targets, smoothing, output.fresh, statistics.fresh)
    }
    let kept = Kept(logits)
    return record(output, inputs: [logits]) { [slot = logits.slot] gradient in
      let logits = kept.tensor()
      reading(logits) {
        slot.add { memory, add in
          anneal_cross_entropy_backward(
            rows, columns, logits.base, targets, smoothing, statistics.base, gradient.base,
            memory, add)
        }
      }
    }
  }
}

/// max(x, 0) - x t + log(1 + exp(-|x|)).
private func logisticLosses(_ x: [Float], _ targets: [Float]) -> [Float] {
  zip(x, targets).map { x, target in
    max(x, 0) - x * target + logOnePlus(exponential(-abs(x)))
  }
}

func checkTargets(_ targets: [Int32], rows: Int, classes: Int) {
  precondition(targets.count == rows, "\(targets.count) targets for \(rows) rows")
  for target in targets {
    precondition(
      target == Tape.ignoredTarget || 0..<classes ~= Int(target),
      "target \(target) among \(classes) classes")
  }
}
