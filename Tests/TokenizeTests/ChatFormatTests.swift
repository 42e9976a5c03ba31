import Records
import Stages
import TestSupport
import Testing
import Tokenize

/// Conversations as tokens, and their turns.
struct ChatFormatTests {
  /// A template of the fixture, over a tokenizer of the reference data.
  private func format(
    _ tokenizer: String, _ name: String, bos: JSONValue? = nil, eos: JSONValue? = nil
  ) throws -> (ChatFormat, Tokenizer) {
    let templates = try Fixture.load("Chat/templates")["templates"]?.array ?? []
    let template = try #require(templates.first { $0["name"]?.string == name })
    let folder = try TemporaryFolder()
    let bytes = try Shared.contents("golden/tokenizers/\(tokenizer).tokenizer.json.gz")
    try AtomicFile.write(bytes, to: "\(folder.path)/tokenizer.json")
    var configuration: JSONObject = ["chat_template": template["source"] ?? nil]
    for (key, value) in [("bos_token", bos), ("eos_token", eos)] {
      configuration[key] = value ?? template["variables"]?[key]
    }
    try folder.write(JSONValue.object(configuration).text, to: "tokenizer_config.json")
    let loaded = try Tokenizer.load(folder.path)
    return (try #require(try ChatFormat.own(of: loaded)), loaded)
  }

  private func conversation(_ json: JSONValue?) throws -> (Conversation, [JSONValue]?) {
    let body = try Schema.messages.read(json?.object ?? [:])
    guard case .conversation(let conversation) = body.content else {
      Issue.record("no conversation")
      return (Conversation(), nil)
    }
    return (conversation, json?["tools"]?.array)
  }

  @Test(.enabled(if: Shared.exists))
  func `tokens are those of apply_chat_template, special ones in messages are text`() throws {
    let conversations = try #require(try Fixture.load("Chat/templates")["conversations"]?.object)
    let sets = try #require(try Fixture.load("Chat/tokens")["sets"]?.array)
    #expect(sets.count == 8)
    for set in sets {
      let (name, template) = (set["tokenizer"]?.string ?? "", set["template"]?.string ?? "")
      let (format, _) = try format(
        name, template, bos: set["bos_token"], eos: set["eos_token"])
      for item in set["cases"]?.array ?? [] {
        let key = try #require(item["conversation"]?.string)
        // Transformers refuses an empty list before any template sees it.
        guard key != "no messages" else { continue }
        let (conversation, tools) = try conversation(conversations[key])
        let place = "\(name), \(template), \(key)"
        let ids = try? format.tokens(of: conversation, tools: tools).ids
        #expect(ids == item["ids"]?.array.map { _ in item["ids"]?.integers ?? [] }, "\(place)")
        let prompt = try? format.prompt(conversation, tools: tools)
        #expect(
          prompt == item["prompt"]?.array.map { _ in item["prompt"]?.integers ?? [] }, "\(place)")
      }
    }
  }

  @Test(.enabled(if: Shared.exists))
  func `speakers reach templates by the names that these know`() throws {
    let set = try #require(try Fixture.load("Chat/tokens")["sets"]?.array?.first)
    let (format, _) = try format(
      set["tokenizer"]?.string ?? "", set["template"]?.string ?? "", bos: set["bos_token"],
      eos: set["eos_token"])
    func ids(_ system: String, _ user: String, _ assistant: String) throws -> [Int32] {
      let turns = zip([system, user, assistant], ["S", "A", "B"]).map { role, text -> JSONValue in
        ["role": .string(role), "content": .string(text)]
      }
      return try format.tokens(of: conversation(["messages": .array(turns)]).0).ids
    }
    let expected = try ids("system", "user", "assistant")
    #expect(try ids("System", "USER", "bot") == expected)
    #expect(try ids("system", "prompter", "model") == expected)
  }

  @Test(.enabled(if: Shared.exists))
  func `each of two hundred turns is found`() throws {
    let set = try #require(try Fixture.load("Chat/tokens")["sets"]?.array?.first)
    let (format, tokenizer) = try format(
      set["tokenizer"]?.string ?? "", set["template"]?.string ?? "", bos: set["bos_token"],
      eos: set["eos_token"])
    func text(_ index: Int) -> String { "text \(index)" + String(repeating: " more", count: index) }
    let messages = (0..<200).map {
      Message($0.isMultiple(of: 2) ? .user : .assistant, text($0))
    }
    let end = try #require(format.end?.text)
    let turns = try turns(format, tokenizer, Conversation(messages))
    let (found, expected) = (turns.map { $0.0 }, (0..<200).map { text($0) + end })
    #expect(found == expected)
    #expect(turns.count { $0.hasEnd } == 200)
  }

