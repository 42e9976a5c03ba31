import Records
import Stages
import Testing

struct ComponentTests {
  private static let rank = Parameter("rank", default: 8, "Rank.", check: Check.atLeast(1))
  private static let target = Parameter<String>(required: "target", "Target.")
  private static let low = Parameter("low", default: 1, "Low.")
  private static let high = Parameter("high", default: 2, "High.", check: Check.atLeast(1))
  private static let range = ComponentDescriptor(
    "range", "From low to high.", parameters: [low, high],
    check: { values in
      guard values[low] > values[high] else { return [] }
      return [
        Diagnostic("low \(values[low]) is above high \(values[high])", remedy: "exchange them"),
        Diagnostic("is empty"),
      ]
    })
  private static let kinds = [
    ComponentDescriptor(
      "lora", "Low rank.", parameters: [rank], elsewhere: ["rank_type": "leave it out"]),
    ComponentDescriptor("prefix", "Prefix.", parameters: [target]),
  ]
  private static let method = Parameter("method", choices: kinds, default: "lora", "Method.")
  private static let maybe = Parameter<Component?>("maybe", choices: kinds, "Method, if any.")

  private func read(
    _ text: String,
    _ parameters: [any AnyParameter] = [ComponentTests.method, ComponentTests.maybe]
  ) throws -> (ParameterValues?, [String]) {
    var diagnostics = Diagnostics()
    let values = ParameterValues.read(
      parameters, from: try Written.node(text), owner: "train", into: &diagnostics)
    return (values, diagnostics.list.map(\.description))
  }

  @Test func `a component is a name, or a name with parameters`() throws {
    for text in [
      "{}", #"{"method":"lora"}"#, #"{"method":{"lora":{}}}"#, #"{"method":{"lora":null}}"#,
    ] {
      let values = try #require(try read(text).0, "\(text)")
      #expect(values[Self.method].name == "lora")
      #expect(values[Self.method].values[Self.rank] == 8)
      #expect(values[Self.maybe] == nil)
    }
    let values = try #require(
      try read(#"{"method":{"lora":{"rank":16}},"maybe":{"prefix":{"target":"q"}}}"#).0)
    #expect(values[Self.method].values[Self.rank] == 16)
    #expect(values[Self.maybe]?.values[Self.target] == "q")
    #expect(
      JSONValue.object(values.encoded).text
        == #"{"method":{"lora":{"rank":16}},"maybe":{"prefix":{"target":"q"}}}"#)
  }

  @Test(arguments: ["rank_type", "rank-type"])
  func `a key of another tool is answered with what to do about it`(key: String) throws {
    #expect(
      try read(#"{"method":{"lora":{"\#(key)":1}}}"#).1
        == ["p.yaml:3:5: train.method.lora: unknown key '\(key)' (leave it out)"])
    #expect(
      try read(#"{"method":{"prefix":{"target":"q","\#(key)":1}}}"#).1.first?
        .contains("leave it out") == false)
  }

  @Test func `faults within a component name the whole path`() throws {
    #expect(
      try read(#"{"method":"lroa"}"#).1
        == ["p.yaml:3:5: train.method: unknown choice 'lroa' (did you mean 'lora'?)"])
    #expect(
      try read(#"{"method":{"lora":{"rank":0}}}"#).1
        == ["p.yaml:3:5: train.method.lora.rank: '0' must be at least 1"])
    #expect(
      try read(#"{"method":"prefix"}"#).1
        == ["p.yaml:3:5: train.method.prefix: 'target' (text) is missing (Target.)"])
    #expect(
      try read(#"{"method":{"lora":{},"prefix":{}}}"#).1
        == ["p.yaml:3:5: train.method: expected one of lora, prefix, found a map"])
    #expect(try read(#"{"method":[1]}"#).1.count == 1)
  }

  @Test func `values that do not go together are told with their place, all at once`() throws {
    let bounds: [any AnyParameter] = [
      Parameter("method", choices: [Self.range], default: "range", "Bounds."),
      Parameter<Component?>("maybe", choices: [Self.range], "Bounds, if any."),
    ]
    for text in ["{}", #"{"method":"range"}"#, #"{"method":{"range":{"low":3,"high":3}}}"#] {
      #expect(try read(text, bounds).1.isEmpty)
    }
    #expect(
      try read(#"{"method":{"range":{"low":4,"high":3}}}"#, bounds).1
        == ["p.yaml:3:5: train.method.range: low 4 is above high 3; is empty (exchange them)"])
    #expect(try read(#"{"maybe":{"range":{"low":3}}}"#, bounds).1.count == 1)
    // What is wrong by itself is told first.
    let faults = try read(#"{"method":{"range":{"low":4,"high":0}}}"#, bounds).1
    #expect(faults.count == 1 && faults[0].contains("'0' must be at least 1"))
  }

  @Test func `several faults within a component are all told`() throws {
    let faults = try read(#"{"method":{"lora":{"rank":0,"rnk":1}}}"#).1
    #expect(faults.count == 1)
    #expect(faults[0].contains("'0' must be at least 1") && faults[0].contains("unknown key 'rnk'"))
  }
}

struct SuggestionTests {
  @Test(arguments: [
    ("lenght", "length"), ("Unicode", "unicode"), ("dedup", "deduplicate"), ("rte", "rate"),
  ])
  func `a near word is suggested`(_ word: String, _ expected: String) {
    let names = ["length", "unicode", "deduplicate", "rate"]
    #expect(Suggestion.nearest(to: word, among: names) == expected)
  }

  @Test func `nothing is suggested for a far word, and a short list is shown`() {
    #expect(Suggestion.nearest(to: "xyz", among: ["length"]) == nil)
    #expect(Suggestion.remedy(for: "xyz", among: ["a", "b"]) == "expected one of a, b")
    #expect(Suggestion.remedy(for: "xyzw", among: []) == nil)
    #expect(Suggestion.remedy(for: "xyzw", among: (0..<25).map { "name\($0)" }) == nil)
    #expect(Suggestion.nearest(to: String(repeating: "a", count: 1 << 20), among: ["a"]) == nil)
  }

  @Test func `of two near words the nearer is suggested, the first where both are as near`() {
    #expect(Suggestion.nearest(to: "rates", among: ["crate", "rate"]) == "rate")
    #expect(Suggestion.nearest(to: "bat", among: ["cat", "rat"]) == "cat")
  }

  @Test(arguments: [
    ("", "", 0), ("a", "", 1), ("kitten", "sitting", 3), ("ab", "ba", 1), ("abc", "ca", 3),
    ("数据", "数字", 1),
  ])
  func `the edit distance counts insertions, deletions, changes and swaps`(
    _ left: String, _ right: String, _ distance: Int
  ) {
    #expect(Suggestion.editDistance(left, right) == distance)
    #expect(Suggestion.editDistance(right, left) == distance)
  }
}
