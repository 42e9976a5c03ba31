import Foundation
import Models
import Pipeline
import Records
import Stages
import Tensors
import TestSupport
import Testing
import Train

/// What `anneal forward` writes, against transformers.
@Suite struct `A model's scores and losses of lines` {
  static let golden = [
    "bert-cls", "bert-lm", "distilbert-cls", "fsmt-lm", "gpt2-cls", "gpt2-lm", "gptj-lm",
    "llama-cls", "llama-lm", "marian-lm", "qwen2-lm", "roberta-cls", "t5-lm",
  ].map { "base-\($0)" }

  @Test(
    .enabled(if: Shared.exists, "needs the reference outputs beside the project"),
    arguments: golden)
  func `golden models agree within 1e-4`(name: String) throws {
    let folder = Shared.path("golden/train-formats/golden/\(name)")
    let io = try SafetensorsFile("\(folder)/io.safetensors")
    var line = JSONObject()
    for field in ["input_ids", "attention_mask", "labels", "decoder_input_ids"]
    where io[field] != nil { line[field] = try list(io, field) }
    let model = name == "base-marian-lm" ? try Complete.marian(folder) : Complete(path: folder)
    let result = try #require(try results(model.path, [line]).first)
    #expect(try distance([result["loss"]], [list(io, "loss").array?.first]) < 1e-4)
    let (found, expected) = (result["logits"], try list(io, "logits"))
    #expect(shape(found) == shape(expected))
    // Padding is defined by neither side: of sources, or of targets where the decoder hides it.
    let places = name == "base-fsmt-lm" ? line["labels"] : line["attention_mask"]
    let hasPadding = name.hasSuffix("-lm") && !["base-t5-lm", "base-marian-lm"].contains(name)
    for (row, (found, expected)) in zip(elements(found), elements(expected)).enumerated() {
      let mask = hasPadding ? elements(elements(places)[row]).map { ($0.int ?? 0) > 0 } : nil
      #expect(distance(kept(found, mask), kept(expected, mask)) < 1e-4, "row \(row)")
    }
  }

