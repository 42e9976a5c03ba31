import Foundation
import Records
import Stages
import TestSupport
import Testing

/// A small pipeline whose model answers instructions, which suites run and look at.
protocol TalkingRuns {}

extension TalkingRuns {
  /// Instructions with one right answer each.
  func write(
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

  static var scratch: String {
    """
    model: scratch
      architecture: {gpt2: {layers: 1, width: 32, heads: 2, context: 128}}
    """
  }

  static var all: String {
    "[bleu, chrf, rougeL, exact-match, token-f1, keywords, distinct-n, refusals, pii, perplexity]"
  }

  static var short: String { "generate: {max-new-tokens: 8}" }

  func json(_ path: String) throws -> JSONValue {
    try JSONValue.parse(FileReader.contents(path))
  }

  func lines(_ path: String) throws -> [JSONValue] {
    try FileReader.contents(path).split(separator: UInt8(ascii: "\n")).map {
      try JSONValue.parse(Array($0))
    }
  }

  /// A folder `base` with a model and an encoder `enc`, which pipelines name by relative paths.
  func models(in folder: TemporaryFolder) throws {
    let file = try write(to: folder, evaluate: "[perplexity]", train: "max-steps: 2")
    try Binary.succeed(["run", file, "--out", "\(folder.path)/first"], in: folder)
    for (from, to) in [
      ("\(folder.path)/first/model", "base"),
      ("\(Shared.project)/Tests/Fixtures/Pipeline/sentences/bert", "enc"),
    ] { try FileManager.default.copyItem(atPath: from, toPath: "\(folder.path)/\(to)") }
  }
}
