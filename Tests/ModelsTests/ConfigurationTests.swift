import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// `config.json`: spellings, faults, and what is written.
struct ConfigurationTests {
  private func load(_ change: (inout JSONObject) -> Void) throws -> any Model {
    let folder = try TemporaryFolder()
    var configuration = try ModelConfiguration(folder: Fixture.folder("tiny-gpt2"))
    change(&configuration.fields)
    try configuration.save(to: folder.path)
    try AtomicFile.write(
      FileReader.contents(Fixture.folder("tiny-gpt2") + "/model.safetensors"),
      to: folder.path + "/model.safetensors")
    return try ModelLoader.causal(folder.path)
  }

  @Test func `the old spelling of the positions is read`() throws {
    let model = try load {
      $0["n_positions"] = nil
      $0["n_ctx"] = 24
    }
    #expect(model.maximumLength == 24)
  }

  @Test(arguments: [
    ("n_head", JSONValue.integer(3), "3 attention heads cannot share a width of 16"),
    ("n_layer", "two", "n_layer is \"two\", expected a whole number above 0"),
    ("n_layer", 0, "n_layer is 0"),
    ("resid_pdrop", 1, "resid_pdrop is 1, expected a share"),
    ("activation_function", "maxout", "the activation 'maxout' is unknown"),
    ("add_cross_attention", true, "add_cross_attention is true; only false works"),
    ("model_type", "gpt3", "did you mean 'gpt2'?"),
    ("model_type", nil, "has no model_type"),
  ])
  func `a field that makes no sense is named`(
    field: String, value: JSONValue, expected: String
  ) throws {
    let error = #expect(throws: ModelError.self) {
      _ = try load { $0[field] = value.isNull ? nil : value }
    }
    #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
    #expect(error?.description.contains("config.json") == true)
  }

  @Test func `an architecture says which tasks it does not do`() throws {
    let error = #expect(throws: ModelError.self) {
      try ModelLoader.load(Fixture.folder("tiny-bert"), for: .causal, seed: 0)
    }
    #expect(error?.description.contains("does no causal language modelling") == true)
  }

  @Test(arguments: [
    ("BertForSequenceClassification", ModelTask.classification(labels: ["a", "b"])),
    ("RobertaForTokenClassification", .tokenClassification(labels: ["a", "b"])),
    ("BertForMaskedLM", .masked), ("LlamaForCausalLM", .causal), ("GPT2LMHeadModel", .causal),
    ("T5ForConditionalGeneration", .sequenceToSequence), ("MarianMTModel", .sequenceToSequence),
    ("DistilBertModel", .encoding), ("BertForPreTraining", nil),
  ])
  func `the name of a class says what its model does`(name: String, task: ModelTask?) throws {
    let fields: JSONObject = [
      "architectures": [.string(name)], "id2label": ["0": "a", "1": "b"],
    ]
    #expect(try ModelConfiguration(fields).task == task)
    #expect(try ModelConfiguration([:]).task == nil)
  }

  @Test func `a new GPT-2 begins as transformers begins it`() throws {
    let sizes = ModelSizes(vocabulary: 300, layers: 8, hidden: 64, heads: 4, positions: 32)
    let model = try ModelLoader.make("gpt2", sizes, for: .causal, seed: 7)
    func deviation(_ name: String) throws -> Float {
      let values = try #require(model.parameters.first { $0.name == name }).tensor.values
      return (values.map { $0 * $0 }.reduce(0, +) / Float(values.count)).squareRoot()
    }
    #expect(abs(try deviation("transformer.wte.weight") - 0.02) < 5e-4)
    #expect(abs(try deviation("transformer.h.3.attn.c_attn.weight") - 0.02) < 5e-4)
    #expect(abs(try deviation("transformer.h.3.mlp.c_proj.weight") - 0.005) < 2e-4)
    #expect(try deviation("transformer.h.3.ln_1.weight") == 1)
    #expect(try deviation("transformer.h.3.mlp.c_fc.bias") == 0)
  }

  @Test func `a saved classifier loads again with its classes and the same scores`() throws {
    let sizes = ModelSizes(vocabulary: 50, layers: 1, hidden: 8, heads: 2, positions: 16)
    let made = try ModelLoader.make(
      "bert", sizes, for: .classification(labels: ["ja", "nein"]), seed: 3)
    let folder = try TemporaryFolder()
    try ModelLoader.save(made, to: folder.path)
    let loaded = try ModelLoader.classifier(folder.path)
    let original = try #require(made as? any SequenceClassifier)
    #expect(loaded.labels == ["ja", "nein"])
    let batch = TokenBatch([[1, 2, 3]])
    #expect(
      loaded.logits(.inference(), batch).values == original.logits(.inference(), batch).values)
  }
}
