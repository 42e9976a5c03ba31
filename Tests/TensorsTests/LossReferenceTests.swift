import Foundation
import Tensors
import Testing

/// Losses against torch.
@Suite struct `Losses agree with torch` {
  let targets: [Int32] = [3, -100, 0, 10, 5, -100]
  let tokens: [Int32] = [3, -100, 30, 17, 0, 3]

  @Test func `in cross-entropy with ignored targets, smoothing and weights`() throws {
    try Fixture("crossEntropy").check(["x"]) { tape, t in
      let loss = tape.crossEntropy(t[0], targets: targets)
      #expect(loss.counted == 4)
      #expect(loss.rows[1] == 0)
      return loss.mean
    }
    try Fixture("crossEntropy.smoothed").check(["x"]) { tape, t in
      tape.crossEntropy(t[0], targets: targets, smoothing: 0.1).mean
    }
    let weighted = try Fixture("crossEntropy.weighted")
    let weights = try weighted.values("weights")
    try weighted.check(["x"]) { tape, t in
      tape.crossEntropy(t[0], targets: targets, classWeights: weights).mean
    }
  }

  @Test func `in log-probabilities`() throws {
    try Fixture("logProbabilities").check(["x"]) { tape, t in
      tape.logProbabilities(t[0], targets: targets)
    }
    try Fixture("vocabularyLogProbabilities").check(["h", "w", "b"]) { tape, t in
      tape.vocabularyLogProbabilities(t[0], weight: t[1], bias: t[2], targets: tokens)
    }
  }

  @Test func `over a vocabulary without all logits at once`() throws {
    try Fixture("vocabularyCrossEntropy").check(["h", "w", "b"]) { tape, t in
      tape.vocabularyCrossEntropy(t[0], weight: t[1], bias: t[2], targets: tokens).mean
    }
  }

