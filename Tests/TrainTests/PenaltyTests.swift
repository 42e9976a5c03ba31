import Foundation
import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing
import Train

/// Penalties on leaving the starting weights, against torch's numbers.
struct PenaltyTests {
  private static let fixtures = "\(Shared.project)/Tests/Fixtures/Train"
  private let workshop: Workshop

  init() throws { workshop = try Workshop(Workshop.classified(60)) }

  /// What is read from `penalty.json`.
  private func reference() throws -> JSONValue {
    try JSONValue.parse(FileReader.contents("\(Self.fixtures)/penalty.json"))
  }

  private func side(_ key: String, _ architecture: String) throws -> RecordCollection {
    let texts = try #require(reference()[key])
    func words(_ name: String) throws -> [String] {
      try #require(texts[name]?.array).compactMap(\.string)
    }
    let (read, labels, targets) = try (words("texts"), words("labels"), words("targets"))
    let records = read.indices.map { index -> Record in
      let id = "\(key):\(index)"
      return switch architecture {
      case "bert": .text(read[index], id: id, label: labels[index])
      case "gpt2": .text(read[index], id: id)
      default: .instruction(read[index], output: targets[index], id: id)
      }
    }
    return try Workshop.write(records[...], to: "\(workshop.folder.path)/\(key).jsonl")
  }

  private static let objectives = [
    "bert": "classification", "gpt2": "causal", "t5": "sequence-to-sequence",
  ]

  /// Options of a run on the new task that begins with a fixture's model.
  private func json(
    _ architecture: String, _ penalty: JSONValue?, _ changes: JSONObject = [:]
  ) throws -> JSONValue {
    var object: JSONObject = [
      "model": .string("\(Self.fixtures)/unfreezing/\(architecture)"),
      "objective": .string(try #require(Self.objectives[architecture])), "schedule": "constant",
      "batch-size": 8, "epochs": 3, "precision": "fp32", "logging-steps": 1,
      "learning-rate": 0.01,
    ]
    if let penalty { object["penalty"] = penalty }
    object.merge(changes)
    return .object(object)
  }

  private func ewc(_ values: JSONObject = [:]) -> JSONValue {
    var object: JSONObject = ["data": "old.jsonl", "strength": 50]
    object.merge(values)
    return ["ewc": .object(object)]
  }

  @discardableResult
  private func run(
    _ name: String, _ architecture: String, _ penalty: JSONValue?, _ changes: JSONObject = [:],
    old: RecordCollection? = nil, observe: @escaping (TrainingEvent) -> Void = { _ in }
  ) throws -> (folder: String, steps: [StepReport]) {
    var context = workshop.context(name)
    context.penaltyRecords = try old ?? side("old", architecture)
    let session = try TrainingSession(
      options: options(json(architecture, penalty, changes)), train: side("new", architecture),
      validation: nil, context)
    var steps: [StepReport] = []
    _ = try session.run { event in
      if case .stepped(let report) = event { steps.append(report) }
      observe(event)
    }
    return (context.folder, steps)
  }

  /// The penalty of each step that a run has logged.
  private func penalties(_ folder: String) throws -> [Double] {
    let state = try JSONValue.parse(FileReader.contents("\(folder)/trainer_state.json"))
    return (state["log_history"]?.array ?? []).compactMap { $0["penalty"]?.double }
  }

  private func isNear(_ value: Double, _ expected: Double) -> Bool {
    abs(value - expected) <= 1e-4 * max(abs(expected), 0.01)
  }

  @Test(arguments: ["bert", "gpt2", "t5"])
  func `the Fisher information is torch's`(architecture: String) throws {
    let folder = try run("run", architecture, ewc(), ["max-steps": 0]).folder
    let file = try SafetensorsFile("\(folder)/fisher.safetensors")
    let expected = try #require(reference()["models"]?[architecture]?["fisher"]?.object)
    // Tied weights stand once in both.
    #expect(Set(file.tensors.map(\.name)) == Set(expected.keys))
    for member in expected.members {
      let values = try file.tensor(member.key).values
      let sum = try #require(member.value["sum"]?.double)
      let own = values.reduce(0.0) { $0 + Double($1) }
      #expect(abs(own - sum) <= 1e-4 * sum + 1e-12, "\(member.key)")
      let largest = Double(values.max() ?? 0)
      let picked = [values[0], values[values.count / 2], values[values.count - 1]]
      for (value, torch) in zip(picked, member.value["values"]?.array ?? []) {
        let torch = try #require(torch.double)
        // The bias of keys changes no attention: its gradients are rounding alone.
        #expect(
          abs(Double(value) - torch) <= 1e-4 * max(torch, largest) + 1e-12, "\(member.key)")
      }
    }
  }

