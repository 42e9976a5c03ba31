import Records
import Testing

/// Records that stages have changed must reach the next stage as they are.
struct RecordCodingTests {
  private func expectSame(
    _ record: Record, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let bytes = JSONValue.object(record.object).bytes
    let again = try Record(object: try #require(try JSONValue.parse(bytes).object))
    #expect(again == record, sourceLocation: sourceLocation)
    #expect(JSONValue.object(again.object).bytes == bytes, sourceLocation: sourceLocation)
    var written: [UInt8] = []
    record.write(to: &written)
    #expect(written == bytes, sourceLocation: sourceLocation)
    // Lines of most forms are read without a parser's tree; the record is the same.
    #expect(try Record(json: bytes[...]) == record, sourceLocation: sourceLocation)
    guard let own = Record(provenanceOf: bytes[...]) else { return }
    #expect(own.id == record.id && own.source == record.source, sourceLocation: sourceLocation)
    #expect(own.parent == record.parent && own.side == record.side, sourceLocation: sourceLocation)
  }

  private func record(
    _ content: Content, _ schema: Schema, metadata: JSONObject = [:], label: Label? = nil
  ) -> Record {
    Record(
      id: "dir/f.jsonl:7", source: Source(file: "dir/f.jsonl", line: 7), content: content,
      label: label, schema: schema, metadata: metadata)
  }

  @Test func `every field of a record is kept`() throws {
    var full = record(.text("t"), .text, metadata: ["k": [1, nil]], label: Label("l"))
    full.parent = "dir/f.jsonl:7"
    full.id = "dir/f.jsonl:7/synonyms.1"
    full.augmentedBy = "augment.synonyms#2"
    full.side = .validation
    try expectSame(full)
    #expect(
      JSONValue.object(full.object).text
        == #"{"text":"t","label":"l","k":[1,null],"anneal":{"id":"dir/f.jsonl:7/synonyms.1","#
        + #""schema":"text","source":{"file":"dir/f.jsonl","line":7},"parent":"dir/f.jsonl:7","#
        + #""augmented_by":"augment.synonyms#2","side":"validation"}}"#)
    full.source.part = 3
    try expectSame(full)
    #expect(
      JSONValue.object(full.source.object).text == #"{"file":"dir/f.jsonl","line":7,"part":3}"#)
  }

  @Test func `turns that a schema has no place for are kept`() throws {
    let user = Message(.user, "u")
    let answer = Message(.assistant, "a")
    let conversations: [[Message]] = [
      [], [answer], [user, user], [user, answer, answer], [answer, user], [user, answer, user],
      [Message(.system, "s"), user, answer], [Message(.system, "s")], [user, Message(.tool, "t")],
      [Message(.user, "u", input: "i"), answer],
      [Message(.user, "u"), Message(.system, "s"), answer],
      [Message(.user, "q", input: "i"), answer, user, answer],
      [Message(.user, "u", attributes: ["weight": 0]), answer],
      [Message(.user, "u", input: "i", attributes: ["weight": 0]), answer],
      [user, Message(.assistant, "a", input: "i")],
    ]
    for schema in Schema.allCases {
      for turns in conversations {
        try expectSame(record(.conversation(Conversation(turns)), schema))
      }
    }
  }

  @Test func `a record may take a content of another kind`() throws {
    let turns = Conversation([Message(.user, "u"), Message(.assistant, "a")])
    let pair = Preference(prompt: turns, chosen: turns, rejected: Conversation())
    for schema in Schema.allCases {
      try expectSame(record(.text("t"), schema))
      try expectSame(record(.preference(pair), schema))
      var bare = pair
      bare.prompt = Conversation([Message(.user, "u", input: "i")])
      try expectSame(record(.preference(bare), schema))
    }
    #expect(record(.text("t"), .alpaca).object["text"] == "t")
  }

  @Test func `metadata that looks like content stays metadata`() throws {
    let turns = Content.conversation(Conversation([Message(.user, "u")]))
    let metadata: JSONObject = [
      "system": "not a turn", "history": [["a", "b"]], "input": "x", "output": "y", "label": "z",
      "text": "t", "messages": [], "anneal": ["id": "older"], "prompt": [], "chosen": "c",
      "instruction": nil, "plain": 1,
    ]
    for schema in Schema.allCases {
      try expectSame(record(turns, schema, metadata: metadata))
      try expectSame(record(.text("t"), schema, metadata: metadata, label: Label("own")))
    }
  }

  @Test func `random contents are kept in every schema, 500 times`() throws {
    for index in 0..<500 {
      var random = CounterRandom(seed: 3, purpose: "records", record: "\(index)")
      let schema = Schema.allCases[random.below(Schema.allCases.count)]
      var made = record(content(&random), schema, metadata: object(&random))
      if random.below(2) == 0 { made.label = Label(.integer(random.below(5))) }
      try expectSame(made)
    }
  }

  private func content(_ random: inout CounterRandom) -> Content {
    switch random.below(4) {
    case 0: .text(JSONWriterTests.text(&random))
    case 1:
      .preference(
        Preference(prompt: turns(&random), chosen: turns(&random), rejected: turns(&random)))
    default: .conversation(turns(&random))
    }
  }

  private func turns(_ random: inout CounterRandom) -> Conversation {
    Conversation(
      (0..<random.below(5)).map { _ in
        Message(
          Role.allCases[random.below(4)], JSONWriterTests.text(&random),
          input: random.below(4) == 0 ? JSONWriterTests.text(&random) : nil)
      })
  }

  private func object(_ random: inout CounterRandom) -> JSONObject {
    let keys = ["a", "input", "output", "label", "system", "text", "history", "anneal", "prompt"]
    return JSONObject(
      (0..<random.below(4)).map { _ in
        (keys[random.below(keys.count)], JSONWriterTests.random(&random, depth: 3))
      })
  }

  @Test(arguments: [
    "{}", #"{"text":"t"}"#, #"{"text":"t","anneal":{"id":"1"}}"#,
    #"{"text":"t","anneal":{"schema":"none","id":"1","source":{"file":"f","line":1}}}"#,
    #"{"text":"t","anneal":{"schema":"text","source":{"file":"f","line":1}}}"#,
    #"{"anneal":{"schema":"text","id":"1","source":{"file":"f","line":1}}}"#,
  ])
  func `what Anneal did not write is refused`(_ text: String) throws {
    let object = try #require(try JSONValue.parse(text).object)
    #expect(throws: SchemaError.self) { try Record(object: object) }
  }

  @Test func `a child names its parent and keeps all but its content`() {
    var parent = record(.text("t"), .text, metadata: ["k": 1], label: Label("l"))
    parent.side = .train
    let child = parent.child("part.2", content: .text("u"))
    #expect(child.id == "dir/f.jsonl:7/part.2")
    #expect(child.parent == parent.id)
    #expect(child.source == parent.source && child.label == parent.label)
    #expect(child.side == .train && child.metadata == parent.metadata)
    #expect(Label(3).name == "3" && Label(true).name == "true" && Label("x").name == "x")
  }
}
