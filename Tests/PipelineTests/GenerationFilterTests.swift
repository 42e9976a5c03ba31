import Foundation
import Models
import Pipeline
import Records
import Stages
import Tensors
import TestSupport
import Testing
import Train

/// What `anneal generate` writes, against what transformers generated.
@Suite struct `Texts that follow lines` {
  @Test(arguments: ["tiny-gpt2", "tiny-t5", "tiny-marian", "tiny-fsmt"])
  func `a tiny model writes the tokens that transformers writes, in the order of the lines`(
    name: String
  ) throws {
    let path = "\(Shared.project)/Tests/Fixtures/Generation/\(name).json"
    let record = try JSONValue.parse(FileReader.contents(path))
    let model = try scaled(name, factor: Float(try #require(record["factor"]?.double)))
    let prompts = try #require(record["prompts"]?.array)
    var checked = 0
    for entry in try #require(record["cases"]?.array) {
      let options = try #require(entry["options"]?.object)
      if options["num_return_sequences"] != nil { continue }
      let found = try answers(model.path, prompts.map { ["input_ids": $0] }, options)
      let expected = (entry["tokens"]?.array ?? []).map { $0.array?.first }
      #expect(found.map { $0["ids"] } == expected, "\(JSONValue.object(options).text)")
      #expect(found.allSatisfy { $0["text"] == nil })
      checked += 1
    }
    #expect(checked >= 20)
  }

  @Test func `the model of a run reads what its training read before each source`() throws {
    let record = try JSONValue.parse(
      FileReader.contents("\(Shared.project)/Tests/Fixtures/Generation/tiny-t5.json"))
    let model = try scaled("tiny-t5", factor: Float(try #require(record["factor"]?.double)))
    let words = JSONObject((0..<30).map { ("w\($0)", .integer($0 + 5)) })
    let tokenizer: JSONValue = [
      "version": "1.0", "added_tokens": [], "pre_tokenizer": ["type": "Whitespace"],
      "model": ["type": "WordLevel", "unk_token": "w0", "vocab": .object(words)],
    ]
    try model.write(tokenizer.text, to: "tokenizer.json")
    let run = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: model.path, toPath: "\(run.path)/model")
    func ids(_ model: String, _ prefix: String, _ field: String) throws -> [JSONValue?] {
      let texts = ["w3 w4 w5", "w9", "w20 w21 w22 w23"]
      return try answers(model, texts.map { [field: .string(prefix + $0)] }, [:]).map { $0["ids"] }
    }
    let (bare, prefixed) = (
      try ids(model.path, "", "text"), try ids(model.path, "w7 w8 ", "text")
    )
    #expect(bare != prefixed)
    for (objective, expected) in [
      ("{sequence-to-sequence: {source-prefix: 'w7 w8 '}}", prefixed),
      ("sequence-to-sequence", bare),
    ] {
      try run.write("train: {model: scratch, objective: \(objective)}\n", to: "pipeline.lock.yaml")
      #expect(try ids(run.path, "", "text") == expected, "\(objective)")
      #expect(try ids(run.path, "", "prompt") == expected, "\(objective)")
      // Tokens are what the model reads.
      #expect(
        try answers(run.path, [["input_ids": [8, 9]]], [:])
          == answers(model.path, [["input_ids": [8, 9]]], [:]))
    }
  }

  @Test func `the folder's own defaults are followed`() throws {
    let model = try scaled("tiny-gpt2", factor: 4)
    try AtomicFile.write(
      #"{"max_new_tokens": 3, "num_return_sequences": 2, "num_beams": 2}"#.utf8,
      to: "\(model.path)/generation_config.json")
    #expect(try answers(model.path, [["input_ids": [5]]], [:])[0]["ids"]?.array?.count == 3)
  }

  @Test(arguments: [
    ("{}", ["2:", "has no prompt"]), ("{", ["2:"]),
    (#"{"prompt": "a", "text": "b"}"#, ["2:", "several prompts"]),
    (#"{"promt": "a"}"#, ["'promt'", "did you mean 'prompt'?"]),
    (#"{"input_ids": [1, "a"]}"#, ["'input_ids[1]'", "is a string"]),
    (#"{"input_ids": [61]}"#, ["'input_ids'", "has the token 61"]),
    (#"{"input_ids": []}"#, ["'input_ids'", "has no token"]),
    (#"{"input_ids": [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}"#, ["takes 24"]),
  ])
  func `a wrong line is refused by number and field, after the lines before it`(
    line: String, parts: [String]
  ) throws {
    let folder = try TemporaryFolder()
    let input = try folder.write(#"{"input_ids": [1]}"# + "\n\(line)\n", to: "in.jsonl")
    let model = try Complete.fixture("tiny-gpt2", [:])
    let filter = try GenerationFilter(model: model.path)
    var written = 0
    let error = #expect(throws: StageError.self) {
      try filter.run(input: input) { _ in written += 1 }
    }
    #expect(written == 1)
    for part in parts { #expect(error?.description.contains(part) == true, "\(error as Any)") }
  }

  @Test func `a tokenizer that is missing, or a part of it, is told of`() throws {
    let model = try Complete.fixture("tiny-marian", [:])
    let missing = failure(model.path, ["text": "Guten Tag"])
    #expect(missing.contains("there is no such file"))
    try AtomicFile.write([], to: "\(model.path)/source.spm")
    let other = failure(model.path, ["text": "Guten Tag"])
    #expect(other.contains("target.spm"))
    let turns: JSONObject = ["messages": [["role": "user", "content": "Hello"]]]
    #expect(failure(model.path, turns).contains("'text'"))
    let causal = try Complete.fixture("tiny-gpt2", [:])
    #expect(failure(causal.path, turns).contains("alpaca"))
    let encoder = "\(Shared.project)/Tests/Fixtures/Models/tiny-bert"
    #expect(failure(encoder, ["input_ids": [1]]).contains("causal"))
  }

  @Test func `options and templates that make no sense are refused`() throws {
    let model = try Complete.fixture("tiny-gpt2", [:])
    for (name, part) in [("num_beams", "num_beams is 0"), ("temperature", "temperature is 0")] {
      #expect(failure(model.path, ["input_ids": [1]], [name: 0]).contains(part))
    }
    var settings = GenerationSettings()
    settings.template = "alpacca"
    let error = #expect(throws: Diagnostic.self) {
      try GenerationFilter(model: model.path, settings)
    }
    #expect(error?.description.contains("alpaca'") == true)
  }

  @Test func `pieces of a text never cut a character`() {
    let bytes = Array("a né 🙂.".utf8)
    var stream = TextStream { String(decoding: $0.map { bytes[Int($0)] }, as: UTF8.self) }
    let ids = bytes.indices.map { Int32($0) }
    let pieces = ids.compactMap { stream.add($0) }
    #expect(pieces == ["a", " ", "n", "é", " ", "🙂", "."])
    #expect(stream.finish(ids) == nil)
  }

  // MARK: - Lines

  private func answers(
    _ model: String, _ lines: [JSONObject], _ options: JSONObject
  ) throws -> [JSONValue] {
    let folder = try TemporaryFolder()
    let input = try folder.write(
      lines.map { JSONValue.object($0).text }.joined(separator: "\n"), to: "in.jsonl")
    var settings = GenerationSettings()
    settings.options = options
    settings.precision = .fp32
    var bytes: [UInt8] = []
    try GenerationFilter(model: model, settings, batchSize: 2).run(input: input) { bytes += $0 }
    return try bytes.split(separator: UInt8(ascii: "\n")).map { try JSONValue.parse($0) }
  }

  private func failure(
    _ model: String, _ line: JSONObject, _ options: JSONObject = [:]
  ) -> String {
    do {
      _ = try answers(model, [line], options)
      return "nothing"
    } catch { return "\(error)" }
  }

  /// A model with its matrices multiplied as the reference has them, and without defaults.
  private func scaled(_ name: String, factor: Float) throws -> TemporaryFolder {
    let source = "\(Shared.project)/Tests/Fixtures/Models/\(name)"
    let configuration = try ModelConfiguration(folder: source)
    let model: any Model =
      try configuration.flag("is_encoder_decoder", default: false)
      ? ModelLoader.sequenceToSequence(source) : ModelLoader.causal(source)
    for parameter in model.parameters
    where parameter.isTrainable && parameter.tensor.shape.count == 2 {
      parameter.tensor.withMutableValues { values in
        for index in 0..<values.count { values[index] *= factor }
      }
    }
    let folder = try TemporaryFolder()
    try ModelLoader.save(model, to: folder.path)
    let fields = configuration.fields.without(["eos_token_id", "forced_eos_token_id"])
    try folder.write(JSONValue.object(fields).text, to: "config.json")
    try folder.write("{}", to: "generation_config.json")
    return folder
  }
}
