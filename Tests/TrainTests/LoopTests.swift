import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing
import Train

/// Whole trainings of small models: what they learn, and what must not matter.
struct LoopTests {
  private let workshop: Workshop
  private static let files = [
    "model/model.safetensors", "model/config.json", "trainer_state.json",
  ]

  init() throws { workshop = try Workshop(Workshop.classified(120)) }

  @Test func `a small encoder learns to tell classes apart`() throws {
    let (result, events) = try workshop.run("run", classification(["epochs": 12, "dropout": 0]))
    let predictor = try Predictor(
      model: result.modelFolder, options: options(classification()))
    let predictions = try predictor.predict(workshop.test)
    let right = predictions.items.count {
      if case .label(let reference, let predicted, _, _) = $0 {
        reference == predicted
      } else {
        false
      }
    }
    #expect(right >= 20, "\(right) of \(predictions.items.count)")
    #expect(losses(events).last.map { $0 < 0.6 } == true)
    #expect(result.steps == 12 * 9)
  }

  @Test func `batch size times accumulation is all that counts, dropout included`() throws {
    func history(_ batch: Int, _ accumulation: Int) throws -> [StepReport] {
      let changes: JSONObject = [
        "batch-size": .integer(batch), "gradient-accumulation-steps": .integer(accumulation),
        "epochs": 1, "weight-decay": 0.01,
      ]
      return try workshop.run("\(batch)x\(accumulation)", classification(changes)).events
        .compactMap { if case .stepped(let report) = $0 { report } else { nil } }
    }
    let whole = try history(8, 1)
    #expect(whole.count == 9)
    for (batch, accumulation) in [(4, 2), (2, 4)] {
      for (left, right) in zip(whole, try history(batch, accumulation)) {
        #expect(abs(left.loss - right.loss) < 1e-4, "step \(left.step)")
        #expect(abs(left.gradientNorm / right.gradientNorm - 1) < 1e-3, "step \(left.step)")
      }
    }
  }

  @Test func `accumulation over texts of unequal length weighs tokens, not batches`() throws {
    let workshop = try Workshop(
      Workshop.instructions(40) + [
        .instruction("w1 w2 w3 w4 w5", output: "w6", id: "x")
      ])
    func first(_ batch: Int, _ accumulation: Int) throws -> Float {
      let changes: JSONObject = [
        "batch-size": .integer(batch), "gradient-accumulation-steps": .integer(accumulation),
        "max-steps": 1,
      ]
      return try losses(workshop.run("\(batch)", causal(changes)).events)[0]
    }
    let whole = try first(8, 1)
    #expect(try abs(whole - first(4, 2)) < 1e-5)
    #expect(try abs(whole - first(1, 8)) < 1e-5)
  }

  @Test func `the same seed gives the same bytes on one thread and on many`() throws {
    let threads = Engine.threads
    defer { Engine.threads = threads }
    try workshop.run("many", classification())
    Engine.threads = 1
    try workshop.run("one", classification())
    #expect(
      try contents("\(workshop.folder.path)/many", Self.files)
        == contents("\(workshop.folder.path)/one", Self.files))
  }

  @Test func `the best epoch is kept, not the last`() throws {
    // A rate this high spoils the model after it has learned something.
    let changes: JSONObject = [
      "epochs": 8, "learning-rate": 0.05, "best-metric": "f1.weighted", "schedule": "constant",
    ]
    let (result, events) = try workshop.run("run", classification(changes))
    let scores = events.compactMap { event -> (Int, Double)? in
      guard case .evaluated(let step, _, let values, _) = event else { return nil }
      return values.first { $0.name == "f1.weighted" }.map { (step, $0.value) }
    }
    let best = try #require(scores.map(\.1).max())
    #expect(scores.count == 8)
    #expect(result.bestValue == best)
    #expect(result.bestStep == scores.first { $0.1 == best }?.0)
    let step = try #require(result.bestStep)
    #expect(
      try contents("\(workshop.folder.path)/run", ["model/model.safetensors"])
        == contents("\(workshop.folder.path)/run", ["checkpoints/step-\(step)/model.safetensors"]))
  }

  @Test func `training stops when patience ends`() throws {
    let changes: JSONObject = [
      "epochs": 50, "learning-rate": 0, "early-stopping": ["metric": "f1.weighted", "patience": 2],
    ]
    let (result, events) = try workshop.run("run", classification(changes))
    #expect(result.stoppedEarly)
    #expect(result.steps == 3 * 9)
    #expect(events.contains { if case .stoppedEarly(27) = $0 { true } else { false } })
  }

  @Test func `the steps are cut by max-steps, and the schedule with them`() throws {
    let (result, events) = try workshop.run(
      "run", classification(["max-steps": 4, "warmup-ratio": 0.5]))
    let rates = events.compactMap {
      if case .stepped(let report) = $0 { report.learningRate } else { nil }
    }
    #expect(result.steps == 4)
    #expect(rates == [0, 0.0025, 0.005, 0.0025])
  }

  @Test func `only the head moves where only the head is trained`() throws {
    let changes: JSONObject = ["method": "head", "epochs": 1]
    var plan: TrainingPlan?
    let result = try workshop.session("head", classification(changes)).run {
      if case .started(let started) = $0 { plan = started }
    }
    let untrained = try workshop.run("none", classification(["max-steps": 0])).result
    let before = try SafetensorsFile(untrained.modelFolder + "/model.safetensors")
    let after = try SafetensorsFile(result.modelFolder + "/model.safetensors")
    let moved = try after.tensors.map(\.name).filter {
      try after.tensor($0).values != before.tensor($0).values
    }
    #expect(moved == ["classifier.bias", "classifier.weight"])
    #expect(plan?.trainableParameters == 3 * 16 + 3)
  }

  @Test func `the pooler moves with the head where it is asked to`() throws {
    let changes: JSONObject = ["method": ["head": ["pooler": true]], "epochs": 1]
    var plan: TrainingPlan?
    _ = try workshop.session("head", classification(changes)).run {
      if case .started(let started) = $0 { plan = started }
    }
    #expect(plan?.trainableParameters == 3 * 16 + 3 + 16 * 16 + 16)
  }

  @Test func `no trainable value stays without gradient`() throws {
    for (records, json) in [
      (Workshop.classified(40), classification(["max-steps": 1, "schedule": "constant"])),
      (Workshop.instructions(40), causal(["max-steps": 1, "schedule": "constant"])),
    ] {
      let workshop = try Workshop(records)
      let result = try workshop.run("one", json).result
      var stepless = json.object ?? [:]
      stepless["max-steps"] = 0
      let start = try workshop.run("none", .object(stepless)).result
      let after = try SafetensorsFile(result.modelFolder + "/model.safetensors")
      let before = try SafetensorsFile(start.modelFolder + "/model.safetensors")
      for tensor in after.tensors {
        let moved = try after.tensor(tensor.name).values != before.tensor(tensor.name).values
        #expect(moved, "\(tensor.name)")
      }
    }
  }
}
