import Evaluate
import Foundation
import Models
import Pipeline
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// Classifiers by what their configuration says of their classes.
@Suite struct `A classifier's classes` {
  private let folder: TemporaryFolder
  private static let labels = ["ear", "eye", "skin"]
  private static let texts = ["w3 w4 w5", "w9", "w60 w1 w33 w2"]

  init() throws { folder = try TemporaryFolder() }

  /// The small classifier of the fixtures with other words in its configuration, and a tokenizer whose
  /// words are `w` and their ids.
  private func classifier(_ change: (inout JSONObject) -> Void = { _ in }) throws -> String {
    let source = "\(Shared.project)/Tests/Fixtures/Models/tiny-bert"
    let weights = try FileReader.contents("\(source)/model.safetensors")
    try AtomicFile.write(weights, to: "\(folder.path)/model.safetensors")
    var fields = try #require(
      JSONValue.parse(FileReader.contents("\(source)/config.json")).object)
    change(&fields)
    try folder.write(JSONValue.object(fields).text, to: "config.json")
    let words = JSONObject((0..<61).map { ("w\($0)", .integer($0)) })
    let tokenizer: JSONValue = [
      "version": "1.0", "truncation": nil, "padding": nil, "added_tokens": [], "normalizer": nil,
      "pre_tokenizer": ["type": "Whitespace"], "post_processor": nil, "decoder": nil,
      "model": ["type": "WordLevel", "unk_token": "w0", "vocab": .object(words)],
    ]
    try folder.write(tokenizer.text, to: "tokenizer.json")
    return folder.path
  }

  private func multiLabel() throws -> String {
    try classifier { $0["problem_type"] = "multi_label_classification" }
  }

  private func classified(_ model: String) throws -> [JSONValue] {
    let lines = Self.texts.map { JSONValue.object(["text": .string($0)]).text }
    let input = try folder.write(lines.joined(separator: "\n"), to: "texts.jsonl")
    var found: [JSONValue] = []
    try ClassifyFilter(.model(model)).run(input: input) { found.append(try JSONValue.parse($0)) }
    return found
  }

  /// What the model gives the texts, in numbers of double precision.
  private func logits(_ model: String) throws -> [[Double]] {
    let model = try ModelLoader.classifier(model)
    return try Engine.$precision.withValue(.fp32) {
      try Self.texts.map { text in
        let ids = try text.split(separator: " ").map { try #require(Int32($0.dropFirst())) }
        return model.logits(.inference(), TokenBatch([ids])).values.map { Double($0) }
      }
    }
  }

  private func scores(_ line: JSONValue) -> [Double] {
    Self.labels.map { line["scores"]?[$0]?.double ?? .nan }
  }

  @Test func `have a probability each where a text may have several`() throws {
    let model = try multiLabel()
    let found = try classified(model)
    for (line, row) in zip(found, try logits(model)) {
      let expected = row.map { 1 / (1 + exp(-$0)) }
      #expect(zip(scores(line), expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(line.text)")
      let own = Self.labels.indices.filter { expected[$0] >= 0.5 }.map { Self.labels[$0] }
      #expect(line["labels"] == .array(own.map { .string($0) }) && line["label"] == nil)
    }
    #expect(found.count == 3 && Set(found.map { $0["labels"]?.text }).count > 1)
  }

  @Test(arguments: [nil, "single_label_classification"])
  func `share one probability where a text has one`(problem: String?) throws {
    let model = try classifier { fields in
      if let problem { fields["problem_type"] = .string(problem) }
    }
    for (line, row) in zip(try classified(model), try logits(model)) {
      let sum = row.reduce(0) { $0 + exp($1) }
      #expect(zip(scores(line), row).allSatisfy { abs($0 - exp($1) / sum) < 1e-6 })
      #expect(line["label"]?.string != nil && line["labels"] == nil)
    }
  }

  @Test func `count from one half on in a metric of a class that stands by itself`() throws {
    let model = try multiLabel()
    let chances = try logits(model).map { 1 / (1 + exp(-$0[1])) }
    let lines = Self.texts.map { JSONValue.object(["text": .string($0)]).text }
    let file = try folder.write(lines.joined(separator: "\n"), to: "texts.jsonl")
    var settings = TextMetricSettings()
    for choice in try MetricChoice.list("{toxicity: {model: \(model), label: eye}}") {
      try choice.set(&settings)
    }
    let found = try ScoreTool(files: [file], metrics: ["toxicity"], settings: settings).run()
    let ratio = found.records.first { $0.name == "toxicity_ratio" }?.scores
    #expect(ratio == chances.map { $0 >= 0.5 ? 100 : 0 })
    #expect(found.signatures.first?.signature.hasSuffix("label:eye|threshold:0.5") == true)
  }

  /// A head of one number gives every text the probability 1 by a softmax.
  @Test(arguments: [
    ("regression", 3, "is a regression"), (nil, 1, "a head of one number"),
    ("single_label_classification", 1, "a head of one number"),
  ])
  func `are refused where the head gives numbers`(
    problem: String?, classes: Int, part: String
  ) throws {
    let model = try classifier { fields in
      if let problem { fields["problem_type"] = .string(problem) }
      if classes == 1 { fields["id2label"] = ["0": "score"] }
    }
    let error = #expect(throws: ModelError.self) { try ClassifyFilter(.model(model)) }
    #expect(error?.problem.contains(part) == true, "\(error as Any)")
    #expect(error?.remedy.contains("multi_label_classification") == true, "\(error as Any)")
    var request = RunEvaluation.Request()
    request.data = "texts.jsonl"
    let other = #expect(throws: ModelError.self) { try RunEvaluation(run: model, request) }
    #expect(other?.problem == error?.problem)
  }

  @Test func `of which a text has several are no labels that a model is scored by`() throws {
    let model = try multiLabel()
    var request = RunEvaluation.Request()
    request.data = "texts.jsonl"
    let error = #expect(throws: ModelError.self) { try RunEvaluation(run: model, request) }
    #expect(error?.problem.contains("any number of classes") == true, "\(error as Any)")
    #expect(error?.remedy.contains("classify") == true)
  }
}
