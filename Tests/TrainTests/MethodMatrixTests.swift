import Evaluate
import Foundation
import Models
import Records
import Stages
import TestSupport
import Testing
import Train

/// Every method on every architecture that the trainer has an objective for: it learns, what is saved
/// predicts what was trained, and a merged model does too.
struct MethodMatrixTests {
  /// A method as a pipeline names it.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let method: JSONValue
    var isMergeable = true

    init(_ name: String, _ options: JSONValue = [:], isMergeable: Bool = true) {
      self.name = name
      method = .object([name: options])
      self.isMergeable = isMergeable
    }

    /// Whole models take smaller steps than what is added to them.
    var rate: Double { ["full", "freeze", "gradual-unfreezing"].contains(name) ? 0.003 : 0.02 }

    var testDescription: String { method.text }
  }

  static let methods: [Case] = [
    Case("lora", ["rank": 2, "targets": "all-linear"]),
    Case("lora", ["rank": 2, "dora": true, "targets": ["output", "down"]]),
    Case("lora", ["rank": 2, "init": "pissa", "targets": ["output", "down"]]),
    Case("lora", ["rank": 2, "init": "olora", "targets": ["output", "down"]]),
    Case("lora", ["rank": 2, "loraplus-lr-ratio": 4, "targets": ["query", "value", "up"]]),
    Case("full"), Case("full", ["layer-decay": 0.9]), Case("head"), Case("freeze", ["layers": 1]),
    Case("gradual-unfreezing", ["unfreeze-every": "4 steps"]),
    Case("adalora", ["initial-rank": 3, "target-rank": 2, "targets": ["output", "down"]]),
    Case("sparse", ["share": 0.1, "mask": "magnitude", "targets": ["output", "down"]]),
    Case("tokens", ["tokens": ["w0", "w3", "w6"]]),
    Case("ia3"), Case("norms"), Case("bitfit"),
    Case("bottleneck", ["kind": "houlsby", "reduction": 4], isMergeable: false),
    Case("bottleneck", ["kind": "compacter", "reduction": 4], isMergeable: false),
    Case("prefix", ["virtual-tokens": 3], isMergeable: false),
    Case("prefix", ["virtual-tokens": 3, "width": 8], isMergeable: false),
    Case("prompt", ["virtual-tokens": 3], isMergeable: false),
    Case("p-tuning", ["virtual-tokens": 3, "width": 8], isMergeable: false),
    Case("p-tuning", ["virtual-tokens": 3, "encoder": "lstm", "width": 8], isMergeable: false),
  ]

  static let architectures = [
    "bert", "roberta", "distilbert", "gpt2", "gptj", "llama", "mistral", "qwen2",
  ]

  private func sizes(_ name: String) -> JSONValue {
    .object([name: ["layers": 2, "width": 32, "heads": 4, "context": 64]])
  }

  /// Trains some steps and checks what is saved, and that a killed run ends with the same.
  /// - Parameter base: The model that the steps begin with, where each step is of other tokens: then the loss of
  ///   the validation side may show that it learns, too.
  private func check(
    _ workshop: Workshop, _ json: JSONValue, _ method: Case, from base: String? = nil
  ) throws {
    let root = workshop.folder.path
    var events: [TrainingEvent] = []
    let result = try workshop.session("run", json).run { event in
      events.append(event)
      guard case .saved(10, _) = event else { return }
      try? FileManager.default.copyItem(atPath: "\(root)/run", toPath: "\(root)/killed")
    }
    let killed = try workshop.run("killed", json)
    #expect(
      killed.events.contains {
        if case .started(let plan) = $0 { plan.doneSteps == 10 } else { false }
      })
    let folder = FilePaths.name(result.modelFolder)
    let files =
      try Folders.list(result.modelFolder).filter { $0.hasSuffix(".safetensors") }
      .map { "\(folder)/\($0)" } + ["trainer_state.json"]
    #expect(files.count > 1)
    #expect(try contents("\(root)/killed", files) == contents("\(root)/run", files))
    let losses = losses(events)
    #expect(losses.count == 20 && losses.allSatisfy { $0.isFinite })
    let (first, last) = (losses.prefix(5).reduce(0, +), losses.suffix(5).reduce(0, +))
    let best = try #require(result.bestValue)
    let before = try base.map { try loss($0, json, workshop) } ?? -.infinity
    #expect(last < first || best < before, "\(first) to \(last), \(before) to \(best)")
    let saved = try loss(result.modelFolder, json, workshop)
    #expect(abs(saved - best) < 1e-5)
    let task = try #require(
      try ModelFolders(result.modelFolder).configuration.task)
    let loaded = try ModelLoader.load(result.modelFolder, for: task, seed: 1)
    guard method.isMergeable else {
      #expect(throws: ModelError.self) { try MergedModel(loaded.model) }
      return
    }
    let merged = "\(workshop.folder.path)/merged"
    try MergedModel(loaded.model).save(to: merged, tokenizer: result.modelFolder)
    #expect(abs(try loss(merged, json, workshop) - best) < 1e-4)
  }

  /// The mean loss of a saved model on the validation side.
  private func loss(_ folder: String, _ json: JSONValue, _ workshop: Workshop) throws -> Double {
    let predictor = try Predictor(model: folder, options: options(json))
    switch try predictor.predict(workshop.validation).outcomes {
    case .classification(let classes):
      return try #require(classes.totalLoss) / Double(classes.references.count)
    case .language(let language): return language.totalLoss / Double(language.tokens)
    case .numbers, .retrieval:
      Issue.record("a model predicted neither classes nor tokens")
      return .nan
    }
  }

  /// Whether an architecture has nothing that a method trains.
  private func isRefused(_ method: Case, _ architecture: String, _ objective: String?) -> Bool {
    // These have their embedding for a head.
    if objective == "sequence-to-sequence" {
      // Heads that are embeddings too, a model without biases, and one whose words have two names.
      return (method.name == "head" && architecture != "fsmt")
        || (method.name == "bitfit" && architecture == "t5")
        || (method.name == "tokens" && architecture == "marian")
    }
    if method.name == "head" {
      return objective == "causal" && ["gpt2", "qwen2"].contains(architecture)
    }
    return method.name == "bitfit" && ["llama", "mistral"].contains(architecture)
  }

  /// Trains by a method and checks what comes of it, or that there is nothing to train.
  private func learn(
    _ workshop: Workshop, _ method: Case, on architecture: String, from base: String? = nil,
    _ description: (JSONObject) -> JSONValue
  ) throws {
    let json = description([
      "architecture": sizes(architecture), "method": method.method, "epochs": 5, "max-steps": 20,
      "learning-rate": .real(method.rate), "schedule": "constant",
    ])
    guard !isRefused(method, architecture, json["objective"]?.string) else {
      #expect {
        try workshop.run("run", json)
      } throws: {
        $0 is ModelError || $0 is TrainingError
      }
      return
    }
    try check(workshop, json, method, from: base)
  }

  @Test(arguments: architectures, methods)
  func `a classifier learns by it`(architecture: String, method: Case) throws {
    try learn(
      Workshop(Workshop.classified(60)), method, on: architecture
    ) { classification($0) }
  }

  /// Trains by a method a model that has learned to count, which must learn to count from further on.
  ///
  /// A random model's scores are next to zero whatever is added to it; one that has learned is sure.
  private func learnFurther(
    _ objective: JSONValue, _ method: Case, on architecture: String, masks: Bool = false
  ) throws {
    func description(_ changes: JSONObject) -> JSONObject {
      var object = changes
      (object["objective"], object["dropout"]) = (objective, 0)
      return causal(object).object ?? [:]
    }
    let first = try Workshop(Workshop.instructions(60), masks: masks)
    let base = description([
      "architecture": sizes(architecture), "epochs": 12, "schedule": "constant",
    ])
    let (result, _) = try first.run("base", .object(base))
    let further = (0..<60).map { index in
      let answer = (1...4).map { "w\(index % 6 + $0 + 6)" }.joined(separator: " ")
      return Record.instruction("w\(index % 6)", output: answer, id: "test:\(index)")
    }
    let start = masks ? result.modelFolder : nil
    try learn(
      Workshop(further, masks: masks), method, on: architecture, from: start
    ) { changes in
      var object = description(changes)
      object["model"] = .string(result.modelFolder)
      object["architecture"] = nil
      // A few virtual tokens move a model of few words little.
      if masks, ["prefix", "prompt"].contains(method.name) { object["learning-rate"] = 0.1 }
      return .object(object)
    }
    withExtendedLifetime(first) {}
  }

  @Test(arguments: ["t5", "marian", "fsmt"], methods)
  func `a model that writes another text learns by it`(
    architecture: String, method: Case
  ) throws {
    try learnFurther("sequence-to-sequence", method, on: architecture)
  }

  @Test(arguments: ["bert", "roberta", "distilbert"], methods)
  func `a model of hidden tokens learns by it`(architecture: String, method: Case) throws {
    try learnFurther(["masked": ["share": 0.4]], method, on: architecture, masks: true)
  }

  @Test(arguments: ["gpt2", "gptj", "llama", "qwen2"], methods)
  func `a model of the next token learns by it`(architecture: String, method: Case) throws {
    try learn(Workshop(Workshop.instructions(60)), method, on: architecture) { causal($0) }
  }
}
