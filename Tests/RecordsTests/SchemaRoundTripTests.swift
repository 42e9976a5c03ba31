import Records
import Testing

/// Objects as people's files have them, and the schema each is written in.
enum Samples {
  static let all: [(Schema, String)] = [
    (.alpaca, #"{"instruction":"a","input":"b","output":"c"}"#),
    (.alpaca, #"{"instruction":"a","input":"","output":""}"#),
    (.alpaca, #"{"output":"c","instruction":"a"}"#),
    (.alpaca, #"{"instruction":"a"}"#),
    (.alpaca, #"{"instruction":"a","input":null,"output":null,"system":null,"history":null}"#),
    (.alpaca, #"{"instruction":"a","output":"c","system":"s","history":[]}"#),
    (.alpaca, #"{"instruction":"a","output":"c","system":"","history":[["q","r"],["","t"]]}"#),
    (.alpaca, #"{"instruction":"a","output":"c","id":7,"tags":["x",{"y":1.50}],"label":null}"#),
    (.alpaca, #"{"instruction":"a","output":"c","label":["x","y"],"text":"t","prompt":"p"}"#),
    (.alpaca, #"{"instruction":"e\u0301","output":"\u00e9","anneal":{"id":"old"}}"#),
    (.dolly, #"{"instruction":"a","context":"b","response":"c","category":"open_qa"}"#),
    (.dolly, #"{"instruction":"a","context":null,"response":"c","system":"mine","input":"too"}"#),
    (.completion, #"{"prompt":"a","completion":" b","input":"kept"}"#),
    (.questionAnswer, #"{"question":"q","answer":"a","label":2}"#),
    (.questionAnswer, #"{"question":"q","answer":null}"#),
    (.sharegpt, #"{"conversations":[{"from":"human","value":"a"},{"from":"gpt","value":"b"}]}"#),
    (.sharegpt, #"{"id":"1","system":"s","tools":"[]","conversations":[]}"#),
    (
      .sharegpt,
      #"{"conversations":[{"from":"system","value":""},{"from":"user","value":"b","weight":0},"#
        + #"{"from":"chatgpt","value":"c"},{"from":"bing","value":"d"},{"from":"bard","value":"e"},"#
        + #"{"from":"assistant","value":"f"},{"from":"function_call","value":"{}"},"#
        + #"{"from":"observation","value":"{}"},{"from":"tool","value":"t"},"#
        + #"{"from":"function_response","value":"u"},{"from":"model","value":"v"}]}"#
    ),
    (.sharegpt, #"{"conversations":[{"role":"user","content":"a"},{"from":"gpt","value":"b"}]}"#),
    (
      .messages,
      #"{"messages":[{"role":"system","content":"s"},{"role":"user","content":"a","name":"n"},"#
        + #"{"content":"b","role":"assistant","weight":0.50}],"tools":[{"type":"function"}]}"#
    ),
    (
      .messages,
      #"{"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"1"}]},"#
        + #"{"role":"assistant","tool_calls":[{"id":"2","function":{"arguments":"{}"}}]},"#
        + #"{"role":"assistant","content":"","tool_calls":[]},"#
        + #"{"role":"tool","tool_call_id":"1","content":"r"},"#
        + #"{"role":"function","name":"f","content":"r"},{"role":"developer","content":"d"}]}"#
    ),
    (
      .messages,
      #"{"messages":[{"role":"user","content":[{"type":"text","text":"a"},"#
        + #"{"type":"text","text":"b","cache":true}]},{"role":"assistant","content":[]},"#
        + #"{"role":"assistant","content":[{"type":"reasoning","value":"r"},"#
        + #"{"type":"text","value":"v"},{"type":"tool_call","value":"{}"}]}]}"#
    ),
    (.messages, #"{"messages":[{"role":"user","content":"a","input":"i"}],"label":true}"#),
    (.messages, #"{"messages":[{"from":"human","value":"a"},{"from":"gpt","value":"b"}]}"#),
    (.messages, #"{"messages":[]}"#),
    (.preference, #"{"prompt":"p","chosen":"c","rejected":"r","score":0.9}"#),
    (.preference, #"{"chosen":"c","rejected":"r"}"#),
    (.preference, #"{"prompt":null,"chosen":"","rejected":""}"#),
    (.preference, #"{"prompt":[],"chosen":[],"rejected":[]}"#),
    (.preference, #"{"prompt":"","chosen":{"role":"assistant","content":"c"},"rejected":"r"}"#),
    (
      .preference,
      #"{"prompt":[{"role":"user","content":"a"}],"chosen":[{"role":"assistant","content":"b"}],"#
        + #""rejected":[{"role":"user","content":"a"},{"role":"assistant","content":"c"}],"#
        + #""messages":[{"role":"user","content":"a"}]}"#
    ),
    (.alpacaPreference, #"{"instruction":"a","input":"b","chosen":"c","rejected":"r"}"#),
    (
      .alpacaPreference,
      #"{"instruction":"a","system":"s","history":[["q","r"]],"chosen":"c","rejected":"r","x":1}"#
    ),
    (
      .sharegptPreference,
      #"{"conversations":[{"from":"human","value":"a"}],"chosen":{"from":"gpt","value":"c"},"#
        + #""rejected":{"from":"gpt","value":"r"}}"#
    ),
    (.sharegpt, #"{"system":"s","conversations":[{"from":"human","value":"a"}],"tools":"[]"}"#),
    (.sharegpt, #"{"system":["s"],"conversations":[{"from":"system","value":"a"}]}"#),
    (
      .sharegpt,
      #"{"system":"s","conversations":[{"from":"system","value":"t"},{"from":"human","value":"a"}]}"#
    ),
    (.completion, #"{"prompt":"a","completion":null}"#),
    (
      .completion,
      #"{"prompt":[{"role":"user","content":"a"}],"completion":[{"role":"assistant","content":"b"}]}"#
    ),
    (
      .completion,
      #"{"prompt":"a","completion":[{"role":"assistant","content":"b","weight":1},"#
        + #"{"role":"user","content":"c"},{"role":"assistant","content":"d"}],"id":1}"#
    ),
    (.completion, #"{"prompt":{"role":"user","content":"a"},"completion":"b"}"#),
    (.completion, #"{"prompt":[],"completion":{"role":"assistant","content":"b"}}"#),
    (.kto, #"{"prompt":"a","completion":"b","label":true}"#),
    (
      .kto,
      #"{"prompt":[{"role":"user","content":"a"}],"completion":[{"role":"assistant","content":"b"}],"#
        + #""label":false,"x":null}"#
    ),
    (.alpacaKTO, #"{"instruction":"a","input":"b","output":"c","kto_tag":true,"label":3}"#),
    (.alpacaKTO, #"{"instruction":"a","output":"c","system":"s","kto_tag":false}"#),
    (
      .sharegptKTO,
      #"{"conversations":[{"from":"human","value":"a"},{"from":"gpt","value":"b"}],"kto_tag":false}"#
    ),
    (.messagesKTO, #"{"messages":[{"role":"user","content":"a"}],"kto_tag":true,"label":"x"}"#),
    (.pair, #"{"anchor":"a","positive":"b","label":1}"#), (.pair, #"{"anchor":"","positive":""}"#),
    (.triplet, #"{"anchor":"a","positive":"b","negative":"c","id":7}"#),
    (.sentencePair, #"{"sentence1":"a","sentence2":"b","label":0,"idx":4}"#),
    (.sentencePair, #"{"sentence1":"a","sentence2":"b"}"#),
    (.scoredPair, #"{"sentence1":"a","sentence2":"b","score":3.80}"#),
    (.reward, #"{"prompt":"a","response":"b","reward":-0.25,"label":"kept"}"#),
    (.ranking, #"{"prompt":"a","responses":["b","","c"],"scores":[1,0.5,null]}"#),
    (.ranking, #"{"prompt":"a","responses":[],"scores":[]}"#),
    (.stepwise, #"{"prompt":"a","completions":["b","c"],"labels":[true,false],"x":1}"#),
    (
      .segments,
      #"{"segments":[{"label":false,"text":"<s>q"},{"text":"a</s>","label":true,"n":1}],"id":2}"#
    ),
    (.text, #"{"text":"t"}"#), (.text, #"{"text":"","label":"cardiology","file":"f"}"#),
    (.text, #"{"text":"t","label":3}"#), (.text, #"{"text":"t","label":3.50}"#),
    (.text, #"{"text":"t","label":false}"#), (.text, #"{"text":"t","label":null}"#),
    (.text, #"{"text":"t","label":{"a":1},"question":"q"}"#),
  ]
}

struct SchemaRoundTripTests {
  @Test(arguments: Samples.all)
  func `a sample is detected, and what is read is written back`(
    _ schema: Schema, _ text: String
  ) throws {
    let object = try #require(try JSONValue.parse(text).object)
    #expect(Schema.detect(object) == schema)
    let body = try schema.read(object)
    #expect(schema.write(body) == object, "\(JSONValue.object(schema.write(body)).text)")
    #expect(try schema.read(schema.write(body)) == body)
  }

  @Test(arguments: Samples.all)
  func `a sample's record is the same after it was written and read, and again`(
    _ schema: Schema, _ text: String
  ) throws {
    let object = try #require(try JSONValue.parse(text).object)
    let body = try schema.read(object)
    let record = Record(
      id: "f:1", source: Source(file: "f", line: 1), content: body.content, label: body.label,
      schema: schema, metadata: body.metadata)
    let bytes = JSONValue.object(record.object).bytes
    let again = try Record(object: try #require(try JSONValue.parse(bytes).object))
    #expect(again.content == record.content)
    #expect(again.label == record.label)
    #expect(again.metadata == record.metadata)
    #expect(again == record)
    #expect(JSONValue.object(again.object).bytes == bytes)
  }

  @Test func `every schema has samples`() {
    #expect(Set(Samples.all.map(\.0)) == Set(Schema.allCases))
  }

  @Test func `objects of no schema are not guessed at`() throws {
    for text in [
      "{}", #"{"a":1}"#, #"{"text":1}"#, #"{"messages":"m"}"#, #"{"question":"q"}"#,
      #"{"prompt":"p"}"#, #"{"messages":null,"conversations":null}"#, #"{"anchor":"a"}"#,
      #"{"prompt":"p","responses":["a"]}"#, #"{"chosen":"c"}"#, #"{"conversations":{}}"#,
    ] {
      let object = try #require(try JSONValue.parse(text).object)
      #expect(Schema.detect(object) == nil, "\(text)")
    }
  }
}
