import Records
import Testing

/// What reading makes of an object, beyond that it can be written back.
struct SchemaReadTests {
  private func body(_ schema: Schema, _ text: String) throws -> RecordBody {
    try schema.read(try #require(try JSONValue.parse(text).object))
  }

  private func conversation(_ schema: Schema, _ text: String) throws -> [Message] {
    guard case .conversation(let turns) = try body(schema, text).content else {
      Issue.record("no conversation")
      return []
    }
    return turns.messages
  }

  @Test func `alpaca's system prompt, history, instruction and answer become turns in order`()
    throws
  {
    let messages = try conversation(
      .alpaca,
      #"{"instruction":"i","input":"n","output":"o","system":"s","history":[["q","r"]],"k":1}"#)
    #expect(
      messages == [
        Message(.system, "s"), Message(.user, "q"), Message(.assistant, "r"),
        Message(.user, "i", input: "n"), Message(.assistant, "o"),
      ])
  }

  @Test func `a missing answer is no turn, an empty one is`() throws {
    #expect(try conversation(.alpaca, #"{"instruction":"i"}"#).count == 1)
    #expect(try conversation(.alpaca, #"{"instruction":"i","output":""}"#).count == 2)
    #expect(try conversation(.alpaca, #"{"instruction":"i","output":null}"#).count == 1)
  }

  @Test func `speakers' names become roles`() throws {
    let names: [(String, Role)] = [
      ("human", .user), ("user", .user), ("gpt", .assistant), ("assistant", .assistant),
      ("chatgpt", .assistant), ("bing", .assistant), ("bard", .assistant), ("model", .assistant),
      ("function_call", .assistant), ("system", .system), ("observation", .tool), ("tool", .tool),
      ("Human", .user), ("USER", .user), ("GPT", .assistant), ("bot", .assistant),
      ("ai", .assistant),
      ("prompter", .user), ("tool_call", .assistant), ("tool_response", .tool),
    ]
    for (name, role) in names {
      let text = #"{"conversations":[{"from":"\#(name)","value":"v"}]}"#
      #expect(try conversation(.sharegpt, text).first?.role == role, "\(name)")
    }
  }

  @Test func `text parts are joined and other parts stand aside`() throws {
    let messages = try conversation(
      .messages,
      #"{"messages":[{"role":"assistant","content":[{"type":"reasoning","value":"hm"},"#
        + #"{"type":"text","text":"a"},{"type":"text","value":"b"}]}]}"#)
    #expect(messages.first?.content == "ab")
  }

  @Test func `a text of parts that a stage changes goes to its first part`() throws {
    var body = try body(
      .messages,
      #"{"messages":[{"role":"assistant","content":[{"type":"reasoning","value":"hm"},"#
        + #"{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}"#)
    guard case .conversation(var turns) = body.content else { return }
    turns.messages[0].content = "new"
    body.content = .conversation(turns)
    #expect(
      JSONValue.object(Schema.messages.write(body)).text
        == #"{"messages":[{"role":"assistant","content":[{"type":"reasoning","value":"hm"},"#
        + #"{"type":"text","text":"new"}]}]}"#)
  }

  @Test func `a change that Unicode calls none is written all the same`() throws {
    var body = try body(
      .messages, #"{"messages":[{"role":"user","content":[{"type":"text","text":"\u00e9"}]}]}"#)
    guard case .conversation(var turns) = body.content else { return }
    turns.messages[0].content = "e\u{301}"
    body.content = .conversation(turns)
    #expect(JSONValue.object(Schema.messages.write(body)).text.unicodeScalars.contains("\u{301}"))
  }

  @Test func `a turn that a stage gives to another speaker loses its old spelling`() throws {
    var body = try body(.sharegpt, #"{"conversations":[{"from":"chatgpt","value":"v"}]}"#)
    body.content = .conversation(Conversation([Message(.user, "v", attributes: ["from": "bing"])]))
    let written = JSONValue.object(Schema.sharegpt.write(body)).text
    #expect(written == #"{"conversations":[{"from":"human","value":"v"}]}"#)
  }

  @Test func `a preference has a prompt and two answers, however it is spelled`() throws {
    let texts: [(Schema, String)] = [
      (.preference, #"{"prompt":"p","chosen":"c","rejected":"r"}"#),
      (.alpacaPreference, #"{"instruction":"p","chosen":"c","rejected":"r"}"#),
      (
        .sharegptPreference,
        #"{"conversations":[{"from":"human","value":"p"}],"chosen":{"from":"gpt","value":"c"},"#
          + #""rejected":{"from":"gpt","value":"r"}}"#
      ),
    ]
    for (schema, text) in texts {
      guard case .preference(let pair) = try body(schema, text).content else {
        Issue.record("no preference in \(text)")
        continue
      }
      #expect(pair.prompt.messages.map { [$0.role.rawValue, $0.content] } == [["user", "p"]])
      #expect(pair.chosen.messages.map { [$0.role.rawValue, $0.content] } == [["assistant", "c"]])
      #expect(
        pair.rejected.messages.map { [$0.role.rawValue, $0.content] } == [["assistant", "r"]])
    }
  }

  @Test(
    arguments: [
      (Schema.alpaca, #"{"output":"o"}"#, "field 'instruction' is missing"),
      (.alpaca, #"{"instruction":1}"#, "field 'instruction' is a number, not a string"),
      (.alpaca, #"{"instruction":"i","input":[]}"#, "field 'input' is an array, not a string"),
      (
        .alpaca, #"{"instruction":"i","history":{}}"#,
        "field 'history' is an object, not a list of pairs"
      ),
      (
        .alpaca, #"{"instruction":"i","history":[["q","r"],["q"]]}"#,
        "field 'history[1]' is not a pair of question and answer"
      ),
      (.sharegpt, "{}", "field 'conversations' is missing"),
      (
        .sharegpt, #"{"conversations":"c"}"#,
        "field 'conversations' is a string, not a list of turns"
      ),
      (
        .sharegpt, #"{"conversations":["c"]}"#,
        "field 'conversations[0]' is a string, not an object"
      ),
      (
        .sharegpt, #"{"conversations":[{"value":"v"}]}"#, "field 'conversations[0].from' is missing"
      ),
      (
        .sharegpt, #"{"conversations":[{"from":"human"}]}"#,
        "field 'conversations[0].value' is missing"
      ),
      (.messages, #"{"messages":[{"role":"user"}]}"#, "field 'messages[0].content' is missing"),
      (
        .messages, #"{"messages":[{"role":"user","content":7}]}"#,
        "field 'messages[0].content' is a number, not a string"
      ),
      (
        .messages, #"{"messages":[{"role":"user","content":[{"type":"image_url"}]}]}"#,
        "field 'messages[0].content[0]' is a part that is not text"
      ),
      (
        .messages, #"{"messages":[{"role":"narrator","content":"c"}]}"#,
        "field 'messages[0].role' is 'narrator'; expected one of user, assistant, system, tool, "
          + "developer, function, model, ipython, tool_call, tool_response, "
          + "prompter, bot, ai"
      ),
      (.preference, #"{"chosen":"c"}"#, "field 'rejected' is missing"),
      (.text, #"{"text":null}"#, "field 'text' is null, not a string"),
    ] as [(Schema, String, String)])
  func `a fault names its field`(_ schema: Schema, _ text: String, _ message: String) throws {
    #expect {
      try body(schema, text)
    } throws: {
      "\($0)" == message
    }
  }
}
