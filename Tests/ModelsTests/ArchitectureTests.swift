import Models
import Stages
import Tensors
import TestSupport
import Testing

/// Logits, loss and gradients of whole models against transformers.
struct ArchitectureTests {
  @Test func `a tiny BERT classifier computes what transformers computes`() throws {
    try checkClassifier(
      Fixture.folder("tiny-bert"), Fixture.reference("tiny-bert"), gradients: true)
  }

  @Test func `a tiny GPT-2 computes what transformers computes`() throws {
    try checkCausal(Fixture.folder("tiny-gpt2"), Fixture.reference("tiny-gpt2"), gradients: true)
  }

  private func checkClassifier(
    _ folder: String, _ io: SafetensorsFile, gradients: Bool
  ) throws {
    let model = try ModelLoader.classifier(folder)
    for parameter in model.parameters { parameter.tensor.requiresGradient = true }
    let tape = Tape(training: nil)
    let logits = model.logits(tape, try io.batch().batch)
    #expect(try distance(logits.values, io.floats("logits")) < 1e-4)
    let targets = try io.integers("labels").map { Int32($0) }
    let loss = tape.crossEntropy(logits, targets: targets)
    #expect(try abs(loss.mean.item - io.floats("loss")[0]) < 1e-5)
    if gradients {
      tape.backward(from: loss.mean)
      try checkGradients(model, io)
    }
  }

  private func checkCausal(_ folder: String, _ io: SafetensorsFile, gradients: Bool) throws {
    let model = try ModelLoader.causal(folder)
    for parameter in model.parameters { parameter.tensor.requiresGradient = true }
    let (batch, places) = try io.batch()
    let logits = model.logits(.inference(), batch).values
    let expected = try io.floats("logits")
    let width = model.vocabularySize
    for (row, place) in places.enumerated() {
      let ours = Array(logits[row * width..<(row + 1) * width])
      let theirs = Array(expected[Int(place) * width..<(Int(place) + 1) * width])
      #expect(distance(ours, theirs) < 1e-4, "token \(row)")
    }
    let tape = Tape(training: nil)
    let loss = tape.vocabularyCrossEntropy(
      model.hiddenStates(tape, batch), weight: model.outputWeight,
      targets: try io.nextTokens(places))
    #expect(try abs(loss.mean.item - io.floats("loss")[0]) < 1e-5)
    if gradients {
      tape.backward(from: loss.mean)
      try checkGradients(model, io)
    }
  }

  /// Every parameter's gradient, relative to its largest value.
  private func checkGradients(_ model: any Model, _ io: SafetensorsFile) throws {
    let expected = io.tensors.filter { $0.name.hasPrefix("gradient.") }
    #expect(expected.count == model.parameters.count)
    for parameter in model.parameters {
      let theirs = try io.floats("gradient." + parameter.name)
      let ours = try #require(parameter.tensor.gradient, "\(parameter.name)").values
      let scale = max(1e-3, theirs.map(abs).max() ?? 0)
      #expect(distance(ours, theirs) / scale < 1e-4, "\(parameter.name)")
    }
  }

  @Test func `weight decay spares what transformers spares`() throws {
    for name in ["tiny-bert", "tiny-gpt2"] {
      let folder = Fixture.folder(name)
      let model: any Model =
        name == "tiny-bert" ? try ModelLoader.classifier(folder) : try ModelLoader.causal(folder)
      let text = try String(
        decoding: FileReader.contents(folder + "/decayed.json"), as: UTF8.self)
      let decayed = model.parameters.filter(\.isDecayed).map(\.name)
      // transformers lists the tied head beside the embedding that it is.
      for name in decayed { #expect(text.contains("\"\(name)\"")) }
      let count = text.split(separator: ",").count - (text.contains("\"lm_head.weight\"") ? 1 : 0)
      #expect(decayed.count == count)
    }
  }
}
