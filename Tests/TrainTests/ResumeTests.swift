import Foundation
import Records
import Stages
import TestSupport
import Testing
import Train

/// A run that was killed ends with the bytes of one that was not.
struct ResumeTests {
  private let workshop: Workshop
  private static let files = [
    "model/model.safetensors", "model/config.json", "trainer_state.json", "trainer_log.jsonl",
  ]

  init() throws { workshop = try Workshop(Workshop.classified(120)) }

  private func predictions(_ run: String, _ json: JSONValue) throws -> [UInt8] {
    let folder = "\(workshop.folder.path)/\(run)"
    let predictor = try Predictor(model: folder + "/model", options: options(json))
    try predictor.predict(workshop.test).write(
      workshop.test, to: folder + "/predictions.jsonl")
    return try FileReader.contents(folder + "/predictions.jsonl")
  }

  @Test(arguments: [
    ["epochs": 3, "best-metric": "f1.weighted"] as JSONObject,
    ["epochs": 2, "save-steps": 4, "logging-steps": 3, "keep-checkpoints": 2],
    ["epochs": 9, "learning-rate": 0, "early-stopping": 2],
    // The last checkpoint within the epoch is of the last step, and not evaluated yet.
    ["max-steps": 6, "save-steps": 2],
    [
      "epochs": 5, "learning-rate": 1e-4,
      "schedule": ["reduce-on-plateau": ["patience": 0, "threshold": 0.5, "factor": 0.5]],
    ],
    ["optimizer": "sgd", "epochs": 3],
    ["optimizer": ["sgd": ["momentum": 0.9, "dampening": 0.1]], "ema": 0.9],
    ["optimizer": "lion", "learning-rate": 1e-3, "neftune-noise-alpha": 5],
    [
      "optimizer": ["adafactor": ["beta1": 0.9]], "ema": ["decay": 0.8], "max-steps": 20,
      "save-steps": 3, "keep-checkpoints": 2,
    ],
    // What the frozen encoder says is in no checkpoint.
    ["method": "head", "epochs": 3, "save-steps": 4, "keep-checkpoints": 9],
    [
      "method": ["head": ["pooler": true]], "epochs": 3, "save-steps": 2, "ema": 0.9,
      "best-metric": "f1.weighted", "gradient-accumulation-steps": 2,
    ],
    // What frozen layers say of each token.
    [
      "method": ["freeze": ["layers": 1, "cache": true]], "epochs": 3, "save-steps": 4,
      "keep-checkpoints": 9,
    ],
    // Killed before, at and behind each border between phases.
    [
      "method": ["gradual-unfreezing": ["unfreeze-every": "3 steps"]], "max-steps": 12,
      "save-steps": 1, "weight-decay": 0.1, "ema": 0.9,
    ],
  ])
  func `it goes on from any checkpoint with the same bytes`(changes: JSONObject) throws {
    let json = classification(changes)
    let copies = try workshop.copies(json)
    #expect(copies.count >= 3)
    let root = workshop.folder.path
    let expected = try contents("\(root)/whole", Self.files)
    let predicted = try predictions("whole", json)
    for copy in copies {
      // What a kill in the middle of writing leaves.
      try workshop.folder.write("torn", to: "\(copy)/checkpoints/.partial/model.safetensors")
      try workshop.folder.write("torn", to: "\(copy)/checkpoints/.removed/state.json")
      try workshop.folder.write("torn", to: "\(copy)/.model-partial/config.json")
      var started: TrainingPlan?
      _ = try workshop.session(copy, json).run { event in
        if case .started(let plan) = event { started = plan }
      }
      #expect(started.map { "killed-\($0.doneSteps)" } == copy)
      #expect(try contents("\(root)/\(copy)", Self.files) == expected, "\(copy)")
      #expect(try predictions(copy, json) == predicted)
    }
  }

