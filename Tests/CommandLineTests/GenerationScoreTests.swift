import Records
import Stages
import TestSupport
import Testing

/// What a run keeps of what its model writes, and what it refuses.
@Suite(.serialized) struct `A run that scores what its model writes`: TalkingRuns {
  @Test func `keeps inputs, references, texts and scores, with the same bytes each time`() throws {
    let folder = try TemporaryFolder()
    let file = try write(to: folder, evaluate: Self.all, more: Self.short)
    for run in ["a", "b"] {
      try Binary.succeed(
        ["run", file, "--out", "\(folder.path)/\(run)", "--threads", "2"], in: folder)
    }
    for name in ["predictions.jsonl", "metrics.json", "trainer_state.json"] {
      #expect(
        try FileReader.contents("\(folder.path)/a/\(name)")
          == FileReader.contents("\(folder.path)/b/\(name)"), "\(name)")
    }
    let test = try #require(json("\(folder.path)/a/metrics.json")["test"])
    for name in [
      "bleu", "chrf", "rougeL", "exact_match", "token_f1", "keywords.all", "distinct1",
      "distinct2", "refusals", "pii", "perplexity", "loss",
    ] { #expect(test[name]?.double != nil, "\(name) in \(test.text)") }
    #expect(test["signatures"]?["bleu"]?.string?.contains("tok:13a") == true)
    #expect(try json("\(folder.path)/a/metrics.json")["validation"]?["bleu"] == nil)
    let lines = try lines("\(folder.path)/a/predictions.jsonl")
    #expect(!lines.isEmpty)
    for line in lines {
      #expect(line["input"]?.string?.hasPrefix("Say ") == true)
      #expect(line["reference"]?.string?.hasSuffix(" it is") == true)
      #expect(line["generated"]?.string != nil && line["scores"]?["chrf"]?.double != nil)
      #expect(line["keywords"]?.array?.count == 1)
    }
    // The file says the same to 'score'.
    let again = try Binary.succeed(
      [
        "score", "--json", "--metrics", "bleu,chrf,keywords.all",
        "\(folder.path)/a/predictions.jsonl",
      ]
        + ["--hypothesis-field", "generated"], in: folder)
    let scores = try JSONValue.parse(Array(again.output.utf8))
    for name in ["bleu", "chrf", "keywords.all"] { #expect(scores[name] == test[name]) }
  }

  @Test func `other metrics score the model that is there`() throws {
    let folder = try TemporaryFolder()
    let out = "\(folder.path)/run"
    let first = try write(to: folder, evaluate: "[bleu]", more: Self.short)
    try Binary.succeed(["run", first, "--out", out, "--threads", "2"], in: folder)
    let model = try ContentHash.ofFile("\(out)/model/model.safetensors")
    let second = try write(to: folder, evaluate: "[chrf]", more: "generate: {max-new-tokens: 3}")
    let result = try Binary.succeed(["run", second, "--out", out, "--threads", "2"], in: folder)
    #expect(result.errors.contains("the model is reused, and scored anew"), "\(result.errors)")
    let test = try #require(json("\(out)/metrics.json")["test"])
    #expect(test["chrf"]?.double != nil && test["bleu"] == nil)
    #expect(try ContentHash.ofFile("\(out)/model/model.safetensors") == model)
    try Binary.succeed(
      ["run", second, "--out", "\(folder.path)/fresh", "--threads", "2"], in: folder)
    for name in ["metrics.json", "predictions.jsonl"] {
      #expect(
        try ContentHash.ofFile("\(out)/\(name)")
          == ContentHash.ofFile("\(folder.path)/fresh/\(name)"), "\(name)")
    }
    let third = try Binary.succeed(["run", second, "--out", out, "--threads", "2"], in: folder)
    #expect(third.errors.contains("nothing has changed"))
  }

  @Test func `says how many questions were cut, and again when it is evaluated`() throws {
    let folder = try TemporaryFolder()
    let file = try write(to: folder, evaluate: "[bleu]", more: Self.short, train: "max-steps: 2")
    let out = "\(folder.path)/run"
    try Binary.succeed(["run", file, "--out", out], in: folder)
    let long = (0..<200).map { "w\($0)" }.joined(separator: " ")
    let other = try folder.write(
      #"{"instruction":"\#(long)","output":"red"}"# + "\n"
        + #"{"instruction":"Say red.","output":"red"}"# + "\n", to: "long.jsonl")
    let result = try Binary.succeed(["evaluate", out, "--data", other], in: folder)
    // What stands around a question is too long for this model already.
    #expect(
      result.errors.contains("2 of 2 questions were too long for the model"), "\(result.errors)")
  }

