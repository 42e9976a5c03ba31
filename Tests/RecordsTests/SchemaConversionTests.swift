import Records
import Testing

/// Records written in another schema than they were read in.
struct SchemaConversionTests {
  private func convert(_ text: String, to target: Schema) throws -> SchemaConversion {
    let object = try #require(try JSONValue.parse(text).object)
    let source = try #require(Schema.detect(object))
    return target.convert(try source.read(object), from: source)
  }

  /// What is written, and that nothing is lost.
  private func lossless(_ text: String, to target: Schema) throws -> String {
    let made = try convert(text, to: target)
    #expect(made.losses.isEmpty, "\(made.losses)")
    return JSONValue.object(made.object).text
  }

  @Test(arguments: Samples.all)
  func `a sample is written whole in its own schema`(_ schema: Schema, _ text: String) throws {
    let object = try #require(try JSONValue.parse(text).object)
    let made = schema.convert(try schema.read(object), from: schema)
    #expect(made.object == object && made.losses.isEmpty)
  }

  @Test(arguments: Samples.all)
  func `a sample is written in every schema whole, or with a word on what is lost`(
    _ schema: Schema, _ text: String
  ) throws {
    let object = try #require(try JSONValue.parse(text).object)
    let body = try schema.read(object)
    for target in Schema.allCases {
      let made = target.convert(body, from: schema)
      guard made.losses.isEmpty, target != schema else { continue }
      // What is whole can be read again, and says the same texts.
      let again = try target.read(made.object)
      #expect(texts(again.content) == texts(body.content), "\(schema) \(target)")
      #expect(again.label?.value == body.label?.value || body.label == nil, "\(schema) \(target)")
    }
  }

  /// All texts one after the other, borders aside; calls of functions are spelled in two ways.
  private func texts(_ content: Content) -> String {
    let parts: [Message]
    switch content {
    case .text(let text): return text
    case .conversation(let turns): parts = turns.messages
    case .preference(let pair):
      let hasPrompt = !pair.prompt.messages.isEmpty
      // Without a prompt both answers begin with it.
      let shared =
        hasPrompt
        ? 0
        : zip(pair.chosen.messages, pair.rejected.messages).prefix { $0.content == $1.content }
          .count
      parts =
        pair.prompt.messages + pair.chosen.messages
        + pair.rejected.messages.dropFirst(
          min(shared, max(0, pair.rejected.messages.count - 1)))
    }
    let plain = parts.filter {
      $0.attributes["tool_calls"] == nil && $0.attributes["from"] != "function_call"
    }
    return plain.flatMap { [$0.content, $0.input ?? ""] }.filter { !$0.isEmpty }
      .joined(separator: "\n")
  }

  @Test func `alpaca becomes messages and ShareGPT, and these alpaca again`() throws {
    let alpaca =
      #"{"instruction":"a","output":"c","system":"s","history":[["q","r"]],"id":7,"label":"l"}"#
    let messages = try lossless(alpaca, to: .messages)
    #expect(
      messages
        == #"{"messages":[{"role":"system","content":"s"},{"role":"user","content":"q"},"#
        + #"{"role":"assistant","content":"r"},{"role":"user","content":"a"},"#
        + #"{"role":"assistant","content":"c"}],"label":"l","id":7}"#)
    let sharegpt = try lossless(messages, to: .sharegpt)
    let again = try JSONValue.parse(try lossless(sharegpt, to: .alpaca))
    #expect(again == (try JSONValue.parse(alpaca)))
  }

  @Test func `an instruction and its input are one text where there is one place`() throws {
    let text = #"{"instruction":"a","input":"b","output":"c"}"#
    #expect(
      try lossless(text, to: .messages)
        == #"{"messages":[{"role":"user","content":"a\nb"},{"role":"assistant","content":"c"}]}"#)
    #expect(
      try lossless(text, to: .completion) == #"{"prompt":"a\nb","completion":"c"}"#)
    #expect(
      try lossless(text, to: .dolly) == #"{"instruction":"a","context":"b","response":"c"}"#)
  }

  @Test func `calls of functions and tools are spelled as the other schema has them`() throws {
    let sharegpt =
      #"{"conversations":[{"from":"human","value":"w?"},"#
      + #"{"from":"function_call","value":"{\"name\":\"f\",\"arguments\":{\"x\":1}}"},"#
      + #"{"from":"observation","value":"7"},{"from":"gpt","value":"It is 7."}],"#
      + #""tools":"[{\"name\":\"f\"}]"}"#
    let messages = try lossless(sharegpt, to: .messages)
    #expect(
      messages
        == #"{"messages":[{"role":"user","content":"w?"},{"role":"assistant","content":null,"#
        + #""tool_calls":[{"type":"function","function":{"name":"f","arguments":"{\"x\":1}"}}]},"#
        + #"{"role":"tool","content":"7"},{"role":"assistant","content":"It is 7."}],"#
        + #""tools":[{"name":"f"}]}"#)
    let again = try JSONValue.parse(try lossless(messages, to: .sharegpt))
    // The calls themselves travel along, with whatever ids they have.
    #expect(
      again["conversations"]?.array?[1]["value"]?.string == #"{"name":"f","arguments":{"x":1}}"#)
    #expect(again["conversations"]?.array?[1]["from"] == "function_call")
    #expect(again["tools"] == .string(#"[{"name":"f"}]"#))
    #expect(try lossless(again.text, to: .messages) == messages)
  }

