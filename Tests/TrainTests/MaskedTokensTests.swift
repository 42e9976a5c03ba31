import Foundation
import Records
import Stages
import Tensors
import TestSupport
import Testing
import Train

/// What a masked language model is shown, and what it is asked.
struct MaskedTokensTests {
  private static let mask: Int32 = 999

  private func hiding(_ options: JSONObject = [:]) throws -> MaskedTokens {
    let training =
      try options.isEmpty
      ? TrainTests.options(["model": "x", "objective": "masked"])
      : TrainTests.options(["model": "x", "objective": ["masked": .object(options)]])
    let values = training.values[TrainingOptions.Keys.objective].values
    return MaskedTokens(values, mask: Self.mask, vocabularySize: 100)
  }

  /// A text between two tokens that are never hidden.
  private func example(_ count: Int, id: String = "a") -> Example {
    let words = (0..<count).map { Int32($0 % 90 + 2) }
    let ignored = Tape.ignoredTarget
    return Example(
      id: id, tokens: [0] + words + [1], targets: [ignored] + words + [ignored],
      isTruncated: false)
  }

  @Test func `a share of the tokens is hidden, most by the mask, some by random ones`() throws {
    let plain = example(10_000)
    let hidden = try hiding().hidden(plain, .init(seed: 1, step: 3))
    let places = hidden.targets.indices.filter { hidden.targets[$0] >= 0 }
    #expect(places.count == 1500)
    #expect(places.allSatisfy { hidden.targets[$0] == plain.tokens[$0] })
    let masked = places.count { hidden.tokens[$0] == Self.mask }
    let same = places.count { hidden.tokens[$0] == plain.tokens[$0] }
    // 1200 and 150 (and 1.5 of the random ones) are expected: five deviations.
    #expect(abs(masked - 1200) < 78)
    #expect(abs(same - 152) < 58)
    let others = plain.tokens.indices.filter { hidden.targets[$0] < 0 }
    #expect(others.allSatisfy { hidden.tokens[$0] == plain.tokens[$0] })
    #expect(hidden.targets.first == Tape.ignoredTarget && hidden.targets.last == Tape.ignoredTarget)
  }

  @Test func `each step hides others, each record its own, and evaluations the same`() throws {
    let hiding = try hiding()
    let plain = example(200)
    func places(_ example: Example, _ step: Tape.Randomness?) -> [Int] {
      let hidden = hiding.hidden(example, step)
      return hidden.targets.indices.filter { hidden.targets[$0] >= 0 }
    }
    let first = places(plain, .init(seed: 1, step: 0))
    #expect(first == places(plain, .init(seed: 1, step: 0)))
    #expect(first != places(plain, .init(seed: 1, step: 1)))
    #expect(first != places(plain, .init(seed: 2, step: 0)))
    #expect(first != places(example(200, id: "b"), .init(seed: 1, step: 0)))
    #expect(places(plain, nil) == places(plain, nil))
  }

  @Test(arguments: [1, 2, 3]) func `a short text has one hidden`(count: Int) throws {
    let hidden = try hiding(["masked": 1, "random": 0])
      .hidden(example(count), .init(seed: 1, step: 0))
    #expect(hidden.counted == 1)
    #expect(hidden.tokens.count { $0 == Self.mask } == 1)
  }

  @Test func `a text without a token that may be hidden is read as it is`() throws {
    let hidden = try hiding().hidden(example(0), nil)
    #expect(hidden.tokens == [0, 1] && hidden.counted == 0)
  }

  @Test func `shares of more than all are refused`() {
    #expect {
      _ = try hiding(["masked": 0.8, "random": 0.3])
    } throws: {
      "\($0)".contains("more than all")
    }
  }
}

/// Training on hidden tokens.
struct MaskedObjectiveTests {
  private func options(_ changes: JSONObject = [:]) -> JSONValue {
    var object: JSONObject = ["objective": ["masked": ["share": 0.3]]]
    object.merge(changes)
    return classification(object)
  }

  @Test func `losses of the validation side do not hang on batches, and those of steps on none`()
    throws
  {
    let workshop = try Workshop(Workshop.classified(60), masks: true)
    func evaluation(_ run: String, _ changes: JSONObject) throws -> [Double] {
      try workshop.run(run, options(changes)).events.flatMap { event -> [Double] in
        guard case .evaluated(_, _, let values, _) = event else { return [] }
        return values.map(\.value)
      }
    }
    let still: JSONObject = ["learning-rate": 0, "epochs": 1, "dropout": 0]
    let whole = try evaluation("whole", still)
    #expect(whole.count == 2 && whole.allSatisfy { $0.isFinite })
    var cut = still
    (cut["batch-size"], cut["gradient-accumulation-steps"]) = (2, 4)
    for (a, b) in zip(whole, try evaluation("cut", cut)) { #expect(abs(a - b) < 1e-5) }
  }

  @Test func `a batch of eight learns as four batches of two`() throws {
    let workshop = try Workshop(Workshop.classified(60), masks: true)
    let whole = try losses(workshop.run("whole", options(["dropout": 0])).events)
    let cut = try losses(
      workshop.run(
        "cut", options(["dropout": 0, "batch-size": 2, "gradient-accumulation-steps": 4])
      ).events)
    #expect(whole.count == cut.count)
    for (a, b) in zip(whole.prefix(4), cut) { #expect(abs(a - b) < 1e-3) }
  }

  @Test func `a tokenizer without a mask is refused before training`() throws {
    let workshop = try Workshop(Workshop.classified(60))
    #expect {
      try workshop.run("run", options())
    } throws: {
      "\($0)".contains("no token that hides another")
    }
  }

  @Test func `a classifier begins with what was learned of the language`() throws {
    let workshop = try Workshop(Workshop.classified(60), masks: true)
    let (result, _) = try workshop.run("language", options(["epochs": 2]))
    let (classifier, _) = try workshop.run(
      "classes",
      .object([
        "model": .string(result.modelFolder), "epochs": 6, "batch-size": 8, "learning-rate": 0.01,
        "logging-steps": 1,
      ]))
    #expect(try #require(classifier.bestValue) < 1)
  }
}
