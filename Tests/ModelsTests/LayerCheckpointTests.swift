import Models
import Tensors
import Testing

/// Layers that keep only what goes into them.
struct LayerCheckpointTests {
  private let sizes = ModelSizes(
    vocabulary: 40, layers: 3, hidden: 16, heads: 2, feedForward: 24, positions: 16, padding: 0,
    beginning: 1, end: 2)
  private let texts: [[Int32]] = [[3, 7, 9, 11, 2], [4, 5], [9, 8, 7, 6, 5, 4, 3, 2]]

  /// The gradients of all parameters, and the loss.
  private func step(_ model: any Model, checkpoints: Bool) throws -> [[Float]] {
    for parameter in model.parameters where parameter.isTrainable {
      parameter.tensor.requiresGradient = true
      parameter.tensor.gradient = nil
    }
    let tape = Tape(training: .init(seed: 4, step: 2), checkpointsLayers: checkpoints)
    let loss = try loss(tape, model)
    tape.backward(from: loss)
    return [[loss.item]] + model.parameters.map { $0.tensor.gradient?.values ?? [] }
  }

  private func loss(_ tape: Tape, _ model: any Model) throws -> Tensor {
    let batch = TokenBatch(texts)
    switch model {
    case let model as any SequenceToSequenceModel:
      return model.loss(tape, source: batch, target: TargetBatch(texts, for: model)).mean
    case let model as any SequenceClassifier:
      return tape.crossEntropy(model.logits(tape, batch), targets: [0, 1, 0]).mean
    default:
      let model = try #require(model as? any CausalLanguageModel)
      return tape.vocabularyCrossEntropy(
        model.hiddenStates(tape, batch), weight: model.outputWeight, targets: batch.ids
      ).mean
    }
  }

  @Test(arguments: [
    ("bert", ModelTask.classification(labels: ["a", "b"])),
    ("roberta", .classification(labels: ["a", "b"])),
    ("distilbert", .classification(labels: ["a", "b"])),
    ("gpt2", .causal), ("gptj", .causal), ("llama", .causal), ("mistral", .causal),
    ("qwen2", .causal), ("t5", .sequenceToSequence), ("marian", .sequenceToSequence),
  ])
  func `train to the same bits`(type: String, task: ModelTask) throws {
    let model = try ModelLoader.make(type, sizes, for: task, seed: 1, dropout: 0.2)
    let plain = try step(model, checkpoints: false)
    #expect(try step(model, checkpoints: true) == plain)
    #expect(plain.count { !$0.isEmpty } > model.parameters.count / 2)
    #expect(plain[0][0].isFinite && plain.joined().contains { $0 != 0 })
  }
}
