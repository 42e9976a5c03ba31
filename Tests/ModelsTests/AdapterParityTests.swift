import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// Adapters that PEFT 0.21.2 wrote, against what it computed with them.
@Suite(.enabled(if: Shared.exists, "needs ../shared/golden"))
struct AdapterParityTests {
  static let lowRank = [
    "lora-bert", "lora-roberta", "lora-gpt2", "lora-gptj", "lora-llama", "lora-marian", "lora-fsmt",
    "lora-t5", "lora-rslora-llama", "dora-gpt2", "dora-llama",
  ]

  static let others = [
    "ia3-bert", "ia3-gpt2", "ia3-llama", "ia3-t5", "ln-llama", "shira-llama",
    "tokens-llama", "adalora-llama",
  ]

  @Test(arguments: lowRank + others)
  func `adapters give PEFT's logits, gradients and losses`(name: String) throws {
    let trial = try AdapterTrial(name)
    try trial.checkLogits()
    try trial.checkTraining()
  }

  @Test(arguments: lowRank + others)
  func `merged models compute what their adapters do, tied embeddings included`(
    name: String
  ) throws {
    try AdapterTrial(name).checkMerging()
  }

  @Test(arguments: lowRank + others)
  func `saved adapters hold what was read`(name: String) throws {
    try AdapterTrial(name).checkSaving()
  }

  static let virtual = [
    "prefix-bert", "prefix-gpt2", "prefix-llama", "prefix-t5", "prompt-bert", "prompt-roberta",
    "prompt-gpt2", "prompt-llama", "prompt-t5",
  ]
  /// What a network has made, which is not filed.
  static let made = ["prefix-proj-llama", "ptuning-bert", "ptuning-gpt2"]

  @Test(arguments: virtual)
  func `virtual tokens give PEFT's logits, gradients and losses`(name: String) throws {
    let trial = try AdapterTrial(name)
    try trial.checkLogits()
    try trial.checkTraining()
  }

  @Test(arguments: virtual + made)
  func `virtual tokens are saved as they were read and cannot be merged`(name: String) throws {
    let trial = try AdapterTrial(name)
    try trial.checkLogits()
    try trial.checkLoss()
    try trial.checkSaving()
    #expect(throws: ModelError.self) { try MergedModel(trial.model) }
  }

  static let hub = [
    "seq_bn-bert", "seq_bn-gpt2", "seq_bn-llama", "seq_bn-t5", "double_seq_bn-bert",
    "double_seq_bn-gpt2", "double_seq_bn-llama", "par_bn-bert", "par_bn-gpt2", "par_bn-llama",
    "compacter-bert",
  ]

  @Test(arguments: hub)
  func `bottleneck adapters give AdapterHub's logits and losses`(name: String) throws {
    let trial = try AdapterTrial(name, in: "golden-adapterhub")
    try trial.checkLogits()
    try trial.checkLoss()
    try trial.checkSaving()
    #expect(throws: ModelError.self) { try MergedModel(trial.model) }
  }

  static let hubUpdates = ["lora-bert", "lora-gpt2", "ia3-bert"]

  @Test(arguments: hubUpdates)
  func `AdapterHub's updates give its logits, and so do merged models`(name: String) throws {
    let trial = try AdapterTrial(name, in: "golden-adapterhub")
    try trial.checkLogits()
    try trial.checkLoss()
    try trial.checkSaving()
    try trial.checkMerging()
  }

  @Test func `AdapterHub's prompts give its logits of what is not padded`() throws {
    let trial = try AdapterTrial("prompt-bert", in: "golden-adapterhub")
    // There the virtual tokens of a padded row read its padding, which no text is to depend on.
    try trial.checkLogits(ofFirst: 1)
    try trial.checkSaving()
    // Words keep their places behind it, so that a text may be as long as without.
    let base = Shared.path("golden/train-formats/golden/base-bert-cls")
    let plain = try ModelLoader.classifier(base)
    #expect(trial.model.maximumLength == plain.maximumLength)
    let model = try #require(trial.model as? any SequenceClassifier)
    let longest = TokenBatch([(0..<model.maximumLength).map { Int32($0 % 40 + 5) }])
    #expect(model.logits(.inference(), longest).values.allSatisfy { $0.isFinite })
    #expect(throws: ModelError.self) { try MergedModel(trial.model) }
  }

  static let cards: [(name: String, collection: String, method: String, isMergeable: Bool)] = [
    ("lora-bert", "golden", "LORA", true), ("shira-llama", "golden", "SHIRA", true),
    ("prompt-bert", "golden", "PROMPT_TUNING", false),
    ("lora-bert", "golden-adapterhub", "LORA", true),
    ("ia3-bert", "golden-adapterhub", "IA3", true),
    ("prompt-bert", "golden-adapterhub", "PROMPT_TUNING", false),
    ("seq_bn-bert", "golden-adapterhub", "bottleneck", false),
  ]

  @Test(arguments: cards)
  func `a card names the method, and how it is merged where it can be`(
    card: (name: String, collection: String, method: String, isMergeable: Bool)
  ) throws {
    let folder = try TemporaryFolder()
    let trial = try AdapterTrial(card.name, in: card.collection)
    try AdapterFolder.save(trial.adapter, of: trial.model, base: "base", to: folder.path)
    let text = String(
      decoding: try FileReader.contents("\(folder.path)/README.md"), as: UTF8.self)
    #expect(text.contains("An adapter (\(card.method))"))
    #expect(text.contains("--merge") == card.isMergeable)
  }

  @Test func `an adapter of another model is told apart by its tensors`() throws {
    let golden = Shared.path("golden/train-formats/golden")
    #expect {
      try ModelLoader.classifier("\(golden)/base-roberta-cls", adapter: "\(golden)/lora-bert")
    } throws: {
      "\($0)".contains("is not of this model: lacks roberta.encoder.layer.0")
    }
  }
}
