import Records
import Testing

struct JSONObjectTests {
  @Test func `of equal keys the last value stays, at the first one's place`() throws {
    let object = try JSONValue.parse(#"{"a":1,"b":2,"a":3,"c":4,"b":5}"#).object
    #expect(object.map { JSONValue.object($0).text } == #"{"a":3,"b":5,"c":4}"#)
  }

  @Test func `keys are bytes: composed and decomposed spellings are two keys`() throws {
    let value = try JSONValue.parse("{\"\u{E9}\":1,\"e\u{301}\":2}")
    #expect(value.object?.count == 2)
    #expect(value["\u{E9}"] == 1)
    #expect(value["e\u{301}"] == 2)
  }

  @Test func `texts that Unicode calls equivalent are different values`() {
    #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
    #expect(["k": "\u{E9}"] as JSONObject != ["k": "e\u{301}"])
    #expect(Message(.user, "\u{E9}") != Message(.user, "e\u{301}"))
    #expect(Message(.user, "", input: "\u{E9}") != Message(.user, "", input: "e\u{301}"))
    #expect(Message(.user, "", input: nil) != Message(.user, "", input: ""))
    #expect(Content.text("\u{E9}") != .text("e\u{301}"))
    #expect(Content.text("\u{E9}") == .text("\u{E9}"))
  }

  @Test func `order does not matter to equality, values do`() {
    let left: JSONObject = ["a": 1, "b": [1, 2]]
    #expect(left == ["b": [1, 2], "a": 1])
    #expect(left.hashValue == (["b": [1, 2], "a": 1] as JSONObject).hashValue)
    #expect(left != ["a": 1, "b": [2, 1]])
    #expect(left != ["a": 1])
    #expect(left != ["a": 1, "c": [1, 2]])
    #expect(JSONValue.number(.init(literal: "1")) != .number(.init(literal: "1.0")))
  }

  @Test func `members are set, replaced, appended and removed by key`() {
    var object: JSONObject = ["a": 1, "b": 2]
    object["b"] = 3
    object["c"] = 4
    object["a"] = nil
    object["x"] = nil
    #expect(JSONValue.object(object).text == #"{"b":3,"c":4}"#)
    object.merge(["d": 5, "b": 6])
    #expect(JSONValue.object(object).text == #"{"b":6,"c":4,"d":5}"#)
    #expect(object.without(["c", "x"]).keys == ["b", "d"])
  }

  @Test(arguments: [3, 16, 17, 40])
  func `twins are found in small and large objects alike`(_ count: Int) {
    let members = (0..<count).map { ("k\($0)", JSONValue.integer($0)) }
    let object = JSONObject(members + [("k1", "last")])
    #expect(object.count == count)
    #expect(object.keys == members.map(\.0))
    #expect(object["k1"] == "last")
    #expect(object == JSONObject(members.reversed().map { ($0.0, $0.0 == "k1" ? "last" : $0.1) }))
  }

  @Test func `an object of 200,000 members, half of them twins, is made in linear time`() throws {
    let text =
      "{" + (0..<200_000).map { "\"key\($0 % 100_000)\":\($0)" }.joined(separator: ",") + "}"
    let object = try #require(try JSONValue.parse(text).object)
    #expect(object.count == 100_000)
    #expect(object.members.first?.value == 100_000)
    #expect(object.members.last?.value == 199_999)
    #expect(object == JSONObject(object.members.reversed().map { ($0.key, $0.value) }))
    var merged = object
    merged.merge(object)
    #expect(merged == object)
  }
}