  @Test func `a run interrupted in its last step is evaluated when it goes on`() async {
    // In a process of its own, because the wish to stop is one for a whole process.
    await #expect(processExitsWith: .success) {
      let workshop = try Workshop(Workshop.classified(120))
      let json = classification(["epochs": 2])
      let expected = try workshop.run("whole", json).result
      let session = try workshop.session("stopped", json)
      #expect(throws: Interrupted.self) {
        try session.run { event in
          if case .stepped(let report) = event, report.step == 18 { Interruption.request() }
        }
      }
      Interruption.reset()
      let result = try workshop.run("stopped", json).result
      #expect(result.json["validation"] == expected.json["validation"])
      let runs = ["stopped", "whole"].map { "\(workshop.folder.path)/\($0)" }
      #expect(try contents(runs[0], Self.files) == contents(runs[1], Self.files))
    }
  }

  @Test(
    arguments: [
      ["activation-checkpointing": true], ["save-steps": 2], ["keep-checkpoints": 3],
      ["report-to": "none"], ["stop-on-divergence": false],
    ] as [JSONObject])
  func `how it is computed, kept and shown may change on the way`(changes: JSONObject) throws {
    _ = try workshop.copies(classification(["epochs": 2]))
    var started: TrainingPlan?
    var options: JSONObject = ["epochs": 2]
    options.merge(changes)
    _ = try workshop.session("killed-9", classification(options)).run { event in
      if case .started(let plan) = event { started = plan }
    }
    #expect(started?.doneSteps == 9)
    let files = ["model/model.safetensors", "trainer_log.jsonl"]
    #expect(
      try contents("\(workshop.folder.path)/killed-9", files)
        == contents("\(workshop.folder.path)/whole", files))
  }

  @Test func `the weights of a step are written once, and the evaluation behind it beside them`()
    throws
  {
    let root = workshop.folder.path
    let json = classification(["max-steps": 6, "save-steps": 3, "best-metric": "f1.weighted"])
    var steps: [Int] = []
    var weights: [Int] = []
    var states: [[UInt8]] = []
    _ = try workshop.session("whole", json).run { event in
      guard case .saved(let step, let folder) = event else { return }
      let file = try? FileManager.default.attributesOfItem(atPath: "\(folder)/model.safetensors")
      weights.append(file?[.systemFileNumber] as? Int ?? -weights.count)
      states.append((try? FileReader.contents("\(folder)/state.json")) ?? [])
      try? FileManager.default.copyItem(
        atPath: "\(root)/whole", toPath: "\(root)/killed-\(steps.count)")
      steps.append(step)
    }
    #expect(steps == [3, 6, 6])
    #expect(weights[0] != weights[1] && weights[1] == weights[2])
    #expect(states[1] != states[2])
    let expected = try contents("\(root)/whole", Self.files)
    for number in steps.indices {
      try workshop.run("killed-\(number)", json)
      #expect(try contents("\(root)/killed-\(number)", Self.files) == expected, "\(number)")
    }
  }

  @Test func `times are those of all processes, and epochs keep their numbers`() throws {
    let json = classification(["epochs": 3, "save-steps": 4])
    let copies = try workshop.copies(json)
    let whole = try workshop.run("whole", json).result
    #expect(whole.epochs.array?.compactMap { $0["epoch"]?.int } == [1, 2, 3])
    // In the middle of the second epoch, with times that no clock gives.
    let copy = try #require(copies.first { $0 == "killed-12" })
    let earlier: JSONValue = [
      "seconds": 1000,
      "epochs": [["epoch": 1, "seconds": 300], ["epoch": 2, "seconds": 200]],
    ]
    try workshop.folder.write(earlier.text, to: "\(copy)/checkpoints/step-12/times.json")
    let result = try workshop.run(copy, json).result
    #expect(result.seconds > 1000)
    let epochs = try #require(result.epochs.array)
    #expect(epochs.compactMap { $0["epoch"]?.int } == [1, 2, 3])
    #expect(epochs[0]["seconds"]?.double == 300)
    #expect(epochs[1]["seconds"]?.double ?? 0 > 200 && epochs[2]["seconds"]?.double ?? 999 < 200)
    // A checkpoint of an older build says nothing.
    let old = try #require(copies.first { $0 == "killed-9" })
    try Folders.remove("\(workshop.folder.path)/\(old)/checkpoints/step-9/times.json")
    let rest = try workshop.run(old, json).result
    #expect(rest.epochs.array?.compactMap { $0["epoch"]?.int } == [2, 3])
  }

  @Test func `a finished run is not trained again`() throws {
    try workshop.run("run", classification())
    let (_, events) = try workshop.run("run", classification())
    #expect(losses(events).isEmpty)
  }

  @Test func `checkpoints of other options or data are not taken up`() throws {
    try workshop.run("run", classification(["max-steps": 5]))
    let (_, events) = try workshop.run("run", classification(["max-steps": 6]))
    #expect(losses(events).count == 6)
    let other = try Workshop(Workshop.classified(110))
    let session = try TrainingSession(
      options: options(classification(["max-steps": 6])), train: other.train,
      validation: other.validation, workshop.context("run"))
    var steps = 0
    _ = try session.run { if case .stepped = $0 { steps += 1 } }
    #expect(steps == 6)
  }

  @Test func `the newest checkpoints and the best one stay`() throws {
    let changes: JSONObject = [
      "epochs": 6, "learning-rate": 0, "best-metric": "f1.weighted", "keep-checkpoints": 2,
    ]
    try workshop.run("run", classification(changes))
    let kept = try Folders.list("\(workshop.folder.path)/run/checkpoints")
    #expect(kept == ["step-45", "step-54", "step-9"])
  }

  @Test func `the log is what plotters of Hugging Face read`() throws {
    try workshop.run("run", classification(["epochs": 2, "best-metric": "accuracy"]))
    let path = "\(workshop.folder.path)/run/trainer_state.json"
    let state = try JSONValue.parse(FileReader.contents(path))
    let log = try #require(state["log_history"]?.array)
    #expect(log.count { $0["loss"] != nil } == 18)
    let evaluations = log.filter { $0["eval_loss"] != nil }
    #expect(evaluations.compactMap { $0["step"]?.int } == [9, 18])
    #expect(evaluations.allSatisfy { $0["eval_f1.weighted"]?.double != nil })
    #expect(state["global_step"]?.int == 18)
    #expect(state["max_steps"]?.int == 18)
    #expect(state["epoch"]?.double == 2)
    let best = evaluations.compactMap { $0["eval_accuracy"]?.double }.max()
    #expect(state["best_metric"]?.double == best)
    for key in ["best_model_checkpoint", "logging_steps", "save_steps", "stateful_callbacks"] {
      #expect(state[key] != nil, "\(key)")
    }
  }
}
