import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// What PEFT files where more is asked of it than the common: `Scripts/models_adapter_fixtures.py`.
@Suite(.enabled(if: Shared.exists, "needs ../shared/golden"))
struct AdapterVariantTests {
  private static func path(_ name: String) -> String { Fixture.folder("adapters/\(name)") }

  /// Of biases beside a head, of patterns and names in full, of an output that is the embedding, of DoRA where
  /// the table or the weight's own beginning is changed, of vectors of words that are filed though they are not
  /// trained, of maps that AdaLoRA has left nothing of, and of names that fit no part.
  static let variants: [(name: String, base: String)] = [
    ("bias-all-bert", "base-bert-cls"), ("bias-all-t5", "base-t5-lm"),
    ("full-names-gpt2", "base-gpt2-lm"), ("tied-output-gpt2", "base-gpt2-lm"),
    ("dora-words-llama", "base-llama-lm"), ("dora-pissa-bert", "base-bert-cls"),
    ("words-filed-llama", "base-llama-lm"), ("adalora-spent-bert", "base-bert-cls"),
    ("ia3-names-llama", "base-llama-lm"), ("words-tokens-gpt2", "base-gpt2-lm"),
    ("weights-llama", "base-llama-lm"),
  ]

  @Test(arguments: variants.map(\.name))
  func `what PEFT makes of its file is made of it here, training too`(name: String) throws {
    let trial = try AdapterTrial(folder: Self.path(name))
    try trial.checkLogits()
    try trial.checkTraining()
  }

  @Test(arguments: variants)
  func `it is merged, saved and read again`(variant: (name: String, base: String)) throws {
    let trial = try AdapterTrial(folder: Self.path(variant.name))
    try trial.checkMerging()
    try trial.checkReloading(base: variant.base)
  }

  /// Of updates of vectors of words that an encoder and a decoder share with the output.
  @Test(arguments: [("words-marian", "base-marian-lm"), ("words-t5", "base-t5-lm")])
  func `vectors of words that a stack alone has changed stay apart, and are not merged`(
    variant: (name: String, base: String)
  ) throws {
    let trial = try AdapterTrial(folder: Self.path(variant.name))
    try trial.checkLogits()
    try trial.checkReloading(base: variant.base)
    let error = #expect(throws: ModelError.self) { try MergedModel(trial.model) }
    #expect(error?.code == .unsupported && error?.file.hasSuffix("embed_tokens") == true)
    try trial.checkTraining()
  }

