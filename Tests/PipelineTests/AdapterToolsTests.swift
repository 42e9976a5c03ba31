import Models
import Pipeline
import Records
import Stages
import Tensors
import TestSupport
import Testing
import Train

/// Adapters as the command line takes them.
@Suite(.enabled(if: Shared.exists, "needs the reference outputs beside the project"))
struct `A model with an adapter` {
  private let golden = Shared.path("golden/train-formats/golden")
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func forward(_ model: String, _ adapter: String?, _ line: String) throws -> JSONValue {
    let input = try folder.write(line + "\n", to: "input.jsonl")
    var bytes: [UInt8] = []
    try ForwardFilter(model: model, adapter: adapter, precision: .fp32)
      .run(input: input) { bytes += $0 }
    return try JSONValue.parse(bytes)
  }

  private func logits(_ answer: JSONValue) -> [Double] {
    (answer["logits"]?.array ?? []).flatMap { ($0.array ?? []).compactMap(\.double) }
  }

  private func distance(_ left: [Double], _ right: [Double]) -> Double {
    guard left.count == right.count, !left.isEmpty else { return .infinity }
    return zip(left, right).map { abs($0 - $1) }.max() ?? 0
  }

  private static let line = #"{"input_ids": [5, 17, 42, 8, 23, 4]}"#