  @Test func `a preference takes every shape`() throws {
    let plain = #"{"prompt":"p","chosen":"c","rejected":"r"}"#
    #expect(
      try lossless(plain, to: .alpacaPreference)
        == #"{"instruction":"p","chosen":"c","rejected":"r"}"#)
    #expect(
      try lossless(plain, to: .sharegptPreference)
        == #"{"conversations":[{"from":"human","value":"p"}],"#
        + #""chosen":{"from":"gpt","value":"c"},"rejected":{"from":"gpt","value":"r"}}"#)
    #expect(try lossless(plain, to: .triplet) == #"{"anchor":"p","positive":"c","negative":"r"}"#)
    let whole =
      #"{"chosen":[{"role":"user","content":"p"},{"role":"assistant","content":"c"}],"#
      + #""rejected":[{"role":"user","content":"p"},{"role":"assistant","content":"r"}]}"#
    #expect(
      try lossless(whole, to: .alpacaPreference)
        == #"{"instruction":"p","chosen":"c","rejected":"r"}"#)
    let back = try lossless(
      #"{"conversations":[{"from":"human","value":"p"}],"chosen":{"from":"gpt","value":"c"},"#
        + #""rejected":{"from":"gpt","value":"r"}}"#, to: .preference)
    #expect(
      back
        == #"{"prompt":[{"role":"user","content":"p"}],"chosen":[{"role":"assistant","content":"c"}],"#
        + #""rejected":[{"role":"assistant","content":"r"}]}"#)
  }

  @Test func `KTO keeps its label under the target's key`() throws {
    let text = #"{"prompt":"a","completion":"b","label":true}"#
    #expect(
      try lossless(text, to: .alpacaKTO) == #"{"instruction":"a","output":"b","kto_tag":true}"#)
    #expect(
      try lossless(text, to: .messagesKTO)
        == #"{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"#
        + #""kto_tag":true}"#)
  }

  @Test(
    arguments: [
      (#"{"text":"t"}"#, .messages, "a text without turns"),
      (#"{"prompt":"p","chosen":"c","rejected":"r"}"#, .messages, "the rejected answer"),
      (
        #"{"instruction":"a","output":"b"}"#, .preference,
        "a conversation without a rejected answer"
      ),
      (
        #"{"messages":[{"role":"user","content":"a","weight":1}]}"#, .alpaca,
        "the attribute 'weight' of a turn"
      ),
      (
        #"{"instruction":"a","output":"c","history":[["q","r"]]}"#, .dolly,
        "turns beside one question and its answer"
      ),
      (#"{"instruction":"a","output":"c"}"#, .text, "who says what"),
      (
        #"{"prompt":"a","completion":"c","instruction2":"i","output":5}"#, .alpaca,
        "the field 'output', which it would read as its own"
      ),
    ] as [(String, Schema, String)])
  func `a loss is named`(_ text: String, _ target: Schema, _ loss: String) throws {
    #expect(try convert(text, to: target).losses == [loss])
  }

  @Test
  func `random conversations go through ShareGPT, completion and messages unchanged, 300 times`()
    throws
  {
    for index in 0..<300 {
      var random = CounterRandom(seed: 9, purpose: "conversion", record: "\(index)")
      let turns = (0..<1 + random.below(5)).map { _ in
        Message(Role.allCases[random.below(4)], JSONWriterTests.text(&random))
      }
      let body = RecordBody(
        content: .conversation(Conversation(turns)), label: random.below(2) == 0 ? Label("l") : nil,
        metadata: ["id": .integer(index)])
      let messages = Schema.messages.convert(body, from: .messages)
      for schema in [Schema.sharegpt, .messagesKTO, .sharegptKTO] {
        let there = schema.convert(body, from: .messages)
        #expect(there.losses.isEmpty)
        let back = Schema.messages.convert(try schema.read(there.object), from: schema)
        #expect(back.object == messages.object && back.losses.isEmpty)
      }
    }
  }

  @Test func `keys that fit two forms are said to be ambiguous`() throws {
    func rivals(_ text: String) throws -> [Schema] {
      Schema.rivals(in: try #require(try JSONValue.parse(text).object))
    }
    #expect(try rivals(#"{"messages":[],"conversations":[]}"#) == [.messages, .sharegpt])
    #expect(
      try rivals(#"{"messages":[],"instruction":"a","output":"b"}"#) == [.messages, .alpaca])
    #expect(try rivals(#"{"messages":[],"instruction":"a"}"#).isEmpty)
    #expect(try rivals(#"{"messages":[],"conversations":null,"text":"t"}"#).isEmpty)
    #expect(try rivals(#"{"instruction":"a","output":"b","text":"t","prompt":"p"}"#).isEmpty)
    #expect(try rivals(#"{"prompt":"p","chosen":"c","rejected":"r","messages":[]}"#).isEmpty)
  }
}