  @Test(arguments: [(4100, 4160), (700, 24_100)])
  func `over parts of rows and classes as over all at once`(rows: Int, classes: Int) {
    let leaves = [[rows, 3], [classes, 3], [classes]].enumerated().map { index, shape in
      noise(shape, seed: UInt64(index), requiresGradient: true)
    }
    let targets = (0..<rows).map { $0 % 50 == 7 ? Tape.ignoredTarget : Int32($0 * 37 % classes) }
    // The second pass adds to gradients that are there, for which logits are made twice.
    let passes = { (loss: (Tape) -> Loss) -> [[[Float]]] in
      for leaf in leaves { leaf.gradient = nil }
      return (0..<2).map { _ in
        let tape = Tape(training: nil)
        let loss = loss(tape)
        tape.backward(from: loss.mean, scale: Float(rows))
        return [loss.rows, [loss.mean.item]] + leaves.map { $0.gradient?.values ?? [] }
      }
    }
    let parts = passes {
      $0.vocabularyCrossEntropy(
        leaves[0], weight: leaves[1], bias: leaves[2], targets: targets, smoothing: 0.1)
    }
    let whole = passes {
      let logits = $0.linear(leaves[0], weight: leaves[1], bias: leaves[2])
      return $0.crossEntropy(logits, targets: targets, smoothing: 0.1)
    }
    for (pass, (parts, whole)) in zip(parts, whole).enumerated() {
      // Gradients of the second pass are the sums of two.
      for (part, whole) in zip(parts, whole) {
        #expect(
          part.count == whole.count && largestDifference(part, whole) < 2e-5 * Float(pass + 1))
      }
    }
  }

  /// A vocabulary's loss whose logits are made once, beside the loss of a tensor of logits.
  @Test(arguments: VocabularyCase.allCases)
  func `over a vocabulary`(kind: VocabularyCase) {
    let rows = 37, classes = 53
    let hidden = noise(
      [rows, 8], seed: 1, requiresGradient: kind != .onlyWeight && kind != .onlyBias)
    let weight = noise(
      [classes, 8], seed: 2, requiresGradient: kind != .onlyHidden && kind != .onlyBias)
    let bias = noise(
      [classes], seed: 3, requiresGradient: kind != .onlyHidden && kind != .onlyWeight)
    let leaves = [hidden, weight, bias]
    let targets = (0..<rows).map {
      kind == .allIgnored || $0 % 5 == 0 ? Tape.ignoredTarget : Int32($0 * 37 % classes)
    }
    let outcome = { (isWhole: Bool) -> [[Float]?] in
      for leaf in leaves { leaf.gradient = nil }
      let tape = Tape(training: nil)
      // A tied weight is gathered from too.
      let states =
        kind == .tied
        ? tape.add(hidden, tape.gather(weight, rows: (0..<rows).map { Int32($0) })) : hidden
      let losses = (0..<(kind == .twice ? 2 : 1)).map { _ in
        isWhole
          ? tape.crossEntropy(
            tape.linear(states, weight: weight, bias: bias), targets: targets, smoothing: 0.1,
            divisor: kind == .divisor ? 100 : nil
          ).mean
          : tape.vocabularyCrossEntropy(
            states, weight: weight, bias: bias, targets: targets, smoothing: 0.1,
            divisor: kind == .divisor ? 100 : nil
          ).mean
      }
      tape.backward(from: losses.count == 2 ? tape.add(losses[0], losses[1]) : losses[0], scale: 3)
      return [losses.map(\.item)] + leaves.map { $0.gradient?.values }
    }
    for (part, whole) in zip(outcome(false), outcome(true)) {
      #expect(part?.count == whole?.count)
      #expect(largestDifference(part ?? [], whole ?? []) < 2e-5)
    }
    for leaf in leaves { #expect((leaf.gradient != nil) == leaf.requiresGradient) }
  }

  enum VocabularyCase: CaseIterable {
    case all, allIgnored, divisor, onlyHidden, onlyWeight, onlyBias, tied, twice
  }

  @Test func `over a vocabulary for what wants a gradient alone, and for no rows`() {
    let hidden = noise([5, 3], seed: 1), weight = noise([7, 3], seed: 2)
    hidden.requiresGradient = true
    let tape = Tape(training: nil)
    tape.backward(
      from: tape.vocabularyCrossEntropy(hidden, weight: weight, targets: [1, 2, 3, 4, 5]).mean)
    #expect(hidden.gradient != nil && weight.gradient == nil)
    weight.requiresGradient = true
    let other = Tape(training: nil)
    let none = other.vocabularyCrossEntropy(Tensor(shape: [0, 3]), weight: weight, targets: [])
    other.backward(from: none.mean)
    #expect(none.mean.item == 0 && weight.gradient == nil)
  }

  @Test func `in mean squared error and logistic loss`() throws {
    for name in ["meanSquaredError", "binaryCrossEntropy"] {
      let fixture = try Fixture(name)
      let t = try fixture.values("t")
      try fixture.check(["x"]) { tape, leaves in
        name == "meanSquaredError"
          ? tape.meanSquaredError(leaves[0], targets: t).mean
          : tape.binaryCrossEntropy(leaves[0], targets: t).mean
      }
    }
  }

  @Test func `in softmax`() throws {
    let fixture = try Fixture("softmax")
    let x = try fixture.tensor("x")
    try fixture.expect(x.softmaxRows().values, "y")
    let values = x.values
    let probabilities = x.softmaxRows().values
    x.replaceByLogSoftmaxRows()
    for (logarithm, probability) in zip(x.values, probabilities) {
      #expect(abs(logarithm - log(probability)) < 1e-5 * max(1, abs(logarithm)))
    }
    let largest = x.argmaxRows().map { Int($0) }
    for (row, column) in largest.enumerated() {
      #expect(values[row * 11 + column] == values[(row * 11)..<(row * 11 + 11)].max())
    }
  }
}
