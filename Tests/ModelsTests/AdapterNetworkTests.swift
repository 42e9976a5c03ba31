import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// Methods whose files do not hold all that is trained, against what PEFT computed with them from the
/// same beginning: `Scripts/models_adapter_fixtures.py`.
@Suite(.enabled(if: Shared.exists, "needs ../shared/golden"))
struct AdapterNetworkTests {
  private func path(_ name: String) -> String { Fixture.folder("adapters/\(name)") }

  /// An adapter with the recorded values.
  private func filled(
    _ adapter: any ModelAdapter, _ io: SafetensorsFile
  ) throws -> any ModelAdapter {
    for parameter in adapter.parameters {
      let name =
        parameter.name.hasPrefix("classifier.")
        ? "head." + parameter.name.dropFirst("classifier.".count)
        : parameter.name.replacing("prompt_embeddings.", with: "")
      parameter.tensor.assign(try io.tensor(name).reshaped(parameter.tensor.shape))
    }
    return adapter
  }

  private func trial(
    _ name: String, base: String, adapt: (any Model) throws -> any ModelAdapter
  ) throws -> AdapterTrial {
    let io = try SafetensorsFile(path("\(name).safetensors"))
    return try AdapterTrial(base: base, io: io) { try filled(adapt($0), io) }
  }

  private func prompt(_ encoder: PromptEncoder) -> PromptOptions {
    var options = PromptOptions()
    (options.count, options.encoder) = (5, encoder)
    return options
  }

  @Test func `three maps make virtual tokens as in PEFT's P-tuning`() throws {
    var options = prompt(.maps(width: 12))
    options.savedModules = ["classifier", "score"]
    let trial = try trial("ptuning-mlp-bert", base: "base-bert-cls") {
      try PromptAdapter(options, to: $0, seed: 1)
    }
    try trial.checkLogits()
    try trial.checkTraining()
  }

  @Test func `a bidirectional LSTM makes virtual tokens as in PEFT's P-tuning`() throws {
    let options = prompt(.recurrent(width: 12, layers: 2, dropout: 0))
    let trial = try trial("ptuning-lstm-gpt2", base: "base-gpt2-lm") {
      try PromptAdapter(options, to: $0, seed: 1)
    }
    try trial.checkLogits()
    try trial.checkTraining()
  }

  @Test func `a projection makes keys and values as in PEFT's prefix tuning`() throws {
    var options = PrefixOptions()
    (options.count, options.projection) = (5, 12)
    let trial = try trial("prefix-proj-llama", base: "base-llama-lm") {
      try PrefixAdapter(options, to: $0, seed: 1)
    }
    try trial.checkLogits()
    try trial.checkTraining()
    try trial.checkSaving()
  }

  @Test func `ranks are taken away as PEFT's AdaLoRA does`() throws {
    var options = AdaptiveRankOptions()
    (options.initialRank, options.targetRank, options.warmup, options.final) = (6, 3, 1, 1)
    options.updates.targets = .names(["q_proj", "v_proj"])
    let io = try SafetensorsFile(path("adalora-llama.safetensors"))
    let trial = try trial("adalora-llama", base: "base-llama-lm") {
      try AdaptiveRankAdapter(options, to: $0, seed: 1)
    }
    let values = trial.adapter.parameters.filter { $0.name.hasSuffix("lora_E") }
    try trial.adapter.begin(steps: 5)
    try trial.checkTraining { step in
      trial.adapter.didStep(AdapterStep(number: step, total: 5))
      for value in values {
        let expected = try io.floats("step\(step).\(value.name)")
        #expect(distance(value.tensor.values, expected) < 1e-4, "\(value.name) at step \(step)")
      }
    }
    // Half of all ranks are left, and what is left is what is filed, read again and merged.
    let left = trial.adapter.tensors.filter { $0.name.hasSuffix("lora_E") }
    #expect(left.reduce(0) { $0 + $1.shape[0] } == 12)
    let pattern = try #require(trial.adapter.configuration["rank_pattern"]?.object)
    #expect(pattern.count == 4)
    #expect(trial.adapter.configuration["total_step"]?.int == 5)
    try trial.checkSaving()
    try trial.checkReloading(base: "base-llama-lm")
    try trial.checkMerging()
  }

  @Test func `a run that would take no rank away is refused with its numbers`() throws {
    let model = try ModelLoader.causal(Shared.path("golden/train-formats/golden/base-llama-lm"))
    var options = AdaptiveRankOptions()
    (options.warmup, options.final) = (3, 4)
    let adapter = try AdaptiveRankAdapter(options, to: model, seed: 1)
    for steps in [0, 6, 7] {
      let error = #expect(throws: ModelError.self) { try adapter.begin(steps: steps) }
      let problem = error?.problem ?? ""
      #expect(["3", "4", "\(steps)"].allSatisfy { problem.contains($0) }, "\(problem)")
    }
    try adapter.begin(steps: 8)
    #expect(adapter.configuration["total_step"]?.int == 8)
  }

  @Test(arguments: ["pissa-llama", "olora-bert"])
  func `updates that begin as a part of the weights are read from PEFT's files`(
    name: String
  ) throws {
    let trial = try AdapterTrial(folder: path(name))
    try trial.checkLogits()
    try trial.checkLoss()
    try trial.checkMerging()
    try trial.checkSaving()
  }

  @Test(arguments: [("pissa-llama", LowRankInitialisation.pissa), ("olora-bert", .olora)])
  func `updates that begin as a part of the weights train as PEFT's and are filed as plain ones`(
    name: String, start: LowRankInitialisation
  ) throws {
    let isLlama = name.hasSuffix("llama")
    let base = isLlama ? "base-llama-lm" : "base-bert-cls"
    let io = try SafetensorsFile(path("\(name)/io.safetensors"))
    let trial = try AdapterTrial(base: base, io: io) { model in
      var options = LowRankOptions(rank: 4, alpha: 8, targets: .names(["query", "value"]))
      options.initialisation = start
      options.savedModules = isLlama ? [] : ["classifier", "score"]
      return try LowRankAdapter(options, to: model, seed: 1)
    }
    try trial.checkTraining()
    #expect(trial.adapter.configuration["r"]?.int == 8)
    #expect(trial.adapter.configuration["lora_alpha"]?.int == 16)
    try trial.checkSaving()
    try trial.checkReloading(base: base)
    try trial.checkMerging()
  }
}
