import Foundation
import Records
import Stages
import TestSupport
import Testing

/// Scores before and after training on data that it is not about.
@Suite(.serialized) struct `What a run forgets`: TalkingRuns {
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

  @Test func `keeps what both models have written, which another metric scores`() throws {
    let folder = try TemporaryFolder()
    let base = "\(folder.path)/base"
    let first = try write(to: folder, evaluate: "[bleu]", more: Self.short, train: "max-steps: 2")
    try Binary.succeed(["run", first, "--out", base, "--threads", "2"], in: folder)
    let out = "\(folder.path)/tuned"
    func run(_ metric: String) throws -> JSONValue {
      let file = try write(
        to: folder, evaluate: "[\(metric), {forgetting: {data: data.jsonl, limit: 9}}]",
        more: Self.short, train: "max-steps: 2", model: "model: \(base)/model",
        tokenizer: "model")
      try Binary.succeed(["run", file, "--out", out, "--threads", "2"], in: folder)
      return try #require(json("\(out)/metrics.json")["forgetting"])
    }
    _ = try run("bleu")
    // Another text in their place shows that they are taken, and not written again.
    for (name, text) in [("before", "red it is"), ("after", "none of them")] {
      let path = "\(out)/cache/answers-\(name).jsonl"
      var kept = try lines(path)
      #expect(kept.count > 1)
      for place in kept.indices.dropFirst() {
        var line = try #require(kept[place].object)
        let count = try #require(line["texts"]?.array?.count)
        line["texts"] = .array([JSONValue](repeating: .string(text), count: count))
        kept[place] = .object(line)
      }
      try AtomicFile.write(kept.map { $0.text + "\n" }.joined().utf8, to: path)
    }
    let found = try run("exact-match")
    // Of records 0, …, 8 three are red.
    #expect(abs((found["before"]?["exact_match"]?.double ?? 0) - 300.0 / 9) < 1e-9)
    #expect(found["after"]?["exact_match"] == 0)
  }

  @Test(arguments: [
    ("forgetting", "names no data"), ("{forgetting: {limit: 3}}", "names no data"),
    ("{forgetting: {data: nowhere.jsonl}}", "nowhere.jsonl"),
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
}
