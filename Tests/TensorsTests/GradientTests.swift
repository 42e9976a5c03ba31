import Tensors
import Testing

/// Gradients by finite differences, where torch cannot serve as the reference: with dropout, on odd
/// shapes, through whole chains.
@Suite struct `Gradients` {
  /// Compares the slope along the gradient itself with the gradient's length.
  private func expectSlope(
    _ leaves: [Tensor], step: Float = 1e-2, tolerance: Float = 5e-3,
    _ loss: @escaping (Tape) -> Tensor
  ) {
    let tape = Tape(training: .init(seed: 8, step: 3))
    tape.backward(from: loss(tape))
    let gradients = leaves.map { $0.gradient?.values ?? [] }
    let length = gradients.joined().reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(length > 1e-3)
    let starts = leaves.map(\.values)
    let value = { (distance: Float) -> Float in
      for (leaf, (start, gradient)) in zip(leaves, zip(starts, gradients)) {
        let moved = zip(start, gradient).map { $0 + distance / length * $1 }
        leaf.assign(Tensor(moved, shape: leaf.shape))
      }
      return loss(Tape(training: .init(seed: 8, step: 3))).item
    }
    let slope = (value(step) - value(-step)) / (2 * step)
    #expect(abs(slope - length) < tolerance * length, "slope \(slope), gradient \(length)")
  }

  @Test(arguments: [Float(0), 0.15])
  func `of a layer with dropout follow the loss`(dropout: Float) {
    let layer = EncoderLayer(hidden: 36, feedForward: 50, heads: 3)
    let layout = SequenceLayout(lengths: [9, 1, 0, 13])
    let x = noise([23, 36], seed: 2, requiresGradient: true)
    let targets = (0..<23).map { Int32($0 % 36) }
    expectSlope(layer.parameters + [x]) { tape in
      tape.crossEntropy(layer(tape, x, layout, dropout: dropout), targets: targets).mean
    }
  }

  @Test(arguments: [
    (WeightLayout.outputByInput, true), (.inputByOutput, true), (.inputByOutput, false),
  ])
  func `of linear maps added to a residual, with dropout, follow the loss`(
    layout: WeightLayout, isTrained: Bool
  ) {
    let x = noise([17, 12], seed: 1, requiresGradient: true)
    let residual = noise([17, 12], seed: 2, requiresGradient: true)
    let weights = [3, 4].map { noise([12, 12], seed: $0, requiresGradient: isTrained) }
    let targets = (0..<17).map { Int32($0 % 12) }
    expectSlope([x, residual] + (isTrained ? weights : [])) { tape in
      let dropout = Dropout(0.3, keys: .places(17))
      // The second sum is made from the first, within a part that is computed again.
      let y = tape.checkpoint { tape in
        let first = tape.addLinear(
          tape.rmsNorm(x, weight: nil, epsilon: 1e-6), weight: weights[0], layout: layout,
          residual: residual, dropout: dropout)
        return tape.addLinear(
          tape.rmsNorm(first, weight: nil, epsilon: 1e-6), weight: weights[1], layout: layout,
          residual: first, dropout: dropout)
      }
      return tape.crossEntropy(y, targets: targets).mean
    }
    #expect(weights.allSatisfy { ($0.gradient != nil) == isTrained })
  }

  @Test func `of causal attention with shared key heads, dropout and a bias follow the loss`() {
    let layout = SequenceLayout(lengths: [5, 11])
    let q = noise([16, 24], seed: 1, requiresGradient: true)
    let k = noise([16, 12], seed: 2, requiresGradient: true)
    let v = noise([16, 12], seed: 3, requiresGradient: true)
    let bias = noise([4, 11, 11], seed: 4, requiresGradient: true)
    let options = AttentionOptions(
      heads: 4, keyValueHeads: 2, isCausal: true, scale: 0.7, dropout: 0.3)
    let targets = (0..<16).map { Int32($0) }
    expectSlope([q, k, v, bias]) { tape in
      let y = tape.attention(
        query: q, key: k, value: v, layout: layout, bias: bias, options)
      return tape.crossEntropy(y, targets: targets).mean
    }
  }

  @Test(arguments: [Float(0), 0.4])
  func `of low-rank updates with dropout follow the loss`(dropout: Float) {
    let x = noise([17, 12], seed: 1, requiresGradient: true)
    let weight = noise([10, 12], seed: 2)
    let down = noise([3, 12], seed: 3, requiresGradient: true)
    let up = noise([10, 3], seed: 4, requiresGradient: true)
    let targets = (0..<17).map { Int32($0 % 10) }
    expectSlope([x, down, up]) { tape in
      let update = LowRankUpdate(
        down: down, up: up, scale: 0.5, dropout: Dropout(dropout, keys: .places(17)))
      let y = tape.linear(x, weight: weight, activation: .silu, updates: [update])
      return tape.crossEntropy(y, targets: targets).mean
    }
    #expect(weight.gradient == nil)
  }

  @Test func `of a low-rank update on frozen input stop at the update`() {
    let x = noise([4, 6], seed: 1)
    let update = LowRankUpdate(
      down: noise([2, 6], seed: 2, requiresGradient: true),
      up: noise([5, 2], seed: 3, requiresGradient: true), scale: 1)
    let tape = Tape(training: nil)
    let y = tape.linear(x, weight: noise([5, 6], seed: 4), updates: [update])
    tape.backward(from: tape.sum(y))
    #expect(x.gradient == nil && update.down.gradient != nil && update.up.gradient != nil)
  }

  @Test func `add up over backward passes and uses of one tensor`() {
    let weight = noise([4, 4], seed: 1, requiresGradient: true)
    let x = noise([3, 4], seed: 2)
    let run = { (uses: Int) in
      let tape = Tape(training: nil)
      var y = x
      for _ in 0..<uses { y = tape.linear(x, weight: weight) }
      tape.backward(from: tape.mean(y))
    }
    run(1)
    let once = weight.gradient?.values ?? []
    run(1)
    #expect(largestDifference(weight.gradient?.values ?? [], once.map { 2 * $0 }) < 1e-6)

    weight.gradient = nil
    let tape = Tape(training: nil)
    let both = tape.add(tape.linear(x, weight: weight), tape.linear(x, weight: weight))
    tape.backward(from: tape.mean(both), scale: 0.5)
    #expect(largestDifference(weight.gradient?.values ?? [], once) < 1e-6)
  }

  @Test func `stop below the lowest trainable tensor`() {
    let frozen = noise([6, 6], seed: 1)
    let trained = noise([6, 6], seed: 2, requiresGradient: true)
    let tape = Tape(training: nil)
    let low = tape.linear(noise([2, 6], seed: 3), weight: frozen)
    let high = tape.linear(low, weight: trained)
    #expect(!low.requiresGradient)
    tape.backward(from: tape.mean(high))
    #expect(low.gradient == nil && frozen.gradient == nil && trained.gradient != nil)
    #expect(high.gradient == nil, "gradients of intermediate results are freed")
  }

  @Test func `of an own operation reach its inputs`() {
    let x = noise([2, 3], seed: 1, requiresGradient: true)
    let tape = Tape(training: nil)
    let squares = tape.record(Tensor(x.values.map { $0 * $0 }, shape: x.shape), inputs: [x]) {
      gradient in
      let slopes = zip(x.values, gradient.values).map { 2 * $0 * $1 }
      x.accumulate(gradient: Tensor(slopes, shape: x.shape))
    }
    tape.backward(from: tape.sum(squares))
    #expect(x.gradient?.values == x.values.map { 2 * $0 })
  }
}
