import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// Every architecture, head and variant against transformers.
struct VariantTests {
  @Test func `the fixture holds every variant`() {
    #expect(Variant.all.count == 24)
    let tasks = Set(Variant.all.map(\.task.name))
    #expect(tasks.count == 6)
  }

  @Test(arguments: Variant.all)
  func `a variant computes what transformers computes`(_ variant: Variant) throws {
    let model = try variant.model()
    try model.checkAnswer(variant.example(), variant.name)
    try model.checkGradients(variant.digests(), variant.name)
    // Base models are saved without the prefix that they have below a head.
    let decayed = model.parameters.filter(\.isDecayed).map(\.name)
    #expect(decayed.count == variant.decayed.count)
    for name in decayed {
      #expect(variant.decayed.contains { name == $0 || name.hasSuffix("." + $0) }, "\(name)")
    }
  }

  private static let goldens: [(name: String, task: ModelTask)] = [
    ("base-bert-cls", .classification(labels: [])), ("base-bert-lm", .masked),
    ("base-roberta-cls", .classification(labels: [])),
    ("base-distilbert-cls", .classification(labels: [])),
    ("base-gpt2-cls", .classification(labels: [])), ("base-gpt2-lm", .causal),
    ("base-gptj-lm", .causal), ("base-llama-cls", .classification(labels: [])),
    ("base-llama-lm", .causal), ("base-qwen2-lm", .causal),
  ]

  @Test(
    .enabled(if: Shared.exists, "needs the reference outputs beside the project"),
    arguments: goldens)
  func `a golden model agrees in outputs, loss and every gradient`(
    name: String, task: ModelTask
  ) throws {
    let (folder, io) = try Fixture.golden(name)
    let model: any Model =
      switch task {
      case .classification: try ModelLoader.classifier(folder)
      case .masked: try ModelLoader.masked(folder)
      default: try ModelLoader.causal(folder)
      }
    try model.checkAnswer(Example(io), name)
    let all = try JSONValue.parse(FileReader.contents(Fixture.folder("golden-gradients.json")))
    let digests = try #require(all[name]?.object)
    model.checkGradients(
      digests.members.map { member in
        let numbers = member.value.array?.compactMap(\.double) ?? []
        return (member.key, numbers.first ?? .nan, numbers.last ?? .nan)
      }, name)
  }

  @Test func `frequencies of rotary embeddings are those of transformers`() throws {
    let json = try JSONValue.parse(FileReader.contents(Fixture.folder("rotary.json")))
    let cases = try #require(json["cases"]?.array)
    #expect(cases.count == 20)
    for entry in cases {
      let name = entry["name"]?.string ?? ""
      let fields = try #require(entry["config"]?.object)
      let rotary = try RotaryFrequencies(
        ModelConfiguration(fields), dimension: 8,
        positions: #require(fields["max_position_embeddings"]?.int))
      let theirs = entry["frequencies"]?.array?.compactMap(\.double) ?? []
      let ours = rotary(length: try #require(entry["length"]?.int))
      #expect(theirs.count == ours.count)
      for (ours, theirs) in zip(ours, theirs) {
        #expect(abs(Double(ours) - theirs) < 1e-6 * theirs, "\(name)")
      }
      #expect(abs(rotary.magnitude - (entry["magnitude"]?.double ?? 0)) < 1e-6, "\(name)")
    }
  }

  @Test(.enabled(if: Shared.exists, "needs the reference outputs beside the project"))
  func `the golden tables of stretched rotary embeddings agree`() throws {
    let tables = try SafetensorsFile(Shared.path("golden/train-formats/tables.safetensors"))
    let scalings: [(String, JSONObject)] = [
      ("linear", ["rope_type": "linear", "factor": 4.0, "rope_theta": 10000]),
      ("dynamic", ["rope_type": "dynamic", "factor": 4.0, "rope_theta": 10000]),
      (
        "yarn",
        [
          "rope_type": "yarn", "factor": 4.0, "rope_theta": 10000,
          "original_max_position_embeddings": 64,
        ]
      ),
      (
        "llama3",
        [
          "rope_type": "llama3", "factor": 8.0, "rope_theta": 500000, "low_freq_factor": 1.0,
          "high_freq_factor": 4.0, "original_max_position_embeddings": 8192,
        ]
      ),
    ]
    for (name, scaling) in scalings {
      let rotary = try RotaryFrequencies(
        ModelConfiguration(["rope_scaling": .object(scaling)]), dimension: 128, positions: 64)
      let theirs = try tables.floats(name + "_inv_freq_d128")
      for (ours, theirs) in zip(rotary(length: 64), theirs) {
        #expect(abs(ours - theirs) < 1e-6 * theirs, "\(name)")
      }
    }
  }
}