  @Test(arguments: ["bert", "gpt2", "t5"])
  func `loss, penalty and norm of every step are torch's`(architecture: String) throws {
    let runs = try #require(reference()["models"]?[architecture]?["runs"]?.array)
    #expect(runs.count == 3)
    for (number, values) in runs.enumerated() {
      let strength = try #require(values["strength"])
      let isEWC = values["penalty"]?.string == "ewc"
      let isSGD = values["optimizer"]?.string == "sgd"
      let (folder, steps) = try run(
        "run-\(number)", architecture,
        isEWC ? ewc(["strength": strength]) : ["l2-sp": ["strength": strength]],
        [
          "learning-rate": try #require(values["rate"]),
          "optimizer": isSGD ? ["sgd": ["momentum": 0.9]] : "adamw",
        ])
      let expected = try #require(values["steps"]?.array)
      let penalties = try penalties(folder)
      #expect(steps.count == expected.count && penalties.count == expected.count)
      for ((step, penalty), torch) in zip(zip(steps, penalties), expected) {
        let place = "run \(number), step \(step.step)"
        #expect(isNear(Double(step.loss), try #require(torch["loss"]?.double)), "\(place)")
        #expect(isNear(penalty, try #require(torch["penalty"]?.double)), "\(place)")
        #expect(
          isNear(Double(step.gradientNorm), try #require(torch["norm"]?.double)), "\(place)")
      }
    }
  }

  @Test(arguments: ["ewc", "l2-sp"])
  func `a strength of 0 is no penalty, bit for bit`(name: String) throws {
    let files = ["model/model.safetensors", "trainer_log.jsonl", "trainer_state.json"]
    let plain = try run("plain", "bert", nil).folder
    let none = try run(
      "none", "bert", name == "ewc" ? ewc(["strength": 0]) : ["l2-sp": ["strength": 0]]
    ).folder
    #expect(try contents(plain, files) == contents(none, files))
    let held = try run("held", "bert", name == "ewc" ? ewc() : "l2-sp").folder
    #expect(try contents(plain, files) != contents(held, files))
  }

  @Test func `a penalty counts once a step, whatever is accumulated`() throws {
    let changes: JSONObject = [
      "batch-size": 2, "gradient-accumulation-steps": 3, "optimizer": "sgd",
    ]
    let penalty: JSONValue = ["l2-sp": ["strength": 2]]
    let whole = try run("whole", "bert", penalty, ["optimizer": "sgd"])
    let parts = try run("parts", "bert", penalty, changes)
    for (one, other) in zip(whole.steps, parts.steps) {
      #expect(abs(one.gradientNorm / other.gradientNorm - 1) < 1e-4)
    }
    for (one, other) in zip(try penalties(whole.folder), try penalties(parts.folder)) {
      #expect(abs(one - other) <= 1e-4 * one)
    }
  }

  @Test func `weights stay nearer to the start the stronger they are held`() throws {
    let start = try SafetensorsFile("\(Self.fixtures)/unfreezing/bert/model.safetensors")
    func distance(_ strength: Double) throws -> Double {
      let folder = try run(
        "run-\(strength)", "bert", ["l2-sp": ["strength": .real(strength)]],
        ["optimizer": "sgd", "learning-rate": 0.05, "epochs": 12]
      ).folder
      let model = try SafetensorsFile("\(folder)/model/model.safetensors")
      return try start.tensors.reduce(0) { sum, tensor in
        let pairs = try zip(start.tensor(tensor.name).values, model.tensor(tensor.name).values)
        return sum + pairs.reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
      }
    }
    let distances = try [0, 1, 5].map(distance)
    // 0.302, 0.237 and 0.060 in torch.
    #expect(distances[0] > 1.2 * distances[1] && distances[1] > 3 * distances[2])
  }

  // MARK: - Going on

  @Test(arguments: ["ewc", "l2-sp", "gradual"])
  func `a run goes on from any checkpoint with the same bytes`(kind: String) throws {
    let penalty = kind == "l2-sp" ? ["l2-sp": ["strength": 0.5]] : ewc(["labels": "sampled"])
    var changes: JSONObject = ["epochs": 6, "save-steps": 2, "logging-steps": 3, "ema": 0.9]
    if kind == "gradual" {
      changes["method"] = ["gradual-unfreezing": ["unfreeze-every": "2 steps"]]
    }
    let root = workshop.folder.path
    var copies: [String] = []
    try run("whole", "bert", penalty, changes) { event in
      guard case .saved = event else { return }
      copies.append("killed-\(copies.count)")
      try? FileManager.default.copyItem(
        atPath: "\(root)/whole", toPath: "\(root)/killed-\(copies.count - 1)")
    }
    #expect(copies.count >= 3)
    let files =
      ["model/model.safetensors", "trainer_log.jsonl", "trainer_state.json"]
      + (kind == "l2-sp" ? [] : ["fisher.safetensors"])
    let expected = try contents("\(root)/whole", files)
    for (number, copy) in copies.enumerated() {
      // Whether F is there or is computed again, it is that of the start.
      if number == 1 { try Folders.remove("\(root)/\(copy)/fisher.safetensors") }
      try run(copy, "bert", penalty, changes)
      #expect(try contents("\(root)/\(copy)", files) == expected, "\(copy)")
    }
  }

  @Test func `the Fisher information hangs on no threads`() async {
    await #expect(processExitsWith: .success) {
      let tests = try PenaltyTests()
      var files: [[UInt8]] = []
      for threads in [1, 3] {
        Engine.threads = threads
        let folder = try tests.run("run-\(threads)", "gpt2", tests.ewc(), ["max-steps": 0]).folder
        files += try contents(folder, ["fisher.safetensors"])
      }
      // The fingerprint in the header is of options and records, which are the same.
      #expect(files.count == 2 && files[0] == files[1])
    }
  }

