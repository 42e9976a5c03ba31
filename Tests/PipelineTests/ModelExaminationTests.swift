import Models
import Pipeline
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// What `anneal doctor --model` measures.
@Suite struct `An examination of a model` {
  private func tiny(_ name: String) -> String {
    "\(Shared.project)/Tests/Fixtures/Models/tiny-\(name)"
  }

  @Test(arguments: ["bert", "gpt2", "marian", "t5", "fsmt"])
  func `finds nothing wrong with a model of each kind`(name: String) throws {
    let findings = try ModelExamination(model: tiny(name)).findings
    #expect(
      findings.map(\.topic) == [
        "batch 8 = 4 × 2: loss", "batch 8 = 4 × 2: gradient norm", "batch 8 = 2 × 4: loss",
        "batch 8 = 2 × 4: gradient norm", "the model: parameters without gradient",
        "padded = unpadded", "packed = unpacked", "LoRA at step 0 = model",
        "LoRA: parameters without gradient", "merged = adapter",
      ])
    for finding in findings {
      #expect(finding.isGood, "\(finding.topic): \(finding.difference) \(finding.note ?? "")")
    }
    // Merging rounds, so that a difference of nothing at all would be one of nothing with itself.
    #expect(try #require(findings.last).difference > 0)
  }

  @Test(arguments: [
    ("roberta", ModelTask.masked), ("llama", .reward),
    ("distilbert", .tokenClassification(labels: ["a", "b"])),
    ("bert", .encoding), ("gptj", .causal), ("qwen2", .classification(labels: ["a", "b", "c"])),
  ])
  func `finds nothing wrong with a new model of each task`(type: String, task: ModelTask) throws {
    let sizes = ModelSizes(
      vocabulary: 60, layers: 2, hidden: 32, heads: 4, feedForward: 48, positions: 32, padding: 1,
      end: 0)
    let folder = try TemporaryFolder()
    try ModelLoader.save(ModelLoader.make(type, sizes, for: task, seed: 3), to: folder.path)
    for finding in try ModelExamination(model: folder.path).findings {
      #expect(finding.isGood, "\(finding.topic): \(finding.difference) \(finding.note ?? "")")
    }
  }

  /// A copy of the tiny GPT-2 with one parameter changed.
  private func changed(
    _ name: String, in folder: TemporaryFolder, to value: Float
  ) throws -> String {
    let model = try ModelLoader.causal(tiny("gpt2"))
    let parameter = try #require(model.parameters.first { $0.name == name })
    parameter.tensor.assign(Tensor(repeating: value, shape: parameter.tensor.shape))
    try ModelLoader.save(model, to: folder.path)
    return folder.path
  }

  @Test func `names what no gradient reaches`() throws {
    let folder = try TemporaryFolder()
    let path = try changed("transformer.h.1.attn.c_proj.weight", in: folder, to: 0)
    let examination = try ModelExamination(model: path)
    let bad = examination.findings.filter { !$0.isGood }
    #expect(!examination.isSound)
    #expect(
      bad.map(\.topic) == [
        "the model: parameters without gradient", "LoRA: parameters without gradient",
      ])
    // The norm before the attention, and the map that makes its parts.
    #expect(bad.first?.difference == 4)
    #expect(
      bad.first?.note == "transformer.h.1.ln_1.weight, transformer.h.1.ln_1.bias, "
        + "transformer.h.1.attn.c_attn.weight and 1 more")
  }

  @Test func `passes over no value that is no number`() throws {
    let folder = try TemporaryFolder()
    let path = try changed("transformer.ln_f.bias", in: folder, to: .nan)
    let examination = try ModelExamination(model: path)
    #expect(examination.findings.first { $0.topic == "packed = unpacked" }?.isGood == false)
    #expect(examination.json.array?.first?["difference"] == .null)
    #expect(examination.json.array?.first?["good"] == false)
  }

  @Test func `an adapter is refused with what to do`() throws {
    let folder = try TemporaryFolder()
    let model = try ModelLoader.causal(tiny("gpt2"))
    let adapter = try LowRankAdapter(LowRankOptions(), to: model, seed: 0)
    try AdapterFolder.save(adapter, of: model, base: tiny("gpt2"), to: folder.path)
    let error = #expect(throws: ModelError.self) { try ModelExamination(model: folder.path) }
    #expect(error?.remedy.contains("export --merge") == true)
  }
}
