import Models
import Tensors
import TestSupport
import Testing

/// What methods update where something is named, and where nothing is.
@Suite(.enabled(if: Shared.exists, "needs ../shared/golden"))
struct AdapterTargetTests {
  private static func load(_ base: String) throws -> any Model {
    let folder = Shared.path("golden/train-formats/golden/\(base)")
    let named = try ModelConfiguration(folder: folder).task
    return try ModelLoader.load(folder, for: #require(named), seed: 1).model
  }

  /// An adapter of a method on a model, with targets, or with its own.
  private static func adapt(
    _ method: String, _ model: any Model, _ targets: ModuleTargets? = nil,
    saved: [String] = []
  ) throws -> any ModelAdapter {
    switch method {
    case "adalora":
      var options = AdaptiveRankOptions()
      (options.updates.targets, options.updates.savedModules) = (targets, saved)
      return try AdaptiveRankAdapter(options, to: model, seed: 1)
    case "sparse":
      var options = SparseOptions()
      (options.share, options.targets, options.savedModules) = (0.1, targets, saved)
      return try SparseAdapter(options, to: model, seed: 1)
    case "ia3":
      var options = ColumnFactorOptions()
      (options.targets, options.savedModules) = (targets, saved)
      return try ColumnFactorAdapter(options, to: model)
    default:
      var options = LowRankOptions()
      (options.targets, options.savedModules) = (targets, saved)
      return try LowRankAdapter(options, to: model, seed: 1)
    }
  }

  @Test(arguments: ["lora-llama", "tokens-llama"])
  func `an adapter of a model with a head fits the one without`(_ name: String) throws {
    let golden = Shared.path("golden/train-formats/golden")
    let base = try #require(AdapterFolder("\(golden)/\(name)").baseModel)
    func states(_ task: ModelTask) throws -> [Float] {
      let loaded = try ModelLoader.load(
        "\(golden)/\(base)", adapter: "\(golden)/\(name)", for: task, seed: 1)
      let model = try #require(loaded.model as? any TextEncoder)
      return model.hiddenStates(.inference(), TokenBatch([[5, 6, 7, 9]])).values
    }
    #expect(try states(.encoding) == states(.causal))
  }

  static let refused: [(targets: [String], part: String)] = [
    (["lm_head"], "lm_head is the model's output"), (["wte"], "transformer.wte is an embedding"),
    (["q_proj", "lm_head"], "lm_head is the model's output"),
    (["q_proj", "wte"], "transformer.wte is an embedding"),
    ([".*(q_proj|wte)"], "transformer.wte is an embedding"),
  ]

  @Test(arguments: ["adalora", "sparse", "ia3"], refused)
  func `a part that a method does not reach is refused, not passed over`(
    method: String, targets: (targets: [String], part: String)
  ) throws {
    let error = #expect(throws: ModelError.self) {
      try Self.adapt(method, Self.load("base-gptj-lm"), ModuleTargets(targets.targets))
    }
    #expect(error?.problem.contains(targets.part) == true, "\(error?.description ?? "")")
    // Low-rank updates reach it.
    let adapter = try Self.adapt(
      "lora", Self.load("base-gptj-lm"), ModuleTargets(targets.targets))
    let name = targets.part.split(separator: " ")[0]
    #expect(adapter.parameters.contains { $0.name.hasPrefix(name) })
  }

  @Test(arguments: ["adalora", "sparse", "ia3", "lora"])
  func `a map that is trained whole has no update besides`(method: String) throws {
    let model = try Self.load("base-roberta-cls")
    let adapter = try Self.adapt(
      method, model, .names(["query", "classifier.dense"]), saved: ["classifier"])
    let head = adapter.parameters.filter { $0.name.hasPrefix("classifier.") }.map(\.name)
    #expect(
      Set(head) == [
        "classifier.dense.weight", "classifier.dense.bias", "classifier.out_proj.weight",
        "classifier.out_proj.bias",
      ])
    #expect(adapter.parameters.contains { $0.name.contains("query") })
    #expect(model.linears.allSatisfy { !$0.name.hasPrefix("classifier") || $0.adaptation == nil })
    #expect {
      try Self.adapt(
        method, Self.load("base-roberta-cls"), .names(["classifier.dense"]), saved: ["classifier"])
    } throws: {
      "\($0)".contains("trained whole already")
    }
  }

  private static func updated(_ method: String, _ base: String) throws -> Set<String> {
    let model = try load(base)
    _ = try adapt(method, model, saved: ["classifier", "score"])
    return Set(
      model.linears.filter { $0.adaptation != nil }.map { map in
        map.name.split(separator: ".").last.map(String.init) ?? map.name
      })
  }

  /// `TRANSFORMERS_MODELS_TO_ADALORA_TARGET_MODULES_MAPPING` of peft 0.21.2; BART's for Marian and FSMT.
  @Test func `AdaLoRA updates what PEFT's does where nothing is named`() throws {
    let translator: Set = ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"]
    let expected: [(String, Set<String>)] = [
      ("base-bert-cls", ["query", "value"]), ("base-gpt2-lm", ["c_attn"]),
      ("base-roberta-cls", ["query", "key", "value", "dense"]),
      ("base-gptj-lm", ["q_proj", "v_proj"]), ("base-llama-lm", ["q_proj", "v_proj"]),
      ("base-qwen2-lm", ["q_proj", "v_proj"]), ("base-t5-lm", ["q", "k", "v", "o", "wi", "wo"]),
      ("base-marian-lm", translator), ("base-fsmt-lm", translator),
    ]
    for (base, names) in expected {
      #expect(try Self.updated("adalora", base) == names, "\(base)")
    }
  }

  /// `TRANSFORMERS_MODELS_TO_SHIRA_TARGET_MODULES_MAPPING` of peft 0.21.2, which is LoRA's.
  @Test func `sparse changes are where PEFT's SHiRA has them, and as many`() throws {
    #expect(SparseOptions().rank == 32)
    let expected: [(String, Set<String>)] = [
      ("base-bert-cls", ["query", "value"]), ("base-roberta-cls", ["query", "value"]),
      ("base-gpt2-lm", ["c_attn"]), ("base-llama-lm", ["q_proj", "v_proj"]),
      ("base-t5-lm", ["q", "v"]),
    ]
    for (base, names) in expected {
      #expect(try Self.updated("sparse", base) == names, "\(base)")
    }
  }
}