  // MARK: - Tasks one after the other

  private func diagonal(_ folder: String) throws -> [String: [Float]] {
    let file = try SafetensorsFile("\(folder)/fisher.safetensors")
    return try Dictionary(
      uniqueKeysWithValues: file.tensors.map { ($0.name, try file.tensor($0.name).values) })
  }

  @Test func `the Fisher of an earlier run is taken as it is, or counts by gamma`() throws {
    let first = try run("first", "bert", ewc(), ["max-steps": 0]).folder
    let path = JSONValue.string("\(first)/fisher.safetensors")
    let taken = try run("taken", "bert", ["ewc": ["fisher": path, "strength": 50]])
    let own = try run("own", "bert", ewc())
    #expect(try diagonal(taken.folder) == diagonal(first))
    #expect(
      try contents(taken.folder, ["model/model.safetensors"])
        == contents(own.folder, ["model/model.safetensors"]))
    let other = try side("new", "bert")
    let later = try run("later", "bert", ewc(), ["max-steps": 0], old: other).folder
    let both = try run(
      "both", "bert", ewc(["fisher": path, "gamma": 0.5]), ["max-steps": 0], old: other
    ).folder
    let (old, new, sum) = try (diagonal(first), diagonal(later), diagonal(both))
    for (name, values) in sum {
      for (place, value) in values.enumerated() {
        let expected = 0.5 * (old[name]?[place] ?? 0) + (new[name]?[place] ?? 0)
        #expect(abs(value - expected) <= 1e-6 * expected, "\(name)")
      }
    }
  }

  @Test(arguments: ["mean", "max"])
  func `F is divided by its mean or its largest value`(scale: String) throws {
    let first = try run("first", "bert", ewc(), ["max-steps": 0]).folder
    let values = try diagonal(first).values.flatMap { $0 }.map { Double($0) }
    let divisor =
      scale == "mean" ? values.reduce(0, +) / Double(values.count) : values.max() ?? 0
    let changes: JSONObject = ["optimizer": "sgd", "epochs": 4]
    let plain = try run("plain", "bert", ewc(["strength": .real(3 / divisor)]), changes)
    let scaled = try run(
      "scaled", "bert", ewc(["strength": 3, "normalise": .string(scale)]), changes)
    let pairs = try zip(penalties(plain.folder), penalties(scaled.folder))
    for (one, other) in pairs { #expect(isNear(other, one)) }
    #expect(try penalties(scaled.folder).last ?? 0 > 0)
    // The file is the same, so that later runs can add to it.
    #expect(try diagonal(scaled.folder) == diagonal(first))
  }

  @Test func `labels are drawn from what the model says`() throws {
    let records = (0..<600).map { Record.text("w5 w12 w2", id: "old:\($0)", label: "ear") }
    let old = try Workshop.write(records[...], to: "\(workshop.folder.path)/many.jsonl")
    let json = try json("bert", nil)
    let settings: JSONObject = ["samples": 600]
    let given = try run("given", "bert", ewc(settings), ["max-steps": 0], old: old).folder
    let predictor = try Predictor(model: "\(given)/model", options: options(json))
    guard case .label(_, _, let chances, _)? = try predictor.predict(old).items.first else {
      Issue.record("no prediction")
      return
    }
    let bias = try #require(diagonal(given)["classifier.bias"])
    for (place, chance) in chances.enumerated() {
      let slope = chance - (place == 0 ? 1 : 0)
      #expect(abs(bias[place] - slope * slope) < 1e-4)
    }
    var sampled = settings
    sampled["labels"] = "sampled"
    let drawn = try run("drawn", "bert", ewc(sampled), ["max-steps": 0], old: old).folder
    let again = try run("again", "bert", ewc(sampled), ["max-steps": 0], old: old).folder
    #expect(try diagonal(drawn) == diagonal(again))
    // The variance of a class: (p - 1)² with a chance of p, p² otherwise; four standard errors.
    for (value, chance) in zip(try #require(diagonal(drawn)["classifier.bias"]), chances) {
      #expect(abs(value - chance * (1 - chance)) < 4 * 0.5 / Float(600).squareRoot())
    }
  }

  @Test func `a masked model is held too, by the tokens that are hidden`() throws {
    let workshop = try Workshop(Workshop.classified(40), masks: true)
    let base: JSONObject = ["objective": "masked", "max-steps": 4, "precision": "fp32"]
    let start = try workshop.run("start", classification(base)).result.modelFolder
    var changes = base
    changes["model"] = .string(start)
    changes["architecture"] = .null
    changes["penalty"] = ewc(["samples": 5])
    var context = workshop.context("run")
    context.penaltyRecords = workshop.test
    let session = try TrainingSession(
      options: options(classification(changes)), train: workshop.train, validation: nil, context)
    _ = try session.run()
    #expect(try penalties(context.folder).last ?? 0 > 0)
    #expect(try diagonal(context.folder).values.contains { $0.contains { $0 > 0 } })
  }

  // MARK: - Refused

  @Test(
    arguments: [
      (["ewc": ["data": "a.jsonl"]], ["method": "lora"], "which lora does not change"),
      ("l2-sp", ["method": "prefix"], "which prefix does not change"),
      ("l2-sp", ["model": "scratch", "architecture": smallEncoder], "scratch has none"),
      (
        ["ewc": ["data": "a.jsonl", "labels": "sampled"]], ["objective": "causal"],
        "labels are drawn for classification"
      ),
    ] as [(JSONValue, JSONObject, String)])
  func `what does not go together is told before data is read`(
    penalty: JSONValue, changes: JSONObject, problem: String
  ) throws {
    let faults = try options(json("bert", penalty, changes)).faults
    #expect(faults.count == 1 && faults[0].key == "penalty")
    #expect(faults[0].problem.contains(problem), "\(faults)")
  }

  @Test(arguments: ["full", "head", "bitfit", "norms", "gradual-unfreezing"])
  func `methods that change the model itself go with a penalty`(method: String) throws {
    let changes: JSONObject = ["method": .string(method)]
    #expect(try options(json("bert", "l2-sp", changes)).faults.isEmpty)
    try run("run", "bert", "l2-sp", changes)
    #expect(try penalties("\(workshop.folder.path)/run").last ?? 0 > 0)
  }

  @Test(
    arguments: [
      "ewc", ["ewc": ["strength": 3]], ["ewc": ["data": "a.jsonl", "gamma": 0.5]],
      ["ewc": ["data": "a.jsonl", "samples": 0]], ["l2-sp": ["strength": -1]], "l2sp",
    ] as [JSONValue])
  func `a penalty that makes no sense is refused`(penalty: JSONValue) {
    #expect(throws: Diagnostics.self) { try options(json("bert", penalty)) }
  }

  @Test func `a new head has no start to be held at`() throws {
    let records = ["nose", "knee", "toe"].enumerated().map { index, label in
      Record.text("w\(index) w7", id: "new:\(index)", label: label)
    }
    let side = try Workshop.write(records[...], to: "\(workshop.folder.path)/other.jsonl")
    func session(_ method: String) throws -> TrainingSession {
      try TrainingSession(
        options: options(json("bert", "l2-sp", ["method": .string(method)])), train: side,
        validation: nil, workshop.context(method))
    }
    #expect(throws: TrainingError.self) { try session("head").run() }
    var note: String?
    let all = try session("full")
    _ = try all.run { event in
      if case .started(let plan) = event {
        let held = plan.parameters - 3 * 17
        note = plan.notes.first { $0.contains("l2-sp holds \(held) weights") }
      }
    }
    #expect(note != nil)
  }

  @Test func `a file of another model is refused, with what to name`() throws {
    let other = try run("other", "gpt2", ewc(), ["max-steps": 0]).folder
    let path = JSONValue.string("\(other)/fisher.safetensors")
    let error = #expect(throws: ModelError.self) {
      try run("run", "bert", ["ewc": ["fisher": path]])
    }
    #expect("\(try #require(error))".contains("names none of the weights"))
  }

  @Test func `a class of the old task that the new one lacks is told, with what to do`() throws {
    let records = [Record.text("w5 w12", id: "old:0", label: "nose")]
    let old = try Workshop.write(records[...], to: "\(workshop.folder.path)/nose.jsonl")
    let error = #expect(throws: StageError.self) {
      try run("run", "bert", ewc(), old: old)
    }
    #expect(try #require(error?.remedy).contains("name its file as 'fisher'"))
  }
}
