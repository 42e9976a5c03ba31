import Records
import Stages
import TestSupport
import Testing

/// `anneal forward`, `generate` and `chat` as a user runs them.
@Suite struct `Models on the command line` {
  private static let bert = "\(Shared.project)/Tests/Fixtures/Models/tiny-bert"
  private static let gpt2 = "\(Shared.project)/Tests/Fixtures/Models/tiny-gpt2"

  @Test func `forward answers line by line`() throws {
    let folder = try TemporaryFolder()
    let input = "{\"input_ids\": [1, 2], \"labels\": 0}\n\n{\"input_ids\": [[3, 4], [5, 6]]}\n"
    let result = try Binary.succeed(
      ["forward", "--model", Self.bert, "--precision", "fp32", "--threads", "1"], in: folder,
      input: input)
    let lines = try result.output.split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
    #expect(lines.count == 2)
    #expect(lines[0]["logits"]?.array?.count == 3)
    #expect(lines[0]["loss"]?.double.map { $0 > 0 } == true)
    #expect(lines[1]["logits"]?.array?.map { $0.array?.count } == [3, 3])
    #expect(lines[1]["loss"] == nil)
    #expect(result.errors.isEmpty)
  }

  @Test func `wrong lines, options and models end with 2 and help`() throws {
    let folder = try TemporaryFolder()
    let ids = "{\"input_ids\": [1]}\n"
    for (arguments, input, part) in [
      (
        ["forward", "--model", Self.bert], ids + "{\"input_ids\": 1}\n",
        "stdin:2: field 'input_ids'"
      ),
      (["forward", "--model", Self.bert, "--precision", "fp8"], ids, "fp8"),
      (["forward", "--model", Self.bert, "--modle", "x"], ids, "--modle"),
      (["forward", "--model", "tiny-brt"], ids, "no such model"),
      (
        ["tokenizer", "inspect", "--tokenizer", "missing.json"], "a\n",
        "Give the path of a tokenizer.json"
      ),
      (["forward"], ids, "--model"),
      (["generate", "--model", Self.gpt2], "{\"prompt\": \"a\"}\n", "tokenizer.json"),
      (["generate", "--model", Self.gpt2, "--beams", "0"], ids, "num_beams is 0"),
      (["generate", "--model", Self.gpt2, "--beam", "2"], ids, "--beam"),
      (["chat", Self.gpt2], "hello\n", "alpaca"),
      (["export", Self.gpt2, "--merge", "--peft", "--out", "x"], "", "--merge leaves none"),
    ] {
      let result = try Binary.run(arguments, in: folder, input: input)
      #expect(result.status == 2, "\(arguments): \(result.errors)")
      #expect(result.errors.contains(part), "\(arguments): \(result.errors)")
    }
  }

  @Test func `generate takes the names of transformers too, and draws by its seed`() throws {
    let folder = try TemporaryFolder()
    let input = "{\"input_ids\": [15, 33]}\n{\"input_ids\": [7]}\n"
    func tokens(_ options: String...) throws -> String {
      try Binary.succeed(["generate", "--model", Self.gpt2] + options, in: folder, input: input)
        .output
    }
    let beams = try tokens("--beams", "3", "--max-new-tokens", "5")
    #expect(try tokens("--num_beams", "3", "--max_new_tokens", "5") == beams)
    #expect(beams.split(separator: "\n").count == 2)
    let greedy = try tokens("--temperature", "0")
    #expect(try tokens() == greedy)
    let drawn = try tokens("--temperature", "3", "--seed", "1")
    #expect(drawn != greedy)
    #expect(try tokens("--temperature", "3", "--seed", "1", "--batch-size", "1") == drawn)
    #expect(try tokens("--temperature", "3", "--seed", "2") != drawn)
  }

  @Test func `a run that was trained on instructions answers messages and chats`() throws {
    let folder = try TemporaryFolder()
    let run = try instructionRun(in: folder)
    let question = "Count to 7."
    let prompt =
      "Below is an instruction that describes a task. "
      + "Write a response that appropriately completes the request.\n\n"
      + "### Instruction:\n\(question)\n\n### Response:\n"
    let lines: [JSONObject] = [
      ["prompt": .string(prompt)],
      ["messages": [["role": "user", "content": .string(question)]]],
      ["messages": [["role": "assistant", "content": "No."]]],
    ]
    let input = lines.map { JSONValue.object($0).text + "\n" }
    let options = ["--max-new-tokens", "8"]
    let result = try Binary.succeed(
      ["generate", "--model", run] + options, in: folder, input: input[0] + input[1])
    let answers = result.output.split(separator: "\n")
    #expect(answers.count == 2 && answers[0] == answers[1])
    let text = try #require(JSONValue.parse(Array(answers[0].utf8))["text"]?.string)
    let wrong = try Binary.run(["generate", "--model", run], in: folder, input: input[2])
    #expect(wrong.status == 2 && wrong.errors.contains("'messages'"))
    let chat = try Binary.succeed(
      ["chat", run] + options, in: folder, input: "\(question)\n/new\n\n\(question)")
    #expect(chat.output == "\(text)\n\(text)\n")
    #expect(chat.errors.isEmpty)
  }