  @Test func `computes what PEFT computes, loss included`() throws {
    let io = try SafetensorsFile("\(golden)/lora-bert/io.safetensors")
    let ids = try io.integers("input_ids")
    let mask = try io.integers("attention_mask")
    let width = ids.count / 2
    let rows = try (0..<2).map { row in
      let kept = (row * width..<(row + 1) * width).filter { mask[$0] != 0 }.map { ids[$0] }
      let label = try io.integers("labels")[row]
      return #"{"input_ids": \#(kept), "labels": \#(label)}"#
    }
    let expected = try io.tensor("logits").values.map { Double($0) }
    var losses: [Double] = []
    for (row, line) in rows.enumerated() {
      let answer = try forward("\(golden)/base-bert-cls", "\(golden)/lora-bert", line)
      let own = try #require(answer["logits"]?.array).compactMap(\.double)
      #expect(distance(own, Array(expected[row * 3..<row * 3 + 3])) < 1e-4)
      losses.append(try #require(answer["loss"]?.double))
    }
    let loss = Double(try io.tensor("loss").values[0])
    #expect(abs(losses.reduce(0, +) / 2 - loss) < 1e-4)
  }

  @Test(arguments: [
    "prompt-gpt2", "ptuning-gpt2", "prompt-llama", "prefix-llama", "prefix-gpt2", "shira-llama",
    "tokens-llama",
  ])
  func `gives PEFT's scores and loss of a padded batch, virtual tokens among them`(
    name: String
  ) throws {
    let io = try SafetensorsFile("\(golden)/\(name)/io.safetensors")
    func rows(_ field: String) throws -> [[Int]] {
      let (values, width) = (try io.integers(field), try #require(io[field]?.shape.last))
      return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
    }
    let mask = try rows("attention_mask")
    let line = try #"""
    {"input_ids": \#(rows("input_ids")), "attention_mask": \#(mask), \#
    "labels": \#(rows("labels"))}
    """#
    let answer = try forward(
      "\(golden)/base-\(name.split(separator: "-").last ?? "")-lm", "\(golden)/\(name)",
      line.replacing("\n", with: " "))
    let shape = try #require(io["logits"]?.shape)
    let expected = try io.tensor("logits").values
    let given = try #require(answer["logits"]?.array)
    #expect(given.count == shape[0])
    for (number, row) in given.enumerated() {
      let places = try #require(row.array)
      #expect(places.count == shape[1])
      for (place, scores) in places.enumerated() {
        // Padding has no scores here.
        let word = place - (shape[1] - mask[number].count)
        if word >= 0, mask[number][word] == 0 { continue }
        let start = (number * shape[1] + place) * shape[2]
        let own = (scores.array ?? []).compactMap(\.double)
        #expect(distance(own, expected[start..<start + shape[2]].map { Double($0) }) < 1e-4)
      }
    }
    let loss = try #require(answer["loss"]?.double)
    #expect(abs(loss - Double(try io.tensor("loss").values[0])) < 1e-4)
  }

  @Test(arguments: ["prompt-gpt2", "prefix-llama", "prefix-t5"])
  func `of virtual tokens is not merged, and generates`(name: String) throws {
    let base = "\(golden)/base-\(name.split(separator: "-").last ?? "")-lm"
    let adapter = "\(golden)/\(name)"
    let merged = "\(folder.path)/merged"
    #expect {
      try ModelExport(model: base, adapter: adapter, merges: true).write(to: merged)
    } throws: {
      "\($0)".contains("virtual tokens")
    }
    let copy = "\(folder.path)/copy"
    let said = try ModelExport(
      model: base, adapter: adapter, merges: false, isForPEFT: true
    ).write(to: copy)
    #expect(said == "adapter" && Folders.exists(copy + "/adapter_model.safetensors"))
  }

  private typealias Adapt = @Sendable (any Model) throws -> any ModelAdapter
  private static let ours: [(base: String, adapt: Adapt, part: String)] =
    [
      ("base-llama-lm", { try sparse($0, 0.1) }, "a share of the weights"),
      ("base-gpt2-lm", { try sparse($0, nil) }, "stored input by output"),
      ("base-t5-lm", { try prefix($0) }, "layout: peft"),
      ("base-distilbert-cls", { try prefix($0) }, "type distilbert"),
      ("base-gpt2-cls", { try prompt($0) }, "the padding"),
      ("base-marian-lm", { try prompt($0) }, "layout: peft"),
    ]

  private static func sparse(_ model: any Model, _ share: Double?) throws -> any ModelAdapter {
    var options = SparseOptions()
    (options.share, options.rank) = (share, 1)
    return try SparseAdapter(options, to: model, seed: 1)
  }

  private static func prefix(_ model: any Model) throws -> any ModelAdapter {
    var options = PrefixOptions()
    options.count = 2
    return try PrefixAdapter(options, to: model, seed: 1)
  }

  private static func prompt(_ model: any Model) throws -> any ModelAdapter {
    var options = PromptOptions()
    options.count = 2
    return try PromptAdapter(options, to: model, seed: 1)
  }

  @Test func `that PEFT would compute otherwise is refused for PEFT with its own reason`() throws {
    for (number, (base, adapt, part)) in Self.ours.enumerated() {
      let named = try ModelConfiguration(folder: "\(golden)/\(base)").task
      let model = try ModelLoader.load("\(golden)/\(base)", for: #require(named), seed: 1).model
      let adapter = "\(folder.path)/own-\(number)"
      try AdapterFolder.save(adapt(model), of: model, base: base, to: adapter)
      let error = #expect(throws: ModelError.self) {
        try ModelExport(
          model: "\(golden)/\(base)", adapter: adapter, merges: false, isForPEFT: true
        ).write(to: "\(folder.path)/copy-\(number)")
      }
      #expect(error?.description.contains(part) == true, "\(base): \(error?.description ?? "")")
    }
  }

  @Test(arguments: ["lora-gpt2", "dora-llama", "ia3-gpt2"])
  func `is exported as one that needs none, and as the adapter it was`(name: String) throws {
    let base = "\(golden)/base-\(name.split(separator: "-").last ?? "")-lm"
    let adapter = "\(golden)/\(name)"
    let expected = logits(try forward(base, adapter, Self.line))
    let plain = logits(try forward(base, nil, Self.line))
    #expect(distance(expected, plain) > 0.01)
    let merged = "\(folder.path)/merged"
    let said = try ModelExport(model: base, adapter: adapter, merges: true).write(to: merged)
    #expect(said == "model with its adapter merged")
    #expect(distance(logits(try forward(merged, nil, Self.line)), expected) < 1e-4)
    // The copy names its model, and stands for the model with it.
    let copy = "\(folder.path)/copy"
    _ = try ModelExport(model: base, adapter: adapter, merges: false).write(to: copy)
    #expect(try Folders.list(copy).contains("adapter_model.safetensors"))
    #expect(logits(try forward(copy, nil, Self.line)) == expected)
    #expect(throws: ModelError.self) {
      try ModelExport(model: base, merges: false).write(to: merged)
    }
  }

  @Test func `generates with it, token by token as merged`() throws {
    let (base, adapter) = ("\(golden)/base-gpt2-lm", "\(golden)/lora-gpt2")
    let merged = "\(folder.path)/merged"
    _ = try ModelExport(model: base, adapter: adapter, merges: true).write(to: merged)
    func tokens(_ model: String, _ adapter: String?) throws -> JSONValue? {
      let input = try folder.write(Self.line + "\n", to: "prompt.jsonl")
      var settings = GenerationSettings()
      settings.options["max_new_tokens"] = 12
      settings.precision = .fp32
      var bytes: [UInt8] = []
      try GenerationFilter(model: model, adapter: adapter, settings)
        .run(input: input) { bytes += $0 }
      return try JSONValue.parse(bytes)["ids"]
    }
    let own = try tokens(base, adapter)
    #expect(own?.array?.isEmpty == false)
    #expect(try tokens(merged, nil) == own)
  }

  @Test func `is told from a folder that holds none`() throws {
    #expect {
      try ForwardFilter(model: "\(golden)/base-gpt2-lm", adapter: golden)
    } throws: { "\($0)".contains("holds no adapter_config.json") }
  }
}