  @Test(arguments: ["target_modules", "modules_to_save"])
  func `an update of what no stack reads is refused`(field: String) throws {
    let folder = try TemporaryFolder()
    let path = try changed("words-marian", [(field, ["shared"])], in: folder)
    let error = #expect(throws: ModelError.self) {
      try ModelLoader.load(
        Shared.path("golden/train-formats/golden/base-marian-lm"), adapter: path,
        for: .sequenceToSequence, seed: 1)
    }
    #expect(error?.code == .unsupported && error?.file == "\(path)/adapter_config.json")
    #expect(
      error?.problem.contains("\(field): model.shared") == true, "\(error?.description ?? "")")
  }

  /// Methods that are read and merged, not trained: with biases, ranks by patterns, blocks that do not divide a
  /// width, matrices and places that follow from a seed, and logits of the chosen vectors alone.
  static let folded: [(name: String, base: String)] = [
    ("vera-gpt2", "base-gpt2-lm"), ("vera-drawn-bert", "base-bert-cls"),
    ("loha-bert", "base-bert-cls"), ("lokr-llama", "base-llama-lm"),
    ("oft-bert", "base-bert-cls"), ("oft-exact-llama", "base-llama-lm"),
    ("boft-t5", "base-t5-lm"), ("hra-bert", "base-bert-cls"),
    ("hra-orthogonal-llama", "base-llama-lm"), ("vblora-bert", "base-bert-cls"),
    ("vblora-brief-gpt2", "base-gpt2-lm"), ("fourierft-gpt2", "base-gpt2-lm"),
  ]

  @Test(arguments: folded)
  func `a change of weights is computed, merged and filed again, and nothing of it is trained`(
    variant: (name: String, base: String)
  ) throws {
    let trial = try AdapterTrial(folder: Self.path(variant.name))
    try trial.checkLogits()
    try trial.checkMerging()
    try trial.checkReloading(base: variant.base)
    let own = Set(trial.model.parameters.map(\.name))
    #expect(trial.adapter.parameters.allSatisfy { own.contains($0.name) })
  }

  /// Of AdapterHub: maps that it takes for one another, an alpha of factors, factors of a part of a map,
  /// bottlenecks with norms, sums, scales, reductions, rules and activations of their own, prefixes, gates,
  /// mapped embeddings, and several adapters as one (`Scripts/models_hub_fixtures.py`).
  static let hub: [(name: String, base: String, isMergeable: Bool)] = [
    ("hub-ia3-llama", "base-llama-lm", true), ("hub-scale-bert", "base-bert-cls", true),
    ("hub-norms-bert", "base-bert-cls", false), ("hub-sums-bert", "base-bert-cls", false),
    ("hub-alone-gpt2", "base-gpt2-lm", false), ("hub-rules-bert", "base-bert-cls", false),
    ("hub-ia3-gpt2", "base-gpt2-lm", true), ("hub-prefix-bert", "base-bert-cls", false),
    ("hub-prefix-gptj", "base-gptj-lm", false), ("hub-mam-bert", "base-bert-cls", false),
    ("hub-union-llama", "base-llama-lm", false), ("hub-cross-t5", "base-t5-lm", false),
    ("hub-prefix-t5", "base-t5-lm", false), ("hub-prefix-left-t5", "base-t5-lm", false),
    ("hub-unipelt-bert", "base-bert-cls", false), ("hub-gated-gpt2", "base-gpt2-lm", false),
    ("hub-gated-llama", "base-llama-lm", false), ("hub-nice-bert", "base-bert-cls", false),
    ("hub-nice-t5", "base-t5-lm", false), ("hub-products-bert", "base-bert-cls", false),
    ("hub-products-gpt2", "base-gpt2-lm", false), ("hub-prefix-llama", "base-llama-lm", false),
    ("hub-prefix-distilbert", "base-distilbert-cls", false),
  ]

  @Test(arguments: hub)
  func `what AdapterHub makes of its file is made of it here, training too`(
    variant: (name: String, base: String, isMergeable: Bool)
  ) throws {
    let trial = try AdapterTrial(folder: Self.path(variant.name))
    try trial.checkLogits()
    if variant.isMergeable { try trial.checkMerging() }
    try trial.checkReloading(base: variant.base)
    try trial.checkTraining()
  }

  private func encoder(_ name: String) throws -> (
    model: any TextEncoder, adapter: any ModelAdapter, io: SafetensorsFile
  ) {
    let folder = Self.path(name)
    let base = try #require(try AdapterFolder(folder).baseModel)
    let loaded = try ModelLoader.load(
      Shared.path("golden/train-formats/golden/\(base)"), adapter: folder, for: .encoding, seed: 1)
    return (
      try #require(loaded.model as? any TextEncoder), try #require(loaded.adapter),
      try SafetensorsFile("\(folder)/io.safetensors")
    )
  }

  @Test func `patterns fit the names of a model without a head, and what pools is passed over`()
    throws
  {
    let (model, adapter, io) = try encoder("features-bert")
    let (batch, places) = try io.batch()
    let (ours, expected) = (
      model.hiddenStates(.inference(), batch).values, try io.floats("vectors")
    )
    for (row, place) in places.enumerated() {
      let (own, theirs) = (row * 32..<(row + 1) * 32, Int(place) * 32..<(Int(place) + 1) * 32)
      #expect(distance(Array(ours[own]), Array(expected[theirs])) < 1e-4, "row \(row)")
    }
    // PEFT finds what is saved by the names of that class.
    let names = adapter.tensors.map(\.name)
    #expect(names.contains("encoder.layer.1.intermediate.dense.lora_A.weight"))
    #expect(names.allSatisfy { !$0.hasPrefix("bert.") && !$0.hasPrefix("pooler.") })
  }

  @Test func `vectors of a prompt come before those of words`() throws {
    let (model, _, io) = try encoder("features-prompt-llama")
    let (batch, places) = try io.batch()
    let whole = model.prompted(batch)
    #expect(whole.virtual == 3)
    let (ours, expected) = (
      model.hiddenStates(.inference(), whole).values, try io.floats("vectors")
    )
    for (row, place) in try io.places(places, prompted: 3).enumerated() {
      let (own, theirs) = (row * 32..<(row + 1) * 32, Int(place) * 32..<(Int(place) + 1) * 32)
      #expect(distance(Array(ours[own]), Array(expected[theirs])) < 1e-4, "row \(row)")
    }
  }

  /// A file of PEFT with a field of its configuration replaced.
  private func changed(
    _ name: String, _ fields: [(String, JSONValue)], in folder: TemporaryFolder
  ) throws -> String {
    let source = Self.path(name)
    var all = try #require(
      try JSONValue.parse(FileReader.contents("\(source)/adapter_config.json")).object)
    for (field, value) in fields { all[field] = value }
    let copy = "\(folder.path)/adapter"
    try Folders.make(copy)
    try AtomicFile.write(JSONValue.object(all).prettyText.utf8, to: "\(copy)/adapter_config.json")
    try AtomicFile.write(
      FileReader.contents("\(source)/adapter_model.safetensors"),
      to: "\(copy)/adapter_model.safetensors")
    return copy
  }

  static let refused: [(name: String, field: String, value: JSONValue, base: String)] = [
    ("words-filed-llama", "target_modules", ["nothing"], "base-llama-lm"),
    ("words-filed-llama", "target_parameters", ["k_proj.bias"], "base-llama-lm"),
    ("words-tokens-gpt2", "target_parameters", ["attn.c_proj.weight"], "base-gpt2-lm"),
    ("words-filed-llama", "layer_replication", [[0, 2]], "base-llama-lm"),
    ("words-filed-llama", "init_lora_weights", "pissa_niter_4", "base-llama-lm"),
    ("words-filed-llama", "r", 0, "base-llama-lm"),
    ("oft-exact-llama", "oft_block_size", 4, "base-llama-lm"),
  ]

  @Test(arguments: refused)
  func `what is not computed here is refused by the file's name and the field's`(
    refused: (name: String, field: String, value: JSONValue, base: String)
  ) throws {
    let folder = try TemporaryFolder()
    let path = try changed(refused.name, [(refused.field, refused.value)], in: folder)
    let error = #expect(throws: ModelError.self) {
      try ModelLoader.causal(
        Shared.path("golden/train-formats/golden/\(refused.base)"), adapter: path)
    }
    #expect(error?.file == "\(path)/adapter_config.json")
    let words = refused.field == "r" ? "rank" : refused.field
    #expect(error?.problem.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test func `a weight that is filed beside its update is filed again as what PEFT looks for`()
    throws
  {
    let trial = try AdapterTrial(folder: Self.path("words-tokens-gpt2"))
    let folder = try TemporaryFolder()
    try AdapterFolder.save(trial.adapter, of: trial.model, base: "base", to: folder.path)
    let file = try SafetensorsFile("\(folder.path)/adapter_model.safetensors")
    let words = "base_model.model.transformer.wte"
    #expect(file["\(words).token_adapter.base_layer.weight"] != nil)
    #expect(file["\(words).weight"] == nil)
  }

  @Test func `words behind a prefix of AdapterHub keep their places, with a cache too`() throws {
    let trial = try AdapterTrial(folder: Self.path("hub-prefix-gptj"))
    let model = try #require(trial.model as? any CachedCausalLanguageModel)
    let plain = try ModelLoader.causal(
      Shared.path("golden/train-formats/golden/base-gptj-lm"))
    #expect(model.maximumLength == plain.maximumLength)
    let text: [Int32] = [5, 17, 42, 8, 23, 4]
    let whole = model.hiddenStates(.inference(), TokenBatch([text])).values
    let cache = model.cache(sequences: 1, capacity: text.count)
    var steps: [Float] = []
    for part in [Array(text[..<3]), [text[3]], Array(text[4...])] {
      steps += model.hiddenStates(.inference(), TokenBatch([part]), cache: cache).values
    }
    #expect(distance(steps, whole) < 1e-5)
  }

  static let hubRefused: [(name: String, base: String, field: String, value: JSONValue)] = [
    ("hub-prefix-gptj", "base-gptj-lm", "use_gating", true),
    ("hub-prefix-gptj", "base-marian-lm", "prefix_tuning", .null),
    ("hub-prefix-left-t5", "base-t5-lm", "leave_out", [2]),
    ("hub-prefix-gptj", "base-gptj-lm", "leave_out", [0]),
    ("hub-norms-bert", "base-bert-cls", "inv_adapter", "glow"),
    ("hub-norms-bert", "base-marian-lm", "inv_adapter", "nice"),
  ]

  @Test(arguments: hubRefused)
  func `what AdapterHub computes by padding or attention is refused by the field's name`(
    refused: (name: String, base: String, field: String, value: JSONValue)
  ) throws {
    let error = try refusal(refused.name, refused.base, refused.field, refused.value)
    #expect(error?.code == .unsupported)
  }

  @Test(arguments: [1e-300, 0, ["0": 1e-9, "default": 4], 1e300] as [JSONValue])
  func `a width that no memory holds is refused by the field's name`(value: JSONValue) throws {
    let error = try refusal("hub-products-gpt2", "base-gpt2-lm", "reduction_factor", value)
    #expect(error?.code == .invalid)
  }

  /// Why an adapter is refused whose file says something else of one field.
  private func refusal(
    _ name: String, _ base: String, _ field: String, _ value: JSONValue
  ) throws -> ModelError? {
    let folder = try TemporaryFolder()
    let source = Self.path(name)
    var all = try #require(
      try JSONValue.parse(FileReader.contents("\(source)/adapter_config.json")).object)
    var config = try #require(all["config"]?.object)
    config[field] = value
    all["config"] = .object(config)
    let path = "\(folder.path)/adapter_config.json"
    try AtomicFile.write(JSONValue.object(all).prettyText.utf8, to: path)
    let folderOfBase = Shared.path("golden/train-formats/golden/\(base)")
    let named = try ModelConfiguration(folder: folderOfBase).task
    let task = try #require(named)
    let model = try ModelLoader.load(folderOfBase, for: task, seed: 1).model
    let error = #expect(throws: ModelError.self) {
      try AdapterFolder(folder.path).attach(to: model)
    }
    #expect(error?.file == path)
    #expect(error?.problem.contains(field) == true, "\(error?.description ?? "")")
    return error
  }

  @Test(arguments: ["hub-gated-gpt2", "hub-nice-bert", "hub-unipelt-bert"])
  func `gates and mapped embeddings are not merged`(name: String) throws {
    let trial = try AdapterTrial(folder: Self.path(name))
    let error = #expect(throws: ModelError.self) { try MergedModel(trial.model) }
    #expect(error?.code == .unsupported)
  }

  @Test func `a gate reads its own text alone, whatever stands beside it`() throws {
    let trial = try AdapterTrial(folder: Self.path("hub-gated-gpt2"))
    let model = try #require(trial.model as? any CausalLanguageModel)
    let texts: [[Int32]] = [[5, 17, 42, 8, 23, 4], [9, 11]]
    let both = model.logits(.inference(), TokenBatch(texts)).values
    let apart = texts.flatMap { model.logits(.inference(), TokenBatch([$0])).values }
    #expect(distance(both, apart) < 1e-5)
  }
}
