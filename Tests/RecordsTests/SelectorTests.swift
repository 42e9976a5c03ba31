import Records
import Testing

struct SelectorTests {
  private let talk = Record(
    id: "1", source: Source(file: "f", line: 1),
    content: .conversation(
      Conversation([
        Message(.system, "s"), Message(.user, "u0", input: "i0"), Message(.assistant, "a0"),
        Message(.user, "u1", input: "i1"), Message(.assistant, "a1"), Message(.tool, "t"),
      ])),
    label: Label("l"), schema: .messages, metadata: ["title": "m", "pages": 3])

  private let pair = Record(
    id: "2", source: Source(file: "f", line: 2),
    content: .preference(
      Preference(
        prompt: Conversation([Message(.system, "s"), Message(.user, "u", input: "i")]),
        chosen: Conversation([Message(.assistant, "c")]),
        rejected: Conversation([Message(.assistant, "r")]))), schema: .preference)

  private let text = Record(
    id: "3", source: Source(file: "f", line: 3), content: .text("t"), label: Label(3),
    schema: .text)

  private func texts(_ selector: String, _ record: Record) throws -> [String] {
    record.fields(try #require(Selector(selector))).map { "\($0.path)=\($0.text)" }
  }

  @Test(
    arguments: [
      ("system", ["messages[0].content=s"]), ("instruction", ["messages[3].content=u1"]),
      ("input", ["messages[3].input=i1"]), ("output", ["messages[4].content=a1"]),
      (
        "messages[user]",
        [
          "messages[1].content=u0", "messages[1].input=i0", "messages[3].content=u1",
          "messages[3].input=i1",
        ]
      ),
      ("messages[user].content", ["messages[1].content=u0", "messages[3].content=u1"]),
      ("messages[user].input", ["messages[1].input=i0", "messages[3].input=i1"]),
      ("messages[assistant].content", ["messages[2].content=a0", "messages[4].content=a1"]),
      ("messages[system]", ["messages[0].content=s"]),
      ("messages[tool]", ["messages[5].content=t"]),
      ("messages[last]", ["messages[5].content=t"]), ("messages[last].input", []),
      ("messages[1]", ["messages[1].content=u0", "messages[1].input=i0"]),
      ("messages[0].input", []), ("messages[9]", []), ("label", ["label=l"]),
      ("metadata.title", ["metadata.title=m"]), ("metadata.pages", []), ("metadata.none", []),
      ("text", []), ("chosen", []), ("rejected", []),
    ] as [(String, [String])])
  func `a selector names parts of a conversation`(_ selector: String, _ expected: [String]) throws {
    #expect(try texts(selector, talk) == expected)
  }

  @Test func `all and messages name every text of every turn in order`() throws {
    let every = [
      "messages[0].content=s", "messages[1].content=u0", "messages[1].input=i0",
      "messages[2].content=a0", "messages[3].content=u1", "messages[3].input=i1",
      "messages[4].content=a1", "messages[5].content=t",
    ]
    #expect(try texts("all", talk) == every)
    #expect(try texts("messages", talk) == every)
    #expect(talk.fields().map(\.text) == every.map { String($0.split(separator: "=")[1]) })
  }

  @Test func `a preference has a prompt, a chosen and a rejected side`() throws {
    #expect(try texts("chosen", pair) == ["chosen[0].content=c"])
    #expect(try texts("rejected", pair) == ["rejected[0].content=r"])
    #expect(try texts("instruction", pair) == ["prompt[1].content=u"])
    #expect(try texts("messages[user].input", pair) == ["prompt[1].input=i"])
    #expect(
      try texts("all", pair) == [
        "prompt[0].content=s", "prompt[1].content=u", "prompt[1].input=i", "chosen[0].content=c",
        "rejected[0].content=r",
      ])
  }

  @Test func `a text has itself, and a label only where it is a name`() throws {
    #expect(try texts("all", text) == ["text=t"])
    #expect(try texts("text", text) == ["text=t"])
    #expect(try texts("label", text) == [])
    #expect(try texts("messages", text) == [])
  }

  @Test(arguments: [
    "", "texts", "messages[", "messages[]", "messages[x]", "messages[-1]", "messages[+1]",
    "messages[1].text", "messages[1]content", "metadata", "metadata.", "Text", "messages[1.0]",
    "messages [1]", "messages[99999999999999999999]",
  ])
  func `a spelling that means nothing is refused`(_ text: String) {
    #expect(Selector(text) == nil)
  }

  @Test func `changing what a selector names changes that and nothing else`() throws {
    for record in [talk, pair, text] {
      for name in [
        "all", "text", "label", "messages", "messages[user]", "messages[user].input", "input",
        "instruction", "output", "system", "messages[last]", "messages[0].content", "chosen",
        "rejected", "metadata.title",
      ] {
        let selector = try #require(Selector(name))
        let before = record.fields(selector)
        var changed = record
        changed.mapFields(selector) { _, text in text + "!" }
        #expect(changed.fields(selector).map(\.text) == before.map { $0.text + "!" }, "\(name)")
        changed.mapFields(selector) { _, text in String(text.dropLast()) }
        #expect(changed == record, "\(name)")
        #expect(selector.description == name)
      }
    }
  }

  @Test func `a change may fail, and then the record is as it was`() throws {
    struct Stop: Error {}
    var record = talk
    #expect(throws: Stop.self) {
      try record.mapFields { path, text throws(Stop) in
        if path == "messages[3].content" { throw Stop() }
        return text + "!"
      }
    }
    #expect(record == talk)
  }
}
