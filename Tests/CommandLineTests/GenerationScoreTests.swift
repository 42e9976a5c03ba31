import Foundation
import Records
import Stages
import TestSupport
import Testing

/// A run that scores what its model writes, and what is done with it afterwards.
@Suite(.serialized) struct `A run that scores what its model writes` {
  /// Instructions with one right answer each.
  private func write(
    to folder: TemporaryFolder, evaluate: String, more: String = "", train: String = "",
    model: String = Self.scratch, tokenizer: String = "{bpe: {vocabulary: 320}}",
    name: String = "talk.yaml"
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
        - tokenize: {tokenizer: \(tokenizer), max-length: 96}
        - split: {train: 0.7, validation: 0.15, test: 0.15}
      train:
        \(model)
        objective: causal
        epochs: 2
        batch-size: 8
        learning-rate: 5e-3
        \(train)
      evaluate: \(evaluate)
      \(more)
      """, to: name)
  }

  private static let scratch = """
    model: scratch
      architecture: {gpt2: {layers: 1, width: 32, heads: 2, context: 128}}
    """

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

  /// A folder `base` with a model and an encoder `enc`, which pipelines name by relative paths.
  private func models(in folder: TemporaryFolder) throws {
    let file = try write(to: folder, evaluate: "[perplexity]", train: "max-steps: 2")
    try Binary.succeed(["run", file, "--out", "\(folder.path)/first"], in: folder)
    for (from, to) in [
      ("\(folder.path)/first/model", "base"),
      ("\(Shared.project)/Tests/Fixtures/Pipeline/sentences/bert", "enc"),
    ] { try FileManager.default.copyItem(atPath: from, toPath: "\(folder.path)/\(to)") }
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

  @Test func `keeps the times of its training when killed while it is scored`() throws {
    let folder = try TemporaryFolder()
    let file = try write(to: folder, evaluate: "[bleu]", more: Self.short, train: "max-steps: 3")
    let out = "\(folder.path)/run"
    let arguments = ["run", file, "--out", out, "--threads", "2"]
    try Binary.succeed(arguments, in: folder)
    let training = try json("\(out)/timings.json")["training"]
    #expect(training?["seconds"]?.double != nil)
    // What a kill between training and the end of scoring leaves.
    var manifest = try #require(json("\(out)/cache/train.json").object)
    (manifest["scores"], manifest["outputs"]) = (nil, nil)
    try AtomicFile.write(JSONValue.object(manifest).text.utf8, to: "\(out)/cache/train.json")
    for name in ["timings.json", "metrics.json", "predictions.jsonl"] {
      try Folders.remove("\(out)/\(name)")
    }
    let again = try Binary.succeed(arguments, in: folder)
    #expect(again.errors.contains("the model is reused, and scored anew"), "\(again.errors)")
    let kept = try json("\(out)/timings.json")["training"]
    for key in ["seconds", "precision", "epochs"] {
      #expect(kept?[key] == training?[key], "\(key)")
    }
    // Scoring it again may have taken more.
    let memory = [kept, training].map { $0?["peak_memory_bytes"]?.int ?? 0 }
    #expect(memory[0] >= memory[1])
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
}
