import Foundation
import Records
import Stages
import TestSupport
import Testing

/// A run that scores what its model writes, and what is done with it afterwards.
@Suite(.serialized) struct `A run that scores what its model writes` {
  /// Instructions with one right answer each.
  private func write(
    to folder: TemporaryFolder, evaluate: String, more: String = "", train: String = ""
  ) throws -> String {
    let lines = (0..<80).map { index -> String in
      let word = ["red", "blue", "green", "black"][index % 4]
      let line: JSONObject = [
        "instruction": .string("Say \(word) number \(index)."), "output": .string("\(word) it is"),
        "keywords": .array([.string(word)]),
      ]
      return JSONValue.object(line).text
    }
    try folder.write(lines.joined(separator: "\n"), to: "data.jsonl")
    return try folder.write(
      """
      name: talk
      stages:
        - ingest: {path: data.jsonl}
        - tokenize: {tokenizer: {bpe: {vocabulary: 320}}, max-length: 96}
        - split: {train: 0.7, validation: 0.15, test: 0.15}
      train:
        model: scratch
        architecture: {gpt2: {layers: 1, width: 32, heads: 2, context: 128}}
        objective: causal
        epochs: 2
        batch-size: 8
        learning-rate: 5e-3
        \(train)
      evaluate: \(evaluate)
      \(more)
      """, to: "talk.yaml")
  }

  private static let all =
    "[bleu, chrf, rougeL, exact-match, token-f1, keywords, distinct-n, refusals, pii, perplexity]"
  private static let short = "generate: {max-new-tokens: 8}"

  private func json(_ path: String) throws -> JSONValue {
    try JSONValue.parse(FileReader.contents(path))
  }

  private func lines(_ path: String) throws -> [JSONValue] {
    try FileReader.contents(path).split(separator: UInt8(ascii: "\n")).map {
      try JSONValue.parse(Array($0))
    }
  }

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

  @Test func `is killed anywhere and ends with the same bytes`() throws {
    let folder = try TemporaryFolder()
    let file = try write(
      to: folder, evaluate: "[bleu, exact-match]", more: Self.short,
      train: "early-stopping: {metric: bleu, patience: 3}")
    func arguments(_ run: String) -> [String] {
      ["run", file, "--out", "\(folder.path)/\(run)", "--threads", "2"]
    }
    let start = ContinuousClock.now
    try Binary.succeed(arguments("whole"), in: folder)
    let whole = (ContinuousClock.now - start) / .seconds(1)
    for attempt in 1..<6 {
      let (process, _) = try Binary.start(arguments("killed-\(attempt)"), in: folder)
      Thread.sleep(forTimeInterval: whole * Double(attempt) / 6)
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      try Binary.succeed(arguments("killed-\(attempt)"), in: folder)
      for name in ["metrics.json", "predictions.jsonl", "model/model.safetensors"] {
        #expect(
          try ContentHash.ofFile("\(folder.path)/killed-\(attempt)/\(name)")
            == ContentHash.ofFile("\(folder.path)/whole/\(name)"), "\(name), \(attempt)")
      }
    }
  }

  @Test func `is evaluated again and compared by its own metrics`() throws {
    let folder = try TemporaryFolder()
    let metrics = "[{bleu: {tokenize: char}}, chrf, keywords]"
    let file = try write(to: folder, evaluate: metrics, more: Self.short)
    let (a, b) = ("\(folder.path)/a", "\(folder.path)/b")
    try Binary.succeed(["run", file, "--out", a, "--threads", "2"], in: folder)
    try Binary.succeed(
      ["run", file, "--out", b, "--threads", "2", "--set", "train.learning-rate=1e-3"], in: folder)
    let test = try #require(json("\(a)/metrics.json")["test"])
    let before = try ContentHash.ofFile("\(a)/metrics.json")
    let same = try Binary.succeed(["evaluate", a, "--json", "--threads", "2"], in: folder)
    #expect(try JSONValue.parse(Array(same.output.utf8)) == test)
    let other = try Binary.succeed(
      [
        "evaluate", a, "--json", "--metrics", "rougeL,exact-match", "--data",
        "\(folder.path)/data.jsonl", "--limit", "9", "--predictions", "\(folder.path)/new.jsonl",
      ], in: folder)
    let found = try JSONValue.parse(Array(other.output.utf8))
    #expect(found["rougeL"]?.double != nil && found["bleu"] == nil)
    #expect(try lines("\(folder.path)/new.jsonl").count == 9)
    #expect(try ContentHash.ofFile("\(a)/metrics.json") == before)
    let wrong = try Binary.run(["evaluate", a, "--metrics", "accuracy"], in: folder)
    #expect(wrong.status == 2 && wrong.errors.contains("needs labels"), "\(wrong.errors)")
    let compared = try Binary.succeed(
      ["compare", a, b, "--json", "--trials", "50", "--resamples", "50"], in: folder)
    let rows = try #require(
      JSONValue.parse(Array(compared.output.utf8))["runs"]?.array?.first?["metrics"]?.object)
    #expect(rows["bleu"]?["baseline"] == test["bleu"])
    #expect(rows["keywords.all"]?["baseline"] == test["keywords.all"])
    #expect(rows["perplexity"]?["baseline"] != nil && rows["rougeL"] == nil)
  }
}
