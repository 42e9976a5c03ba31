import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing
import Train

/// Four steps of AdamW with decay groups, clipping and warm-up against PyTorch.
struct OptimizerTests {
  @Test(arguments: ["tiny-bert", "tiny-gpt2"])
  func `four steps take the path of torch`(name: String) throws {
    let folder = "\(Shared.project)/Tests/Fixtures/Models/\(name)"
    let reference = try SafetensorsFile(folder + "/reference.safetensors")
    let trial = try Trial(name, folder, reference)
    let expected = try (
      loss: reference.tensor("steps.loss").values, norm: reference.tensor("steps.norm").values,
      rate: reference.tensor("steps.rate").values
    )
    let optimizer = Optimizer(trial.model.parameters, weightDecay: 0.05)
    let schedule = try options(["model": "m", "warmup-steps": 1]).schedule(totalSteps: 5)
    for step in 0..<4 {
      let rate = 1e-2 * schedule.factor(step: step)
      #expect(abs(Float(rate) - expected.rate[step]) < 1e-9)
      let tape = Tape(training: nil)
      let loss = trial.loss(tape)
      #expect(abs(loss.item - expected.loss[step]) < 2e-4, "step \(step)")
      tape.backward(from: loss)
      let norm = optimizer.update(step: step + 1, learningRate: rate)
      #expect(abs(norm / expected.norm[step] - 1) < 2e-3, "step \(step)")
    }
    #expect(abs(trial.loss(.inference()).item - expected.loss[4]) < 2e-4)
    for parameter in trial.model.parameters {
      let theirs = try reference.tensor("after." + parameter.name).values
      let distances = zip(parameter.tensor.values, theirs).map { abs($0 - $1) }
      // A key's bias has no gradient but rounding noise, which AdamW scales up to whole steps.
      let isKey = { (place: Int) in
        parameter.name.hasSuffix("key.bias")
          || parameter.name.hasSuffix("c_attn.bias") && (16..<32).contains(place)
      }
      let distance = distances.enumerated().filter { !isKey($0.offset) }.map(\.element).max()
      #expect(distance ?? 0 < 2e-3, "\(parameter.name)")
    }
  }
}

/// A tiny model with the batch of its reference.
private struct Trial {
  let model: any Model
  private let batch: TokenBatch
  private let targets: [Int32]

  init(_ name: String, _ folder: String, _ reference: SafetensorsFile) throws {
    func rows(_ name: String) throws -> [[Int32]] {
      let values = try reference.integers(name).map { Int32($0) }
      let width = reference[name]?.shape.last ?? 1
      return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
    }
    let (batch, places) = try TokenBatch.packing(rows("input_ids"), mask: rows("attention_mask"))
    self.batch = batch
    if name == "tiny-bert" {
      model = try ModelLoader.classifier(folder)
      targets = try reference.integers("labels").map { Int32($0) }
    } else {
      model = try ModelLoader.causal(folder)
      let shifted = try rows("labels").flatMap { $0.dropFirst() + [Tape.ignoredTarget] }
      targets = places.map { shifted[Int($0)] }
    }
    for parameter in model.parameters { parameter.tensor.requiresGradient = true }
  }

  func loss(_ tape: Tape) -> Tensor {
    if let model = model as? any SequenceClassifier {
      return tape.crossEntropy(model.logits(tape, batch), targets: targets).mean
    }
    guard let model = model as? any CausalLanguageModel else {
      preconditionFailure("\(type(of: model)) is neither")
    }
    return tape.vocabularyCrossEntropy(
      model.hiddenStates(tape, batch), weight: model.outputWeight, targets: targets
    ).mean
  }
}
