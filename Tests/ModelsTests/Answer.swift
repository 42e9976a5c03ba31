import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// Tokens, labels and what transformers makes of them, whatever the task.
struct Example {
  let batch: TokenBatch
  /// A class or a number for each text, or a class for each token.
  let labels: [Double]
  /// Outputs of texts or real tokens, one after the other.
  let outputs: [Float]
  /// nil where transformers has none of its own for the task.
  let loss: Float

  init(batch: TokenBatch, labels: [Double], outputs: [Float], loss: Float) {
    self.batch = batch
    self.labels = labels
    self.outputs = outputs
    self.loss = loss
  }

  /// An example in rectangular form.
  init(_ io: SafetensorsFile) throws {
    let (batch, places) = try io.batch()
    let (labels, logits) = (try io.integers("labels").map(Double.init), try io.floats("logits"))
    let isOfTexts = labels.count == batch.layout.count
    let width = isOfTexts ? 0 : io["logits"]?.shape.last ?? 0
    self.init(
      batch: batch, labels: isOfTexts ? labels : places.map { labels[Int($0)] },
      outputs: isOfTexts
        ? logits : places.flatMap { logits[Int($0) * width..<(Int($0) + 1) * width] },
      loss: try io.floats("loss")[0])
  }
}

extension Model {
  /// The outputs of the task's head, whatever it is.
  func outputs(_ batch: TokenBatch, _ tape: Tape = .inference()) throws -> Tensor {
    if let model = self as? any RewardModel { return model.rewards(tape, batch) }
    if let model = self as? any SequenceClassifier { return model.logits(tape, batch) }
    if let model = self as? any TokenClassifier { return model.tokenLogits(tape, batch) }
    if let model = self as? any CausalLanguageModel { return model.logits(tape, batch) }
    if let model = self as? any MaskedLanguageModel {
      return model.scores(tape, hidden: model.predictionStates(tape, batch))
    }
    return try #require(self as? any TextEncoder).hiddenStates(tape, batch)
  }

  /// The loss as transformers computes it for the task.
  func loss(_ tape: Tape, _ example: Example) throws -> Tensor {
    let (batch, targets) = (example.batch, example.labels.map { Int32($0) })
    if let model = self as? any CausalLanguageModel {
      let hidden = model.hiddenStates(tape, batch)
      return loss(tape, model, hidden, successors(targets, batch.layout))
    }
    if let model = self as? any MaskedLanguageModel {
      return loss(tape, model, model.predictionStates(tape, batch), targets)
    }
    let outputs = try outputs(batch, tape)
    if self is any RewardModel {
      return tape.meanSquaredError(outputs, targets: example.labels.map { Float($0) }).mean
    }
    if self is any TextEncoder { return tape.mean(tape.multiply(outputs, outputs)) }
    return tape.crossEntropy(outputs, targets: targets).mean
  }

  private func loss(
    _ tape: Tape, _ head: any VocabularyHead, _ hidden: Tensor, _ targets: [Int32]
  ) -> Tensor {
    tape.vocabularyCrossEntropy(
      hidden, weight: head.outputWeight, bias: head.outputBias, targets: targets
    ).mean
  }

  /// The label of the token after each token.
  private func successors(_ labels: [Int32], _ layout: SequenceLayout) -> [Int32] {
    zip(layout.starts, layout.lengths).flatMap { start, length in
      labels[start..<start + length].dropFirst() + (length > 0 ? [Tape.ignoredTarget] : [])
    }
  }

  /// Checks outputs and loss, and leaves the gradients of all parameters.
  func checkAnswer(_ example: Example, _ name: String) throws {
    for parameter in parameters { parameter.tensor.requiresGradient = true }
    let tape = Tape(training: nil)
    let loss = try loss(tape, example)
    #expect(try distance(outputs(example.batch).values, example.outputs) < 1e-4, "\(name)")
    #expect(abs(loss.item - example.loss) < 1e-5 * max(1, abs(example.loss)), "\(name)")
    tape.backward(from: loss)
  }

  /// Checks every parameter's gradient against its norm and its product with a pattern.
  func checkGradients(_ digests: [(name: String, norm: Double, product: Double)], _ name: String) {
    #expect(digests.count == parameters.count, "\(name)")
    let wrong = digests.filter { !agrees(with: $0) }.map(\.name)
    #expect(wrong.isEmpty, "\(name)")
  }

  private func agrees(with digest: (name: String, norm: Double, product: Double)) -> Bool {
    // Base models are saved without the prefix that they have below a head.
    let parameter = parameters.first {
      $0.name == digest.name || $0.name.hasSuffix("." + digest.name)
    }
    guard let gradient = parameter?.tensor.gradient?.values else { return false }
    let pattern = Pattern.values("gradient." + digest.name, count: gradient.count)
    let product = zip(gradient, pattern).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    let norm = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    let scale = 1e-4 * digest.norm + 1e-6
    return abs(norm - digest.norm) < scale && abs(product - digest.product) < scale
  }
}

/// The numbers of `pattern` in `Scripts/models_make_variants.py`: SplitMix64 from a name on.
enum Pattern {
  static func values(_ name: String, count: Int) -> [Float] {
    var state: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return (0..<count).map { index in
      var z = state &+ UInt64(index + 1) &* 0x9e37_79b9_7f4a_7c15
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      z ^= z >> 31
      return Float(z >> 40) / 8_388_608 - 1
    }
  }

  /// What `fill` gives the parameter of a name: norms around 1, biases small.
  static func weight(_ name: String, _ shape: [Int]) -> Tensor {
    let values = values(name, count: shape.reduce(1, *))
    guard shape.count == 1 else { return Tensor(values.map { $0 * 0.5 }, shape: shape) }
    let isNorm = name.hasSuffix("weight")
    return Tensor(values.map { $0 * 0.25 + (isNorm ? 1 : 0) }, shape: shape)
  }
}
