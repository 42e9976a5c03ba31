import Records
import Stages
import Testing

/// Configuration as a pipeline file would have it, written as JSON.
enum Written {
  static func node(_ text: String, base: String = "/base") throws -> ConfigurationNode {
    node(try JSONValue.parse(text), base: base)
  }

  private static func node(_ value: JSONValue, base: String) -> ConfigurationNode {
    let place = Place(file: "p.yaml", line: 3, column: 5)
    let written: ConfigurationNode.Value =
      switch value {
      case .null: .null
      case .bool(let value): .scalar("\(value)", quoted: false)
      case .number(let number): .scalar(number.literal, quoted: false)
      case .string(let text): .scalar(text, quoted: true)
      case .array(let elements): .list(elements.map { node($0, base: base) })
      case .object(let object):
        .map(
          object.members.map {
            .init(key: $0.key, place: place, node: node($0.value, base: base))
          })
      }
    return ConfigurationNode(written, place: place, base: base)
  }

  /// A map whose keys may be written twice.
  static func map(_ entries: [(String, String)]) throws -> ConfigurationNode {
    let place = Place(file: "p.yaml", line: 3, column: 5)
    let entries = try entries.map { key, text in
      ConfigurationNode.Entry(key: key, place: place, node: try node(text))
    }
    return ConfigurationNode(.map(entries), place: place, base: "/base")
  }
}

enum Mode: String, ChoiceValue { case fast, exact, veryExact = "very-exact" }

struct ParameterTests {
  static let words = Parameter("min-words", default: 3, aliases: ["minimum_words", "n"], "Words.")
  static let rate = Parameter("rate", default: 0.5, "Rate.", check: Check.within(0...1))
  static let name = Parameter<String>(required: "name", "The name.")
  static let keep = Parameter("keep", default: true, "Keep.")
  static let limit = Parameter(
    "limit", default: nil as Int?, "Limit.", check: Check.optionalAtLeast(1))
  static let fields = Parameter("fields", default: [Selector.all], "Fields.")
  static let path = Parameter("path", default: PathValue("x", base: "/d"), "Path.")
  static let map = Parameter("map", default: TextMap(), "Map.")
  static let mode = Parameter("mode", default: Mode.fast, "Mode.")
  static let all: [any AnyParameter] = [
    words, rate, name, keep, limit, fields, path, map, mode,
  ]

  private func read(_ node: ConfigurationNode?) -> (ParameterValues?, [String]) {
    var diagnostics = Diagnostics()
    let values = ParameterValues.read(Self.all, from: node, owner: "clean.x", into: &diagnostics)
    return (values, diagnostics.list.map(\.description))
  }

  @Test func `what is not written has its default, in its type`() throws {
    let values = try #require(try read(Written.node(#"{"name":"n"}"#)).0)
    #expect(values[Self.words] == 3 && values[Self.rate] == 0.5 && values[Self.keep])
    #expect(values[Self.name] == "n" && values[Self.limit] == nil)
    #expect(values[Self.fields] == [.all] && values[Self.mode] == .fast)
    #expect(values[Self.path].resolved == "/d/x" && values[Self.map].entries.isEmpty)
    #expect(
      JSONValue.object(values.encoded).text
        == #"{"min-words":3,"rate":0.5,"name":"n","keep":true,"limit":null,"fields":["all"],"#
        + #""path":"/d/x","map":{},"mode":"fast"}"#)
  }

  @Test func `what is written is read, in kebab, snake and by other names`() throws {
    let text =
      #"{"min_words":10,"rate":1,"name":"n","keep":"off","limit":2,"fields":["text","label"],"#
      + #""path":"../y","map":{"a":"b","c":"d"},"mode":"very-exact"}"#
    let values = try #require(try read(Written.node(text)).0)
    #expect(values[Self.words] == 10 && values[Self.rate] == 1 && !values[Self.keep])
    #expect(values[Self.limit] == 2 && values[Self.fields].map(\.description) == ["text", "label"])
    #expect(values[Self.path].resolved == "/y" && values[Self.path].written == "../y")
    #expect(values[Self.map]["c"] == "d" && values[Self.map]["x"] == nil)
    #expect(values[Self.mode] == .veryExact)
    for key in ["minimum_words", "minimum-words", "n", "min-words"] {
      let values = try #require(try read(Written.node(#"{"name":"n","\#(key)":7}"#)).0)
      #expect(values[Self.words] == 7, "\(key)")
    }
  }

