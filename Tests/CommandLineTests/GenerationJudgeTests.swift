import Foundation
import Records
import Stages
import TestSupport
import Testing

/// Metrics by classifiers and encoders of other runs and folders.
@Suite(.serialized) struct `A run whose texts another model judges`: TalkingRuns {
  /// Trains a small classifier of colours.
  private func classifier(
    in folder: TemporaryFolder, _ out: String, epochs: Int
  ) throws {
    let lines = (0..<60).map { index in
      let word = ["red", "blue"][index % 2]
      return #"{"text": "It is \#(word), number \#(index).", "label": "\#(word)"}"#
    }
    try folder.write(lines.joined(separator: "\n"), to: "colours.jsonl")
    let file = try folder.write(
      """
      name: colours
      stages:
        - ingest: {path: colours.jsonl}
        - tokenize: {tokenizer: {bpe: {vocabulary: 300}}, max-length: 32}
        - split: {train: 0.7, validation: 0.15, test: 0.15, near-duplicates: none}
      train:
        model: scratch
        architecture: {bert: {layers: 1, width: 16, heads: 2, context: 64}}
        objective: classification
        epochs: \(epochs)
        learning-rate: 5e-3
      evaluate: [accuracy]
      """, to: "colours.yaml")
    try Binary.succeed(["run", file, "--out", out, "--threads", "2"], in: folder)
  }

  @Test func `is judged by a classifier that another pipeline trained`() throws {
    let folder = try TemporaryFolder()
    let (judge, out) = ("\(folder.path)/colours", "\(folder.path)/run")
    try classifier(in: folder, judge, epochs: 1)
    let toxicity = "{toxicity: {model: colours, label: red}}"
    let consistency = "{consistency: {model: colours, label: red, against: input}}"
    let file = try write(
      to: folder, evaluate: "[\(toxicity), \(consistency), bleu]", more: Self.short)
    let arguments = ["run", file, "--out", out, "--threads", "2"]
    try Binary.succeed(arguments, in: folder)
    let test = try #require(json("\(out)/metrics.json")["test"])
    for name in [
      "toxicity", "toxicity_ratio", "toxicity_max", "consistency", "consistency_ratio", "bleu",
    ] { #expect((0...100).contains(test[name]?.double ?? -1), "\(name) in \(test.text)") }
    #expect(test["signatures"]?["toxicity"] == "model:colours|label:red|threshold:likeliest")
    let written = try lines("\(out)/predictions.jsonl")
    let texts = written.map { JSONValue.object(["text": $0["generated"] ?? .null]).text + "\n" }
    let found = try Binary.succeed(
      ["classify", "--model", judge], in: folder, input: texts.joined()
    ).output.split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
    #expect(found.count == written.count && !found.isEmpty)
    for (own, other) in zip(written, found) {
      let score = try #require(own["scores"]?["toxicity"]?.double)
      #expect(abs(score - 100 * (other["scores"]?["red"]?.double ?? -1)) < 1e-4)
      #expect((own["scores"]?["toxicity_ratio"] == 100) == (other["label"] == "red"))
    }
    // The lock file finds it from its own folder.
    let same = try Binary.succeed(["evaluate", out, "--json", "--threads", "2"], in: folder)
    #expect(try JSONValue.parse(Array(same.output.utf8)) == test)
    // Another classifier at the same place judges anew, and what was written stays.
    let answers = try ContentHash.ofFile("\(out)/cache/answers.jsonl")
    #expect(try Binary.succeed(arguments, in: folder).errors.contains("nothing has changed"))
    try classifier(in: folder, judge, epochs: 5)
    let again = try Binary.succeed(arguments, in: folder)
    #expect(again.errors.contains("scored anew"), "\(again.errors)")
    #expect(try json("\(out)/metrics.json")["test"]?["toxicity"] != test["toxicity"])
    #expect(try ContentHash.ofFile("\(out)/cache/answers.jsonl") == answers)
  }

  @Test(arguments: [
    ("{toxicity: {model: colours, label: redd}}", "did you mean 'red'?"),
    ("{toxicity: {model: colours}}", "write label, one of blue, red"),
    ("{toxicity: {model: colour, label: red}}", "no such model"),
    ("{toxicity: {modle: colours}}", "did you mean 'model'?"),
    ("{consistency: {model: colours, label: red, against: refrence}}", "did you mean 'reference'?"),
    ("{consistency: {judge: nowhere.yaml}}", "nowhere.yaml"),
    ("toxicity", "needs a classifier"),
    ("toxicty", "did you mean 'toxicity'?"),
  ])
  func `a classifier that is not there is told by check`(
    metric: String, expected: String
  ) throws {
    let folder = try TemporaryFolder()
    try classifier(in: folder, "\(folder.path)/colours", epochs: 1)
    let file = try write(to: folder, evaluate: "[\(metric)]", more: Self.short)
    let result = try Binary.run(["check", file], in: folder)
    #expect(result.status == 2 && result.errors.contains(expected), "\(result.errors)")
  }

  @Test func `a watched metric that asks a model must be told which`() throws {
    let folder = try TemporaryFolder()
    let file = try write(
      to: folder, evaluate: "[bleu]", more: Self.short, train: "best-metric: toxicity")
    let result = try Binary.run(["check", file], in: folder)
    #expect(result.status == 2 && result.errors.contains("under 'evaluate'"), "\(result.errors)")
  }

  @Test func `an encoder that has changed scores anew`() throws {
    let folder = try TemporaryFolder()
    try models(in: folder)
    let file = try write(
      to: folder, evaluate: "[{embedding_similarity: {model: ./enc}}]", more: Self.short,
      train: "max-steps: 2")
    let out = "\(folder.path)/run"
    func run() throws -> Binary.Result {
      try Binary.succeed(["run", file, "--out", out, "--threads", "2"], in: folder)
    }
    _ = try run()
    let score = try json("\(out)/metrics.json")["test"]?["embedding_similarity"]
    #expect(try run().errors.contains("nothing has changed"))
    try Folders.remove("\(folder.path)/enc")
    try FileManager.default.copyItem(
      atPath: "\(Shared.project)/Tests/Fixtures/Pipeline/sentences/roberta",
      toPath: "\(folder.path)/enc")
    #expect(try run().errors.contains("the model is reused, and scored anew"))
    #expect(score != nil)
    #expect(try json("\(out)/metrics.json")["test"]?["embedding_similarity"] != score)
  }
}