  @Test func `a record that asks nothing is refused before training wherever texts are written`()
    throws
  {
    let folder = try TemporaryFolder()
    let file = try write(to: folder, evaluate: "[perplexity]", more: Self.short)
    try folder.write(
      (0..<80).map { #"{"text":"red it is, number \#($0)"}"# }.joined(separator: "\n"),
      to: "data.jsonl")
    let out = "\(folder.path)/run"
    let result = try Binary.run(["run", file, "--out", out], in: folder)
    #expect(result.status == 2 && result.errors.contains("asks nothing"), "\(result.errors)")
    #expect(!Folders.exists("\(out)/trainer_state.json"))
  }

  @Test(arguments: [
    "evaluate=[keywords.all]", "train.early-stopping={metric: keywords.all}",
    "train.method={lora: {target-modules: [nothing]}}",
  ])
  func `what is refused before training removes nothing`(setting: String) throws {
    let folder = try TemporaryFolder()
    let file = try write(to: folder, evaluate: "[bleu]", more: Self.short, train: "max-steps: 3")
    let data = String(decoding: try FileReader.contents("\(folder.path)/data.jsonl"), as: UTF8.self)
    try folder.write(data.replacing("keywords", with: "words"), to: "data.jsonl")
    let out = "\(folder.path)/run"
    let arguments = ["run", file, "--out", out, "--threads", "2"]
    try Binary.succeed(arguments, in: folder)
    let metrics = try FileReader.contents("\(out)/metrics.json")
    let result = try Binary.run(
      arguments + ["--set", "train.learning-rate=1e-4", "--set", setting], in: folder)
    #expect(result.status != 0)
    for name in ["model/model.safetensors", "trainer_state.json", "predictions.jsonl"] {
      #expect(Folders.exists("\(out)/\(name)"), "\(name): \(result.errors)")
    }
    #expect(Folders.exists("\(out)/checkpoints"))
    #expect(try FileReader.contents("\(out)/metrics.json") == metrics)
    // The first pipeline is still done.
    let again = try Binary.succeed(arguments, in: folder)
    #expect(again.errors.contains("nothing has changed"), "\(again.errors)")
  }

  @Test func `a label that only the test side has is told before training`() throws {
    let folder = try TemporaryFolder()
    let lines = (0..<80).map { #"{"text": "number \#($0) is odd", "label": "\#($0 % 2)"}"# }
    try folder.write(lines.joined(separator: "\n"), to: "data.jsonl")
    let file = try folder.write(
      """
      name: odd
      stages:
        - ingest: {path: data.jsonl}
        - tokenize: {tokenizer: {bpe: {vocabulary: 300}}, max-length: 32}
        - split: {train: 0.7, validation: 0.15, test: 0.15}
      train:
        model: scratch
        architecture: {bert: {layers: 1, width: 16, heads: 2, context: 32}}
        objective: classification
        max-steps: 3
      evaluate: [accuracy]
      """, to: "odd.yaml")
    let out = "\(folder.path)/run"
    let arguments = ["run", file, "--out", out, "--threads", "2"]
    try Binary.succeed(arguments, in: folder)
    let metrics = try FileReader.contents("\(out)/metrics.json")
    let tested = try #require(self.lines("\(out)/data/test.jsonl").last?["text"]?.string)
    // Records keep their sides whatever their labels are.
    let changed = lines.map { line in
      guard line.contains("\"\(tested)\"") else { return line }
      return line.replacing(#""label": "0""#, with: #""label": "nose""#)
        .replacing(#""label": "1""#, with: #""label": "nose""#)
    }
    #expect(changed != lines)
    try folder.write(changed.joined(separator: "\n"), to: "data.jsonl")
    let result = try Binary.run(arguments, in: folder)
    #expect(result.status != 0)
    #expect(
      result.errors.contains("'nose' is on no record of the training side"), "\(result.errors)")
    // The model of the run before is still there.
    #expect(Folders.exists("\(out)/model/model.safetensors"))
    #expect(try FileReader.contents("\(out)/metrics.json") == metrics)
  }
}