  @Test(arguments: [
    ("10_000", 10_000), ("1e4", 10_000), ("-5", -5), ("+5", 5), ("2.0", 2), ("0", 0),
    ("9223372036854775807", Int.max),
  ])
  func `integers are read as people write them`(_ text: String, _ value: Int) throws {
    #expect(try Int.decode(Written.node("\"\(text)\"")) == value)
  }

  @Test(arguments: ["", "1.5", "x", "1e30", "nan", "inf", "_", "9223372036854775808000"])
  func `other texts are no integers`(_ text: String) {
    #expect(throws: Diagnostic.self) { try Int.decode(Written.node("\"\(text)\"")) }
  }

  @Test func `one value stands for a list of one, nothing for an optional one`() throws {
    #expect(try [Int].decode(Written.node("7")) == [7])
    #expect(try [Int].decode(Written.node("[]")) == [])
    #expect(try Int?.decode(Written.node("null")) == nil)
    #expect(
      try Int?.decode(
        ConfigurationNode(.scalar("none", quoted: false), place: Place(file: "f"), base: "/"))
        == nil)
    #expect(try String?.decode(Written.node("\"none\"")) == "none")
    #expect(throws: Diagnostic.self) { try [Int].decode(Written.node("[1,\"x\"]")) }
    #expect(throws: Diagnostic.self) { try Double.decode(Written.node("\"nan\"")) }
    #expect(throws: Diagnostic.self) { try Bool.decode(Written.node("\"maybe\"")) }
    #expect(throws: Diagnostic.self) { try TextMap.decode(Written.node("[1]")) }
    #expect(throws: Diagnostic.self) { try PathValue.decode(Written.node("\"\"")) }
  }

  @Test func `every fault is told at once, with its place and what to do`() throws {
    let (values, faults) = try read(
      Written.node(#"{"min_word":1,"rate":2,"keep":[],"limit":0,"mode":"exactt","fields":"txt"}"#))
    #expect(values == nil)
    #expect(
      faults == [
        "p.yaml:3:5: clean.x: unknown key 'min_word' (did you mean 'min-words'?)",
        "p.yaml:3:5: clean.x.rate: '2' must be from 0.0 to 1.0",
        "p.yaml:3:5: clean.x.keep: expected true or false, found a list",
        "p.yaml:3:5: clean.x.limit: '0' must be at least 1",
        "p.yaml:3:5: clean.x.mode: 'exactt' is none of the choices (did you mean 'exact'?)",
        "p.yaml:3:5: clean.x.fields: 'txt' selects nothing (write text, label, instruction, input, "
          + "output, messages[user].content, metadata.KEY or all)",
        "p.yaml:3:5: clean.x: 'name' (text) is missing (The name.)",
      ])
  }

  @Test func `a near miss of another name leads to the canonical one`() throws {
    let (_, faults) = try read(Written.node(#"{"name":"n","minimun_words":1}"#))
    #expect(
      faults == ["p.yaml:3:5: clean.x: unknown key 'minimun_words' (did you mean 'min-words'?)"])
    let (_, far) = try read(Written.node(#"{"name":"n","zzzzzz":1}"#))
    #expect(
      far.first?.hasSuffix(
        "(expected one of min-words, rate, name, keep, limit, fields, path, map, mode)") == true)
  }

  @Test func `a parameter written twice is a fault, whatever its spelling`() throws {
    let (values, faults) = read(
      try Written.map([("name", "\"a\""), ("n", "1"), ("min_words", "2")]))
    #expect(values == nil)
    #expect(faults == ["p.yaml:3:5: clean.x.min_words: 'min-words' is written twice"])
    let (_, both) = read(try Written.map([("name", "\"a\""), ("n", "\"x\""), ("n", "2")]))
    #expect(both.count == 2)
  }

  @Test func `what is no map of parameters is a fault`() throws {
    let (values, faults) = try read(Written.node("[1]"))
    #expect(values == nil)
    #expect(faults.first == "p.yaml:3:5: clean.x: expected a map of parameters, found a list")
    #expect(read(nil).1 == ["clean.x: 'name' (text) is missing (The name.)"])
  }

  @Test func `a descriptor tells all there is to know of a parameter`() {
    #expect(Self.words.typeName == "integer" && !Self.words.isRequired)
    #expect(Self.words.defaultValue == 3 && Self.name.isRequired && Self.name.defaultValue == nil)
    #expect(Self.limit.typeName == "integer" && Self.limit.defaultValue == .null)
    #expect(!Self.limit.isRequired && Self.fields.typeName == "list of selector")
    #expect(Self.mode.typeName == "fast|exact|very-exact")
  }
}
