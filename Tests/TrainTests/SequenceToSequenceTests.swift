import Evaluate
import Models
import Records
import Stages
import TestSupport
import Testing
import Train

/// Models that read one sequence and write another, trained from a pipeline's options.
struct SequenceToSequenceTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop(Workshop.instructions(60)) }

  private static let architectures = ["t5", "marian", "fsmt"]

  /// Options of a small run, with changes.
  private func options(_ architecture: String, _ changes: JSONObject = [:]) -> JSONValue {
    let shape: JSONValue = ["layers": 2, "width": 32, "heads": 2, "context": 32]
    var object: JSONObject = [
      "model": "scratch", "architecture": .object([architecture: shape]),
      "objective": "sequence-to-sequence", "epochs": 12, "batch-size": 8, "dropout": 0,
      "learning-rate": 0.01, "logging-steps": 1, "schedule": "constant",
    ]
    object.merge(changes)
    return .object(object)
  }

  /// The lines of the predictions of the test side.
  private func predictions(_ model: String, _ json: JSONValue) throws -> [JSONValue] {
    let path = "\(workshop.folder.path)/predictions.jsonl"
    try Predictor(model: model, options: TrainTests.options(json)).predict(workshop.test)
      .write(workshop.test, to: path)
    return try FileReader.contents(path).split(separator: UInt8(ascii: "\n")).map {
      try JSONValue.parse(Array($0))
    }
  }

  @Test(arguments: architectures)
  func `it learns to write what is asked for, and a copy from the disk does`(
    architecture: String
  ) throws {
    let json = options(architecture)
    let (result, events) = try workshop.run("run", json)
    let losses = losses(events)
    let first: Float = losses.prefix(4).reduce(0, +)
    let last: Float = losses.suffix(4).reduce(0, +)
    #expect(last < 0.2 * first, "\(first) to \(last)")
    let predictor = try Predictor(
      model: result.modelFolder, options: TrainTests.options(json))
    guard case .language(let language) = try predictor.predict(workshop.validation).outcomes
    else { throw OtherOutcomes() }
    let best = try #require(result.bestValue)
    #expect(abs(language.totalLoss / Double(language.tokens) - best) < 1e-5)
    let lines = try predictions(result.modelFolder, json)
    #expect(lines.count == 12)
    let right = lines.filter { $0["generated"]?.string == $0["reference"]?.string }
    #expect(right.count >= 10, "\(lines.map(\.text))")
    #expect(lines.allSatisfy { $0["input"]?.string?.hasPrefix("w") == true })
  }

  @Test(arguments: architectures)
  func `a killed run ends with the same bytes`(architecture: String) throws {
    let json = options(
      architecture,
      [
        "objective": ["sequence-to-sequence": ["label-smoothing": 0.1]], "epochs": 4,
        "dropout": 0.1, "save-steps": 7,
      ])
    let root = workshop.folder.path
    let copies = try workshop.copies(json)
    #expect(copies.count > 4)
    let files = ["model/model.safetensors", "trainer_state.json"]
    let expected = try contents("\(root)/whole", files)
    for copy in copies {
      _ = try workshop.session(copy, json).run()
      #expect(try contents("\(root)/\(copy)", files) == expected, "\(copy)")
    }
  }

  @Test(arguments: architectures)
  func `loss does not depend on how a step is cut into batches`(architecture: String) throws {
    let first = try [[8, 1], [2, 4]].map { sizes in
      let json = options(
        architecture,
        [
          "batch-size": .integer(sizes[0]), "gradient-accumulation-steps": .integer(sizes[1]),
          "dropout": 0.2, "max-steps": 3,
        ])
      return losses(try workshop.run("run-\(sizes[0])", json).events)
    }
    #expect(first[0].count == 3)
    #expect(zip(first[0], first[1]).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test func `a prefix is read, and long texts are cut so that they end`() throws {
    let changes: JSONObject = [
      "objective": [
        "sequence-to-sequence": ["source-prefix": "Input: ", "max-target-length": 3]
      ], "max-steps": 1,
    ]
    let (result, events) = try workshop.run("run", options("t5", changes))
    let plan = events.compactMap { if case .started(let plan) = $0 { plan } else { nil } }.first
    // "Input", ":" and a word are read; two words and the end are learned.
    #expect(plan?.data.tokens == 3 * 36 && plan?.data.learned == 3 * 36)
    #expect(plan?.data.truncated == 36)
    #expect(result.steps == 1)
  }

  @Test func `a record without an answer is told with its place`() throws {
    let records = Workshop.instructions(10) + [.text("w1 w2", id: "test:bare")]
    let workshop = try Workshop(Array(records.reversed()))
    let error = #expect(throws: StageError.self) {
      try workshop.session("run", options("t5"))
    }
    #expect(error?.description.contains("no answer") == true)
  }

  @Test func `a text and its label are a source and a target`() throws {
    let workshop = try Workshop(Workshop.classified(40, classes: ["w1", "w2", "w3"]))
    let (_, events) = try workshop.run("run", options("t5", ["max-steps": 2]))
    #expect(losses(events).count == 2)
  }
}

private struct OtherOutcomes: Error {}
