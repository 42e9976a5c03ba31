import Models
import Records
import Tensors
import TestSupport
import Testing

/// What must not change a model's outputs, and gradients by finite differences.
struct InvarianceTests {
  private let texts: [[Int32]] = [[3, 7, 9, 11, 2], [4, 5], [9, 8, 7, 6, 5, 4, 3, 2]]

  @Test func `a text's scores do not depend on the texts beside it`() throws {
    let model = try ModelLoader.classifier(Fixture.folder("tiny-bert"))
    let together = model.logits(.inference(), TokenBatch(texts)).values
    let alone = texts.flatMap { model.logits(.inference(), TokenBatch([$0])).values }
    #expect(distance(together, alone) < 1e-6)
  }

  @Test(arguments: ["llama-dynamic", "llama-longrope", "mistral-window", "gptj-classification"])
  func `a decoder's text does not depend on the texts beside it`(_ name: String) throws {
    let model = try Variant.named(name).model()
    let together = try model.outputs(TokenBatch(texts)).values
    let alone = try texts.flatMap { try model.outputs(TokenBatch([$0])).values }
    #expect(distance(together, alone) < 1e-5)
  }

  @Test func `padding changes nothing`() throws {
    let model = try ModelLoader.classifier(Fixture.folder("tiny-bert"))
    let padded = texts.map { $0 + Array(repeating: 0, count: 12 - $0.count) }
    let mask = texts.map { text in (0..<12).map { Int32($0 < text.count ? 1 : 0) } }
    let packed = TokenBatch.packing(padded, mask: mask).batch
    #expect(
      model.logits(.inference(), packed).values
        == model.logits(.inference(), TokenBatch(texts)).values)
  }

  @Test func `a causal model does not see later tokens`() throws {
    let model = try ModelLoader.causal(Fixture.folder("tiny-gpt2"))
    let width = model.vocabularySize
    let short = model.logits(.inference(), TokenBatch([[3, 7, 9]])).values
    let long = model.logits(.inference(), TokenBatch([[3, 7, 9, 11, 2]])).values
    #expect(distance(short, Array(long.prefix(3 * width))) < 1e-6)
  }

  @Test func `dropout depends on the record, not on its batch`() throws {
    let model = try ModelLoader.load(
      Fixture.folder("tiny-bert"), for: .classification(labels: ["ear", "eye", "skin"]), seed: 1,
      dropout: 0.3
    ).model
    let classifier = try #require(model as? any SequenceClassifier)
    let randomness = Tape.Randomness(seed: 5, step: 3)
    func logits(_ texts: [[Int32]], _ keys: [UInt64]) -> [Float] {
      classifier.logits(Tape(training: randomness), TokenBatch(texts, keys: keys)).values
    }
    let together = logits(texts, [10, 20, 30])
    let alone = zip(texts, [UInt64(10), 20, 30]).flatMap { logits([$0], [$1]) }
    #expect(distance(together, alone) < 1e-6)
    let other = zip(texts, [UInt64(11), 21, 31]).flatMap { logits([$0], [$1]) }
    #expect(distance(together, other) > 1e-3)
  }

  @Test func `gradients agree with finite differences`() throws {
    let model = try ModelLoader.classifier(Fixture.folder("tiny-bert"))
    let batch = TokenBatch(texts)
    let targets: [Int32] = [0, 1, 2]
    func loss() -> Float {
      let tape = Tape.inference()
      return tape.crossEntropy(model.logits(tape, batch), targets: targets).mean.item
    }
    for parameter in model.parameters { parameter.tensor.requiresGradient = true }
    let tape = Tape(training: nil)
    tape.backward(from: tape.crossEntropy(model.logits(tape, batch), targets: targets).mean)
    var random = CounterRandom(seed: 1, purpose: "test")
    for parameter in model.parameters {
      let gradient = try #require(parameter.tensor.gradient).values
      let place = random.below(gradient.count)
      let step: Float = 2e-2
      func shifted(_ by: Float) -> Float {
        parameter.tensor.withMutableValues { $0[place] += by }
        defer { parameter.tensor.withMutableValues { $0[place] -= by } }
        return loss()
      }
      let slope = (shifted(step) - shifted(-step)) / (2 * step)
      #expect(
        abs(slope - gradient[place]) < 2e-3 + 0.02 * abs(slope), "\(parameter.name)[\(place)]")
    }
  }
}
