import Evaluate
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

    var testDescription: String { method.text }
  }

  static let methods: [Case] = [
    Case("lora", ["rank": 2, "targets": "all-linear"]),
    Case("lora", ["rank": 2, "dora": true, "targets": ["output", "down"]]),
    Case("lora", ["rank": 2, "init": "pissa", "targets": ["output", "down"]]),
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
  ]

  static let architectures = [
    "bert", "roberta", "distilbert", "gpt2", "gptj", "llama", "mistral", "qwen2",
  ]

  private func sizes(_ name: String) -> JSONValue {
    .object([name: ["layers": 2, "width": 32, "heads": 4, "context": 64]])
  }

  /// Trains some steps and checks what is saved.
  private func check(_ workshop: Workshop, _ json: JSONValue, _ method: Case) throws {
    let (result, events) = try workshop.run("run", json)
    let losses = losses(events)
    #expect(losses.count == 20 && losses.allSatisfy { $0.isFinite })
    let (first, last) = (losses.prefix(5).reduce(0, +), losses.suffix(5).reduce(0, +))
    #expect(last < first, "\(first) to \(last)")
    let best = try #require(result.bestValue)
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
    }
  }

  /// Whether an architecture has nothing that a method trains.
  private func isRefused(_ method: Case, _ architecture: String) -> Bool {
    method.name == "bitfit" && ["llama", "mistral"].contains(architecture)
  }

  /// Trains by a method and checks what comes of it, or that there is nothing to train.
  private func learn(
    _ workshop: Workshop, _ method: Case, on architecture: String,
    _ description: (JSONObject) -> JSONValue
  ) throws {
    let json = description([
      "architecture": sizes(architecture), "method": method.method, "epochs": 5, "max-steps": 20,
      "learning-rate": 0.02, "schedule": "constant",
    ])
    guard !isRefused(method, architecture) else {
      #expect(throws: ModelError.self) { try workshop.run("run", json) }
      return
    }
    try check(workshop, json, method)
  }

  @Test(arguments: architectures, methods)
  func `a classifier learns by it`(architecture: String, method: Case) throws {
    try learn(
      Workshop(Workshop.classified(60)), method, on: architecture
    ) { classification($0) }
  }

  @Test(arguments: ["gpt2", "gptj", "llama", "qwen2"], methods)
  func `a model of the next token learns by it`(architecture: String, method: Case) throws {
    try learn(Workshop(Workshop.instructions(60)), method, on: architecture) { causal($0) }
  }
}