  @Test func `chat shows what a terminal would obey`() throws {
    let folder = try TemporaryFolder()
    for name in ["config.json", "model.safetensors"] {
      try AtomicFile.write(
        FileReader.contents("\(Self.gpt2)/\(name)"), to: "\(folder.path)/\(name)")
    }
    // Every word of the model clears the screen, goes back, and turns the direction of what follows.
    let words = ["[UNK]"] + (1..<61).map { "w\($0)\u{1B}[2J\r\u{202E}\u{9B}\t\n." }
    let tokenizer: JSONValue = [
      "version": "1.0", "truncation": nil, "padding": nil, "added_tokens": [], "normalizer": nil,
      "pre_tokenizer": ["type": "Whitespace"], "post_processor": nil, "decoder": nil,
      "model": [
        "type": "WordLevel", "unk_token": "[UNK]",
        "vocab": .object(JSONObject(words.enumerated().map { ($1, .integer($0)) })),
      ],
    ]
    try folder.write(tokenizer.text, to: "tokenizer.json")
    let template = try folder.write(
      "{% for message in messages %}{{ message.content }} {% endfor %}", to: "talk.jinja")
    let chat = try Binary.succeed(
      ["chat", folder.path, "--template", template, "--max-new-tokens", "3"], in: folder,
      input: "hello\n")
    let scalars = Set(chat.output.unicodeScalars)
    #expect(scalars.isDisjoint(with: ["\u{1B}", "\r", "\u{202E}", "\u{9B}"]), "\(chat.output)")
    #expect(chat.output.contains(" [2J   \t\n."), "\(chat.output)")
  }

  @Test func `a tokenizer alone is found in the cache, and in a run that trains nothing`() throws {
    let folder = try TemporaryFolder()
    try folder.write("to be or not to be\n", to: "data.txt")
    let file = try folder.write(
      """
      stages:
        - ingest: {path: data.txt}
        - tokenize: {tokenizer: {bpe: {vocabulary: 300}}, max-length: 300}
      """, to: "words.yaml")
    let run = "\(folder.path)/words"
    try Binary.succeed(["run", file, "--out", run], in: folder)
    let arguments = ["tokenizer", "encode", "--tokenizer"]
    let line = "{\"text\": \"to be\"}\n"
    let expected = try Binary.succeed(
      arguments + ["\(run)/tokenizer/tokenizer.json"], in: folder, input: line)
    let ofRun = try Binary.succeed(arguments + [run], in: folder, input: line)
    #expect(ofRun.output == expected.output)
    try folder.write(
      String(decoding: FileReader.contents("\(run)/tokenizer/tokenizer.json"), as: UTF8.self),
      to: "cache/models/words-alone/tokenizer.json")
    let cached = try Binary.run(
      arguments + ["words-alone"], in: folder, input: line,
      environment: ["ANNEAL_CACHE": "\(folder.path)/cache"])
    #expect(cached.output == expected.output, "\(cached.errors)")
  }

  /// A run of two steps over a few instructions.
  private func instructionRun(in folder: TemporaryFolder) throws -> String {
    try folder.write(
      (0..<60).map { "{\"instruction\":\"Count to \($0).\",\"output\":\"One to \($0).\"}" }
        .joined(separator: "\n"), to: "data.jsonl")
    let file = try folder.write(
      """
      stages:
        - ingest: {path: data.jsonl}
        - tokenize: {tokenizer: {bpe: {vocabulary: 300}}, max-length: 300}
        - split: {train: 0.9, validation: 0, test: 0.1}
      train:
        model: scratch
        architecture: {gpt2: {layers: 1, width: 16, heads: 2, context: 300}}
        objective: causal
        max-steps: 2
      evaluate: [perplexity]
      """, to: "talk.yaml")
    try Binary.succeed(["run", file, "--out", "\(folder.path)/talk"], in: folder)
    return "\(folder.path)/talk"
  }

  @Test func `training is done again when the model, its words or a template changed`() throws {
    let folder = try TemporaryFolder()
    let model = try instructionRun(in: folder) + "/model"
    let template = "{% for message in messages %}{{ message.content }} {% endfor %}"
    try folder.write(template, to: "talk.jinja")
    let file = try folder.write(
      """
      stages:
        - ingest: {path: data.jsonl}
        - tokenize: {tokenizer: model, max-length: 300}
        - split: {train: 0.9, validation: 0, test: 0.1}
      train: {model: "\(model)", objective: {causal: {template: talk.jinja}}, max-steps: 1}
      evaluate: [perplexity]
      """, to: "again.yaml")
    func isReused() throws -> Bool {
      let run = ["run", file, "--out", "\(folder.path)/again", "--json"]
      let result = try Binary.succeed(run, in: folder)
      return try JSONValue.parse(Array(result.output.utf8))["reused"]?.bool == true
    }
    let first = try isReused()
    let second = try isReused()
    #expect([first, second] == [false, true])
    try folder.write(template + "\n", to: "talk.jinja")
    #expect(try !isReused(), "another template")
    try AtomicFile.write("{}".utf8, to: "\(model)/generation_config.json")
    #expect(try isReused(), "a file that training does not read")
    try AtomicFile.write("{}".utf8, to: "\(model)/pytorch_model.bin")
    #expect(try !isReused(), "other weights")
  }
}
