import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing
import Train

/// The noise of NEFTune, whose bound and spread are those of transformers' hook.
struct EmbeddingNoiseTests {
  private func tape(_ alpha: Float, step: Int = 0) -> Tape {
    Tape(training: .init(seed: 5, step: step), embeddingNoise: alpha)
  }

  private func noise(_ tape: Tape, _ lengths: [Int], _ width: Int, keys: [UInt64]? = nil) -> [Float]
  {
    let layout = SequenceLayout(lengths: lengths, keys: keys)
    return tape.addingNoise(Tensor(shape: [layout.rows, width]), layout: layout).values
  }

  @Test func `its bound and spread are those of transformers`() throws {
    let path = "\(Shared.project)/Tests/Fixtures/Train/optimizers.json"
    let rows = try #require(JSONValue.parse(FileReader.contents(path))["neftune"]?.array)
    #expect(rows.count == 3)
    for row in rows {
      let length = try #require(row["length"]?.int)
      let width = try #require(row["width"]?.int)
      let alpha = Float(try #require(row["alpha"]?.double))
      let theirs = (
        bound: Float(try #require(row["bound"]?.double)),
        deviation: try #require(row["deviation"]?.double)
      )
      let values = (0..<200).flatMap { noise(tape(alpha, step: $0), [length], width) }
      let bound = alpha / Float(length * width).squareRoot()
      #expect(values.allSatisfy { abs($0) <= bound * 1.000001 })
      #expect(abs((values.map { abs($0) }.max() ?? 0) / theirs.bound - 1) < 1e-3)
      let square = values.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(values.count)
      #expect(abs(square.squareRoot() / theirs.deviation - 1) < 0.01)
      let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
      #expect(abs(mean) < 0.01 * Double(bound))
    }
  }

  @Test func `it hangs on the record and the step, not on the batch`() {
    let both = noise(tape(5), [3, 7], 16, keys: [11, 12])
    #expect(Array(both[..<48]) == noise(tape(5), [3], 16, keys: [11]))
    #expect(Array(both[48...]) == noise(tape(5), [7], 16, keys: [12]))
    #expect(both != noise(tape(5, step: 1), [3, 7], 16, keys: [11, 12]))
    // Each value has a number of its own.
    #expect(Set(both).count == both.count)
  }

  @Test func `there is none without training, and where it is not asked for`() {
    for tape in [Tape.inference(), tape(0), Tape(training: nil, embeddingNoise: 5)] {
      #expect(noise(tape, [4], 8).allSatisfy { $0 == 0 })
    }
    #expect(noise(tape(5), [0, 2], 8).count == 16)
  }

  @Test func `the gradient passes it`() {
    let x = Tensor([1, 2, 3, 4], shape: [2, 2])
    x.requiresGradient = true
    let tape = tape(5)
    tape.backward(
      from: tape.sum(tape.addingNoise(x, layout: SequenceLayout(lengths: [2])), factor: 3))
    #expect(x.gradient?.values == [3, 3, 3, 3])
  }

  // MARK: - Trainings

  private func first(_ workshop: Workshop, _ run: String, _ json: JSONValue) throws -> StepReport {
    let events = try workshop.run(run, json).events
    return try #require(
      events.lazy.compactMap { if case .stepped(let report) = $0 { report } else { nil } }.first)
  }

  @Test(arguments: [
    "bert", "roberta", "distilbert", "gpt2", "gptj", "llama", "qwen2", "t5", "marian", "fsmt",
  ])
  func `it reaches the words of every architecture`(name: String) throws {
    let size: JSONValue = ["layers": 1, "width": 16, "heads": 2, "context": 32]
    let isEncoder = ["bert", "roberta", "distilbert"].contains(name)
    let isTranslator = ["t5", "marian", "fsmt"].contains(name)
    var json: JSONObject = [
      "model": "scratch", "architecture": .object(JSONObject([(name, size)])), "max-steps": 1,
      "dropout": 0, "batch-size": 8,
    ]
    json["objective"] =
      isEncoder ? "classification" : isTranslator ? "sequence-to-sequence" : "causal"
    let workshop = try Workshop(
      isEncoder ? Workshop.classified(40) : Workshop.instructions(40))
    let plain = try first(workshop, "plain", .object(json))
    json["neftune-noise-alpha"] = 5
    let noisy = try first(workshop, "noisy", .object(json))
    #expect(plain.loss != noisy.loss)
    #expect(abs(plain.loss - noisy.loss) < 2)
  }

  @Test func `batches, packing and looks at the validation side are as they were`() throws {
    let workshop = try Workshop(Workshop.instructions(40))
    func history(_ run: String, _ changes: JSONObject) throws -> [Float] {
      var json: JSONObject = ["neftune-noise-alpha": 8, "max-steps": 3]
      json.merge(changes)
      return try losses(workshop.run(run, causal(json)).events)
    }
    let whole = try history("whole", [:])
    let halved = try history("halved", ["batch-size": 4, "gradient-accumulation-steps": 2])
    for (left, right) in zip(whole, halved) { #expect(abs(left - right) < 1e-4) }
    // Without learning the model stays what it was, so that its scores show whether noise is there.
    func validation(_ run: String, _ alpha: Double) throws -> JSONValue? {
      try workshop.run(
        run, causal(["neftune-noise-alpha": .real(alpha), "learning-rate": 0, "epochs": 1])
      ).result.json["validation"]
    }
    #expect(try validation("noisy", 8) == validation("plain", 0))
  }

  @Test func `words behind a prompt have noise, the prompt has none`() throws {
    let workshop = try Workshop(Workshop.classified(40))
    for method: JSONValue in ["prompt", "lora"] {
      let changes: JSONObject = ["max-steps": 1, "dropout": 0, "method": method]
      let plain = try first(workshop, "plain-\(method.text.count)", classification(changes))
      var noisy = changes
      noisy["neftune-noise-alpha"] = 5
      #expect(
        try first(workshop, "noisy-\(method.text.count)", classification(noisy)).loss != plain.loss)
    }
  }
}