  /// The text of each turn's tokens.
  private func turns(
    _ format: ChatFormat, _ tokenizer: Tokenizer, _ conversation: Conversation,
    tools: [JSONValue]? = nil
  ) throws -> [(String, isAnswer: Bool, hasEnd: Bool)] {
    let example = try format.tokens(of: conversation, tools: tools)
    return example.turns.map { turn in
      (
        tokenizer.decode(Array(example.ids[turn.range]), skipSpecialTokens: false), turn.isAnswer,
        turn.hasEnd
      )
    }
  }

  private static let talk = Conversation([
    Message(.system, "Be brief."), Message(.user, "One?"), Message(.assistant, "Two, three."),
    Message(.user, "Four?"), Message(.assistant, "Five."),
  ])

  @Test(
    .enabled(if: Shared.exists),
    arguments: [
      ("llama3", "llama-3 manner", "Two, three.<|eot_id|>", "Five.<|eot_id|>"),
      ("llama3", "llama-3.1 manner", "Two, three.<|eot_id|>", "Five.<|eot_id|>"),
      ("llama3", "named llama3", "Two, three.<|eot_id|>", "Five.<|eot_id|>"),
      ("qwen2like", "chatml manner", "Two, three.<|im_end|>", "Five.<|im_end|>"),
      ("qwen2like", "chatml with generation", "Two, three.<|im_end|>", "Five.<|im_end|>"),
      ("qwen2like", "qwen-2.5 manner", "Two, three.<|im_end|>", "Five.<|im_end|>"),
      ("qwen2like", "named qwen", "Two, three.<|im_end|>", "Five.<|im_end|>"),
      (
        "qwen2like", "qwen-3 manner", "Two, three.<|im_end|>",
        "<think>\n\n</think>\n\nFive.<|im_end|>"
      ),
      ("phi-3", "phi-3 manner", "Two, three.<|end|>", "Five.<|end|>"),
      ("phi-3", "llama-2 manner", "Two, three. </s>", "Five. </s>"),
      ("phi-3", "mistral v3 manner", "Two, three.</s>", "Five.</s>"),
      ("phi-3", "named mistral", "Two, three.</s>", "Five.</s>"),
      ("phi-3", "vicuna manner", "Two, three.</s>", "Five.</s>"),
      ("phi-3", "named vicuna", "Two, three.</s>", "Five.</s>"),
      ("phi-3", "zephyr manner", "Two, three.</s>", "Five.</s>"),
      ("phi-3", "named zephyr", "Two, three.</s>", "Five.</s>"),
      ("phi-3", "named deepseek", "Two, three.</s>", "Five.</s>"),
      ("phi-3", "olmo manner", "Two, three.<|endoftext|>", "Five.<|endoftext|>"),
      // Tokens that this tokenizer lacks are written as text, and found all the same.
      ("phi-3", "named chatml", "Two, three.<|im_end|>", "Five.<|im_end|>"),
      ("phi-3", "named gemma", "Two, three.<end_of_turn>", "Five.<end_of_turn>"),
    ])
  func `an answer is what the model writes, with its end`(
    tokenizer name: String, template: String, first: String, second: String
  ) throws {
    var (format, tokenizer) = try format(name, template)
    if template.hasPrefix("named "),
      let named = try ChatTemplate.named(String(template.dropFirst(6)))
    {
      format = ChatFormat(named, tokenizer)
    }
    let all = try turns(format, tokenizer, Self.talk)
    let answers = all.filter(\.isAnswer)
    #expect(
      answers.map { $0.0.filter { $0 != " " } } == [first, second].map { $0.filter { $0 != " " } })
    #expect(answers.map(\.hasEnd) == [true, true])
    // This one writes the system prompt before the last question, and only where nothing follows.
    guard template != "mistral v3 manner" else { return }
    // What is asked is what stands before the answer in training: nothing is learned twice or missed.
    let example = try format.tokens(of: Self.talk)
    let last = try #require(example.turns.last)
    let asked = try format.prompt(Conversation(Array(Self.talk.messages.dropLast())))
    #expect(
      Array(example.ids[..<last.range.lowerBound]).starts(with: asked.prefix(asked.count - 1)))
    #expect(
      try #require(format.end).text
        == (answers.last?.0).map { String($0.suffix(format.end?.text.count ?? 0)) })
  }

  @Test(.enabled(if: Shared.exists))
  func `calls of tools are learned, their results are not`() throws {
    let conversations = try #require(try Fixture.load("Chat/templates")["conversations"]?.object)
    let (talk, tools) = try conversation(conversations["calls"])
    for (name, template, call) in [
      (
        "llama3", "llama-3.1 manner",
        "{\"name\": \"weather\", \"parameters\": {\"place\": \"Zürich\", \"days\": 2, \"x\": 1.5}}<|eot_id|>"
      ),
      (
        "qwen2like", "qwen-3 manner",
        "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"place\": \"Zürich\", \"days\": 2, \"x\": 1.5}}\n</tool_call><|im_end|>"
      ),
    ] {
      let (format, tokenizer) = try format(name, template)
      let answers = try turns(format, tokenizer, talk, tools: tools).filter(\.isAnswer)
      #expect(answers.map(\.0).first == call)
      #expect(answers.last?.0.hasPrefix("It is 21 °C.") == true)
      #expect(answers.count == 2)
    }
  }

  // MARK: - What is learned

  /// A template over a tokenizer of the reference data.
  private func format(
    _ tokenizer: String, source: String, bos: String? = nil, eos: String
  ) throws -> (ChatFormat, Tokenizer) {
    let folder = try TemporaryFolder()
    let bytes = try Shared.contents("golden/tokenizers/\(tokenizer).tokenizer.json.gz")
    try AtomicFile.write(bytes, to: "\(folder.path)/tokenizer.json")
    var configuration: JSONObject = ["eos_token": .string(eos)]
    configuration["bos_token"] = bos.map { .string($0) }
    try folder.write(JSONValue.object(configuration).text, to: "tokenizer_config.json")
    let loaded = try Tokenizer.load(folder.path)
    return (ChatFormat(try ChatTemplate(source), loaded), loaded)
  }

  private func learned(_ example: ChatExample) -> [Int] {
    Set(example.turns.filter(\.isAnswer).flatMap { example.learned(of: $0) }).sorted()
  }

  @Test(.enabled(if: Shared.exists))
  func `learned is what a template marks, as transformers masks it, and every end`() throws {
    let sets = try #require(try Fixture.load("Chat/masks")["sets"]?.array)
    #expect(sets.count == 9)
    // Four of the templates mark what is an answer without marks too.
    #expect(sets.count { $0["unmarked"]?.string != nil } == 4)
    for set in sets {
      for key in ["template", "unmarked"] {
        guard let source = set[key]?.string else { continue }
        let (format, _) = try format("qwen2like", source: source, eos: "<|im_end|>")
        for item in set["cases"]?.array ?? [] {
          let (conversation, _) = try conversation(item)
          let example = try format.tokens(of: conversation)
          #expect(example.ids == item["ids"]?.integers)
          let mask = item["learned"]?.integers ?? []
          #expect(
            learned(example) == mask.indices.filter { mask[$0] == 1 },
            "\(set["marks"]?.text ?? ""), \(key): \(item["messages"]?.text ?? "")")
        }
      }
    }
  }

  @Test(.enabled(if: Shared.exists))
  func `blanks without offsets and empty answers are learned too`() throws {
    let source = """
      {%- for m in messages %}{%- if m.role == 'assistant' %}{{- 'Bot:' }}{% generation %}\
      {{- ' ' ~ m.content }}{% endgeneration %}{{- eos_token }}\
      {%- else %}{{- 'Human: ' ~ m.content ~ '\\n' }}{%- endif %}{%- endfor %}\
      {%- if add_generation_prompt %}{{- 'Bot:' }}{%- endif %}
      """
    // RoBERTa's tokens of blanks alone have no offsets.
    let (format, _) = try format("roberta", source: source, bos: "<s>", eos: "</s>")
    for answer in ["  spaced  ", "", " ", "a"] {
      let talk = Conversation([
        Message(.user, "Hi"), Message(.assistant, answer), Message(.user, "x"),
        Message(.assistant, "y"),
      ])
      let example = try format.tokens(of: talk)
      let turn = try #require(example.turns.first { $0.isAnswer })
      #expect(example.learned(of: turn) == Array(turn.range), "'\(answer)'")
      #expect(example.ids[turn.range.upperBound - 1] == 2)
      let question = try #require(example.turns.first)
      #expect(turn.range.lowerBound == question.range.upperBound + 3, "\n, Bot and :")
    }
  }

  @Test(.enabled(if: Shared.exists))
  func `speakers by the names of data sets are the template's user and assistant`() throws {
    let (format, _) = try format("qwen2like", "chatml manner")
    let usual = try format.tokens(of: Self.talk)
    for (user, assistant) in [("human", "gpt"), ("user", "model"), ("user", "chatgpt")] {
      let turns = Self.talk.messages.map { message -> JSONValue in
        let name = ["user": user, "assistant": assistant][message.role.rawValue]
        return [
          "role": .string(name ?? message.role.rawValue), "content": .string(message.content),
        ]
      }
      let (talk, _) = try conversation(["messages": .array(turns)])
      let example = try format.tokens(of: talk)
      #expect(example.ids == usual.ids)
      #expect(example.turns == usual.turns)
    }
  }

  @Test(
    .enabled(if: Shared.exists),
    arguments: [
      // This one's </s> is a token only at the beginning of a text.
      ("llama2", "named mistral", nil, "</s>"), ("phi-3", "phi-3 manner", 32_007, "<|end|>"),
      ("phi-3", "named zephyr", 32_000, "<|endoftext|>"),
      ("phi-3", "named gemma", nil, "<end_of_turn>"),
    ] as [(String, String, Int32?, String)])
  func `what ends an answer is a token where answers end with one`(
    tokenizer: String, template: String, id: Int32?, text: String
  ) throws {
    let (own, loaded) = try format(
      tokenizer, template, bos: "<s>", eos: tokenizer == "llama2" ? "</s>" : "<|endoftext|>")
    let named = try ChatTemplate.named(String(template.dropFirst(6)))
    let format = named.map { ChatFormat($0, loaded) } ?? own
    let end = try #require(format.end)
    #expect(end.text == text)
    #expect(end.id == id)
  }

  @Test func `a tokenizer brings its template in one of three ways`() throws {
    let plain = "\(Shared.project)/Tests/Fixtures/Models/tiny-gpt2/tokenizer.json"
    func own(_ files: [String: String], hasTools: Bool = false) throws -> ChatTemplate? {
      let folder = try TemporaryFolder()
      let json = Folders.exists(plain) ? try FileReader.contents(plain) : Array(Self.small.utf8)
      try AtomicFile.write(json, to: "\(folder.path)/tokenizer.json")
      for (name, text) in files { try folder.write(text, to: name) }
      let tokenizer = try Tokenizer.load(folder.path)
      // What is saved says the same.
      try tokenizer.save(to: "\(folder.path)/saved")
      let again = try Tokenizer.load("\(folder.path)/saved").chatTemplate(hasTools: hasTools)
      let template = try tokenizer.chatTemplate(hasTools: hasTools)
      #expect(again?.source == template?.source)
      return template
    }
    #expect(try own([:]) == nil)
    #expect(try own(["tokenizer_config.json": #"{"chat_template": "A"}"#])?.source == "A")
    let list =
      #"{"chat_template": [{"name": "default", "template": "D"}, {"name": "tool_use", "template": "T"}]}"#
    #expect(try own(["tokenizer_config.json": list])?.source == "D")
    #expect(try own(["tokenizer_config.json": list], hasTools: true)?.source == "T")
    #expect(
      try own(["tokenizer_config.json": list, "chat_template.jinja": "J"])?.source == "J")
    let error = #expect(throws: ChatTemplateError.self) {
      try own(["chat_template.jinja": "x\n{{ (1 }}"])
    }
    #expect(error?.template == "chat_template.jinja")
    #expect(error?.line == 2)
  }

  /// A tokenizer of a few words.
  private static let small = """
    {"version": "1.0", "added_tokens": [], "normalizer": null, "pre_tokenizer": {"type": "Whitespace"},
     "post_processor": null, "decoder": null,
     "model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "a": 1}, "unk_token": "[UNK]"}}
    """
}
