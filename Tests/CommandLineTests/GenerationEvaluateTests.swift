import Records
import Stages
import TestSupport
import Testing

/// A finished run, or its model alone, on other metrics, data and places.
@Suite(.serialized) struct `A run whose model is scored again`: TalkingRuns {
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

  @Test func `its model alone is evaluated on a file, as the run is`() throws {
    let folder = try TemporaryFolder()
    let file = try write(to: folder, evaluate: "[bleu, perplexity]", more: Self.short)
    let out = "\(folder.path)/run"
    try Binary.succeed(["run", file, "--out", out, "--threads", "2"], in: folder)
    let shared = [
      "--data", "\(folder.path)/data.jsonl", "--limit", "9", "--json", "--threads", "2",
      "--set", "generate.max-new-tokens=8", "--metrics", "bleu,perplexity",
      // A model alone does not know how long its texts were in training.
      "--set", "train.max-length=96",
    ]
    let ofRun = try Binary.succeed(["evaluate", out] + shared, in: folder)
    let ofModel = try Binary.succeed(["evaluate", "\(out)/model"] + shared, in: folder)
    #expect(!ofRun.output.isEmpty && ofModel.output == ofRun.output)
    let wrong = try Binary.run(["evaluate", "\(out)/model"], in: folder)
    #expect(wrong.status == 2 && wrong.errors.contains("--data"), "\(wrong.errors)")
    let none = try Binary.run(["evaluate", "nowhere", "--data", "x.jsonl"], in: folder)
    #expect(none.status == 2 && none.errors.contains("no folder of a run and no model"))
  }

  @Test func `is evaluated again where its model was named by a path, and when that is gone`()
    throws
  {
    let folder = try TemporaryFolder()
    try models(in: folder)
    let evaluate = "[bleu, {embedding_similarity: {model: ./enc}}]"
    func run(_ name: String, _ train: String) throws -> String {
      let file = try write(
        to: folder, evaluate: evaluate, more: Self.short, train: train,
        model: "model: ./base", tokenizer: "model", name: "\(name).yaml")
      let out = "\(folder.path)/\(name)"
      try Binary.succeed(["run", file, "--out", out, "--threads", "2"], in: folder)
      return out
    }
    let adapter = try run("adapter", "method: {lora: {rank: 2}}\n  max-steps: 2")
    let whole = try run("whole", "max-steps: 2")
    let data = ["--data", "\(folder.path)/data.jsonl", "--limit", "5"]
    for more in [[], data] {
      try Binary.succeed(["evaluate", adapter, "--threads", "2"] + more, in: folder)
    }
    try Folders.remove("\(folder.path)/base")
    for more in [[], data] {
      try Binary.succeed(["evaluate", whole, "--threads", "2"] + more, in: folder)
    }
  }

  @Test func `other data are read as --set says, and all of them`() throws {
    let folder = try TemporaryFolder()
    let file = try write(
      to: folder, evaluate: "[perplexity]", train: "max-steps: 2")
    let out = "\(folder.path)/run"
    try Binary.succeed(
      [
        "run", file, "--out", out, "--set", "ingest.limit=40", "--set", "ingest.every=2",
      ], in: folder)
    let other = try folder.write(
      (0..<50).map { #"{"question":"Say \#($0).","reply":"red it is"}"# }.joined(separator: "\n"),
      to: "other.jsonl")
    let fields = "ingest.fields={instruction: question, output: reply}"
    func count(_ more: [String]) throws -> Int? {
      let result = try Binary.succeed(
        ["evaluate", out, "--data", other, "--set", fields, "--predictions", "\(folder.path)/p"]
          + more, in: folder)
      _ = result
      return try lines("\(folder.path)/p").count
    }
    #expect(try count([]) == 50)
    #expect(try count(["--limit", "7"]) == 7)
    #expect(try count(["--set", "ingest.every=5"]) == 10)
  }
}
