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

  @Test func `is killed while it writes answers, and keeps what it has written`() throws {
    let folder = try TemporaryFolder()
    let file = try write(
      to: folder, evaluate: "[bleu, chrf]", more: "generate: {max-new-tokens: 40, batch-size: 1}")
    func arguments(_ run: String) -> [String] {
      ["run", file, "--out", "\(folder.path)/\(run)", "--threads", "2"]
    }
    try Binary.succeed(arguments("whole"), in: folder)
    let journal = "\(folder.path)/killed/cache/answers.jsonl"
    let (process, _) = try Binary.start(arguments("killed"), in: folder)
    while process.isRunning,
      ((try? FileReader.contents(journal)) ?? []).count(where: { $0 == 10 }) < 3
    {
      Thread.sleep(forTimeInterval: 0.001)
    }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    let written = try FileReader.contents(journal)
    let whole = written[..<((written.lastIndex(of: 10) ?? -1) + 1)]
    let inode = try FileManager.default.attributesOfItem(atPath: journal)[.systemFileNumber] as? Int
    let again = try Binary.succeed(arguments("killed"), in: folder)
    #expect(again.errors.contains("the model is reused"), "\(again.errors)")
    let later = try FileReader.contents(journal)
    #expect(later.starts(with: whole) && later.count > whole.count)
    #expect(
      try FileManager.default.attributesOfItem(atPath: journal)[.systemFileNumber] as? Int == inode)
    for name in ["metrics.json", "predictions.jsonl"] {
      #expect(
        try ContentHash.ofFile("\(folder.path)/killed/\(name)")
          == ContentHash.ofFile("\(folder.path)/whole/\(name)"), "\(name)")
    }
  }

  @Test func `tells what a model forgets that it could do before`() throws {
    let folder = try TemporaryFolder()
    let first = try write(to: folder, evaluate: "[bleu]", more: Self.short)
    let (base, out) = ("\(folder.path)/base", "\(folder.path)/tuned")
    try Binary.succeed(["run", first, "--out", base, "--threads", "2"], in: folder)
    let general = (0..<20).map { #"{"instruction": "Say \#($0)", "output": "red it is"}"# }
    try folder.write(general.joined(separator: "\n"), to: "general.jsonl")
    let forgetting = "{forgetting: {data: general.jsonl, limit: 12}}"
    let file = try write(
      to: folder, evaluate: "[bleu, perplexity, \(forgetting)]", more: Self.short,
      model: "model: \(base)/model", tokenizer: "model")
    let arguments = ["run", file, "--out", out, "--threads", "2"]
    try Binary.succeed(arguments, in: folder)
    let found = try #require(json("\(out)/metrics.json")["forgetting"])
    #expect(found["records"] == 12)
    for (side, model) in [("before", "\(base)/model"), ("after", "\(out)/model")] {
      let alone = try Binary.succeed(
        [
          "evaluate", model, "--data", "\(folder.path)/general.jsonl", "--limit", "12", "--json",
          "--threads", "2", "--metrics", "bleu,perplexity", "--set", "generate.max-new-tokens=8",
          "--set", "train.max-length=96",
        ], in: folder)
      #expect(try JSONValue.parse(Array(alone.output.utf8)) == found[side], "\(side)")
    }
    let (before, after) = (found["before"]?["perplexity"], found["after"]?["perplexity"])
    #expect(before != after && before?.double != nil)
    let change = try #require(found["change"]?["perplexity"]?.double)
    #expect(change == (after?.double ?? 0) - (before?.double ?? 0))
    let page = String(decoding: try FileReader.contents("\(out)/report.html"), as: UTF8.self)
    #expect(page.contains("id=\"forgetting\"") && page.contains("on 12 records"))
    // The records lie in the run's own folder, once, and are read again only where they are others.
    let slices = try folders(in: "\(out)/cache/forgetting/cache")
    #expect(slices.count == 1)
    #expect(try Binary.succeed(arguments, in: folder).errors.contains("nothing has changed"))
    #expect(try folders(in: "\(out)/cache/forgetting/cache") == slices)
    try folder.write(general.reversed().joined(separator: "\n"), to: "general.jsonl")
    #expect(try Binary.succeed(arguments, in: folder).errors.contains("scored anew"))
    let others = try folders(in: "\(out)/cache/forgetting/cache")
    #expect(others.count == 1 && others != slices)
    try Binary.succeed(["check", "\(out)/pipeline.lock.yaml"], in: folder)
    let without = try write(
      to: folder, evaluate: "[bleu, perplexity]", more: Self.short,
      model: "model: \(base)/model", tokenizer: "model", name: "without.yaml")
    try Binary.succeed(["run", without, "--out", out, "--threads", "2"], in: folder)
    #expect(!Folders.exists("\(out)/cache/forgetting"))
  }

  /// The numbered folders of a cache with their inodes.
  private func folders(in cache: String) throws -> [String: Int] {
    let names = try Folders.list(cache).filter { $0.first?.isNumber == true }
    return Dictionary(
      uniqueKeysWithValues: try names.map { name in
        let facts = try FileManager.default.attributesOfItem(atPath: "\(cache)/\(name)")
        return (name, try #require(facts[.systemFileNumber] as? Int))
      })
  }

  @Test(arguments: [
    ("forgetting", "names no data"), ("{forgetting: {limit: 3}}", "names no data"),
    ("{forgetting: {data: a.jsonl, limitt: 3}}", "did you mean 'limit'?"),
    ("{forgeting: {data: a.jsonl}}", "did you mean 'forgetting'?"),
  ])
  func `what is wrong with 'forgetting' is told by check`(entry: String, expected: String) throws {
    let folder = try TemporaryFolder()
    let first = try write(to: folder, evaluate: "[bleu]", more: Self.short)
    let base = "\(folder.path)/base"
    try Binary.succeed(
      ["run", first, "--out", base, "--threads", "2", "--max-steps", "1"], in: folder)
    let file = try write(to: folder, evaluate: "[bleu, \(entry)]", more: Self.short)
    let result = try Binary.run(
      ["check", file, "--set", "train.model=\(base)/model", "--set", "tokenize.tokenizer=model"],
      in: folder)
    #expect(result.status == 2 && result.errors.contains(expected), "\(result.errors)")
    let scratch = try write(to: folder, evaluate: "[{forgetting: {data: data.jsonl}}]")
    let none = try Binary.run(["check", scratch], in: folder)
    #expect(none.status == 2 && none.errors.contains("knows nothing"), "\(none.errors)")
  }

  @Test func `a watched metric that asks a model must be told which`() throws {
    let folder = try TemporaryFolder()
    let file = try write(
      to: folder, evaluate: "[bleu]", more: Self.short, train: "best-metric: toxicity")
    let result = try Binary.run(["check", file], in: folder)
    #expect(result.status == 2 && result.errors.contains("under 'evaluate'"), "\(result.errors)")
  }

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