  @Test func `tiny models agree on every kind of label and shape`() throws {
    let path = "\(Shared.project)/Tests/Fixtures/Pipeline/forward.json"
    let cases = try #require(JSONValue.parse(FileReader.contents(path))["cases"]?.array)
    #expect(cases.count == 13)
    for entry in cases {
      let model = try Complete.fixture(
        try #require(entry["model"]?.string), try #require(entry["configuration"]?.object))
      let line = try #require(entry["line"]?.object)
      let name = try #require(entry["name"]?.string)
      let result = try #require(try results(model.path, [line]).first)
      let mask = name == "last_hidden_state" || line["attention_mask"] != nil ? line : nil
      let isTarget =
        line["decoder_input_ids"] != nil || entry["model"] == "tiny-t5"
        || entry["model"] == "tiny-marian"
      try check(result[name], entry["values"], isTarget ? nil : mask?["attention_mask"], line)
      #expect((result["loss"] == nil) == (entry["loss"] == nil))
      if let loss = entry["loss"] {
        #expect(distance([result["loss"]], [loss]) < 1e-5, "\(JSONValue.object(line).text)")
      }
    }
  }

  /// Compares values; where they are of tokens, those that a mask keeps.
  private func check(
    _ found: JSONValue?, _ expected: JSONValue?, _ mask: JSONValue?, _ line: JSONObject
  ) throws {
    #expect(shape(found) == shape(expected), "\(JSONValue.object(line).text)")
    guard shape(found).count == 3, let mask else {
      #expect(distance([found], [expected]) < 1e-5, "\(JSONValue.object(line).text)")
      return
    }
    for (row, mask) in elements(mask).enumerated() {
      let keeps = elements(mask).map { $0.int == 1 }
      let (found, expected) = (elements(found)[row], elements(expected)[row])
      #expect(distance(kept(found, keeps), kept(expected, keeps)) < 1e-5)
      let padding = kept(found, keeps.map { !$0 })
      #expect(padding.flatMap(numbers).allSatisfy { $0 == 0 })
    }
  }

  @Test func `tokens are classified, and a batch gives what its lines give alone`() throws {
    let folder = try TemporaryFolder()
    let sizes = ModelSizes(vocabulary: 30, layers: 1, hidden: 8, heads: 2, positions: 12)
    try ModelLoader.save(
      ModelLoader.make("bert", sizes, for: .tokenClassification(labels: ["a", "b", "c"]), seed: 1),
      to: folder.path)
    let lines: [JSONObject] = [
      [
        "input_ids": [[1, 2, 3], [4, 5, 0]], "attention_mask": [[1, 1, 1], [1, 1, 0]],
        "labels": [[0, -100, 2], [1, 1, -100]],
      ],
      ["input_ids": [1, 2, 3], "labels": [0, -100, 2]], ["input_ids": [4, 5], "labels": [1, 1]],
    ]
    let found = try results(folder.path, lines)
    #expect(shape(found[0]["logits"]) == [2, 3, 3])
    #expect(distance(kept(elements(found[0]["logits"])[0], nil), [found[1]["logits"]]) < 1e-6)
    let losses = found.compactMap { $0["loss"]?.double }
    #expect(abs(losses[0] - (losses[1] * 2 + losses[2] * 2) / 4) < 1e-6)
    let first = numbers(elements(found[1]["logits"])[0])
    let last = numbers(elements(found[1]["logits"])[2])
    #expect(abs(losses[1] - (crossEntropy(first, 0) + crossEntropy(last, 2)) / 2) < 1e-6)
  }

  @Test func `numbers keep every bit of a float`() throws {
    let model = try Complete.fixture("tiny-gpt2", [:])
    let text = try output(model.path, [["input_ids": [5, 9, 60]]])
    let written = text.split { "[],:{}\n".contains($0) }.dropFirst().map(String.init)
    let model32 = try ModelLoader.causal(model.path)
    let exact = model32.logits(.inference(), TokenBatch([[5, 9, 60]])).values
    #expect(written.map { Float($0)?.bitPattern } == exact.map(\.bitPattern))
  }

  @Test(arguments: [
    (#"{"input_ids": [1, 2"#, ["2:", "not closed"]),
    ("[1]", ["2:", "is an array, not an object"]),
    ("{}", ["2:", "'input_ids'", "is missing"]),
    (#"{"input_ids": []}"#, ["'input_ids'", "holds no token"]),
    (#"{"input_ids": [[1, 2], [3]]}"#, ["'input_ids[1]'", "has 1 values", "pad the rows"]),
    (#"{"input_ids": [1, 61]}"#, ["'input_ids[1]'", "is 61", "from 0 to 60"]),
    (#"{"input_ids": [1, 2.5]}"#, ["'input_ids[1]'", "is 2.5"]),
    (#"{"input_ids": [1, "a"]}"#, ["'input_ids[1]'", "is a string"]),
    (#"{"input_ids": [1], "attention_maks": [1]}"#, ["'attention_maks'", "'attention_mask'"]),
    (#"{"input_ids": [1, 2], "attention_mask": [1]}"#, ["'attention_mask'", "has 1 values"]),
    (#"{"input_ids": [1, 2], "attention_mask": [0, 0]}"#, ["'attention_mask'", "keeps no token"]),
    (#"{"input_ids": [1, 2], "attention_mask": [0, 2]}"#, ["'attention_mask[1]'", "0 or 1"]),
    (#"{"input_ids": [1, 2], "token_type_ids": [0, 2]}"#, ["'token_type_ids[1]'", "segment"]),
    (#"{"input_ids": [1, 2], "labels": 3}"#, ["'labels'", "is 3", "from 0 to 2"]),
    (#"{"input_ids": [[1, 2]], "labels": [1, 2]}"#, ["'labels'", "has 2 labels"]),
    (#"{"input_ids": [1, 2], "labels": "ear"}"#, ["'labels'", "is a string"]),
  ])
  func `a wrong line is refused by number and field, after the lines before it`(
    line: String, parts: [String]
  ) throws {
    let folder = try TemporaryFolder()
    let input = try folder.write(#"{"input_ids": [1]}"# + "\n\(line)\n", to: "in.jsonl")
    let filter = try ForwardFilter(
      model: "\(Shared.project)/Tests/Fixtures/Models/tiny-bert", precision: .fp32)
    var written = 0
    let error = #expect(throws: StageError.self) {
      try filter.run(input: input) { _ in written += 1 }
    }
    #expect(written == 1)
    for part in parts { #expect(error?.description.contains(part) == true, "\(error as Any)") }
  }

  @Test func `labels where padding would predict them are refused`() throws {
    let model = try Complete.fixture("tiny-gpt2", [:])
    let line: JSONObject = [
      "input_ids": [[1, 2, 3]], "attention_mask": [[1, 0, 0]], "labels": [[1, 2, 3]],
    ]
    let error = #expect(throws: StageError.self) { try results(model.path, [line]) }
    #expect(error?.field == "labels[0][2]")
    #expect(error?.remedy == "write -100 there")
    let target: JSONObject = ["input_ids": [1, 2]]
    let translator = try Complete.fixture("tiny-t5", [:])
    let missing = #expect(throws: StageError.self) { try results(translator.path, [target]) }
    #expect(missing?.field == "decoder_input_ids")
  }

  @Test func `a task that the model does not do is refused`() throws {
    let folder = "\(Shared.project)/Tests/Fixtures/Models/tiny-bert"
    for (task, part) in [(TaskName.causal, "does no causal"), (.masked, "predicts masked tokens")] {
      let error = #expect(throws: ModelError.self) { try ForwardFilter(model: folder, task: task) }
      #expect(error?.description.contains(part) == true)
    }
    let nameless = try Complete.fixture("tiny-bert", ["architectures": ["BertForEverything"]])
    let error = #expect(throws: ModelError.self) { try ForwardFilter(model: nameless.path) }
    #expect(error?.remedy.contains("--task") == true)
    #expect(throws: Never.self) { try ForwardFilter(model: nameless.path, task: .classification) }
  }
}

// MARK: - Lines and values

private func output(_ model: String, _ lines: [JSONObject]) throws -> String {
  let folder = try TemporaryFolder()
  let input = try folder.write(
    lines.map { JSONValue.object($0).text }.joined(separator: "\n"), to: "in.jsonl")
  var bytes: [UInt8] = []
  try ForwardFilter(model: model, precision: .fp32).run(input: input) { bytes += $0 }
  return String(decoding: bytes, as: UTF8.self)
}

private func results(_ model: String, _ lines: [JSONObject]) throws -> [JSONValue] {
  try output(model, lines).split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
}

private func elements(_ value: JSONValue?) -> [JSONValue] { value?.array ?? [] }

private func numbers(_ value: JSONValue?) -> [Double] {
  value?.double.map { [$0] } ?? elements(value).flatMap { numbers($0) }
}

private func shape(_ value: JSONValue?) -> [Int] {
  guard let list = value?.array else { return [] }
  return [list.count] + shape(list.first)
}

private func kept(_ value: JSONValue, _ mask: [Bool]?) -> [JSONValue?] {
  guard let mask else { return [value] }
  return zip(elements(value), mask).filter(\.1).map(\.0)
}

private func distance(_ left: [JSONValue?], _ right: [JSONValue?]) -> Double {
  let (left, right) = (left.flatMap(numbers), right.flatMap(numbers))
  guard left.count == right.count, !left.isEmpty else { return .infinity }
  return zip(left, right).map { abs($0 - $1) }.max() ?? 0
}

private func crossEntropy(_ scores: [Double], _ target: Int) -> Double {
  let largest = scores.max() ?? 0
  let total = scores.reduce(0) { $0 + exp($1 - largest) }
  return largest + log(total) - scores[target]
}

/// The values of a file as nested lists.
private func list(_ file: SafetensorsFile, _ name: String) throws -> JSONValue {
  let shape = try #require(file[name]?.shape)
  let isReal = ["logits", "loss"].contains(name)
  let flat: [JSONValue] =
    isReal
    ? try file.tensor(name).values.map { .real(Double($0)) }
    : try file.integers(name).map { .integer($0) }
  return shape.dropFirst().reversed().reduce(flat) { values, size in
    stride(from: 0, to: values.count, by: size).map { .array(Array(values[$0..<$0 + size])) }
  }.asList
}

extension [JSONValue] {
  fileprivate var asList: JSONValue { .array(self) }
}

/// A model's folder, and what keeps it there.
struct Complete {
  let path: String
  private var folder: TemporaryFolder?

  init(path: String) { self.path = path }

  private init(_ folder: TemporaryFolder) {
    path = folder.path
    self.folder = folder
  }

  /// A tiny model with changes to its configuration.
  static func fixture(_ name: String, _ changes: JSONObject) throws -> Complete {
    let source = "\(Shared.project)/Tests/Fixtures/Models/\(name)"
    let folder = try TemporaryFolder()
    var fields = try ModelConfiguration(folder: source).fields
    fields.merge(changes)
    try folder.write(JSONValue.object(fields).text, to: "config.json")
    try AtomicFile.write(
      FileReader.contents("\(source)/model.safetensors"), to: "\(folder.path)/model.safetensors")
    return Complete(folder)
  }

  /// The golden Marian, whose outputs were recorded with places that its file does not hold.
  static func marian(_ source: String) throws -> Complete {
    let places = "\(Shared.project)/Tests/Fixtures/Models/golden-marian-places.safetensors"
    let folder = try TemporaryFolder()
    let tensors = try ["\(source)/model.safetensors", places].flatMap { path in
      let file = try SafetensorsFile(path)
      return try file.tensors.map { (name: $0.name, tensor: try file.tensor($0.name)) }
    }
    try SafetensorsWriter.write(tensors, to: "\(folder.path)/model.safetensors")
    try AtomicFile.write(
      FileReader.contents("\(source)/config.json"), to: "\(folder.path)/config.json")
    return Complete(folder)
  }
}
