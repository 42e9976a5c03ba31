import Records
import Testing

struct JSONWriterTests {
  @Test func `text is short, ordered and escapes only what it must`() {
    let value: JSONValue = [
      "z": "\"\\/\u{8}\u{C}\n\r\t\u{1}\u{1f}\u{7f}", "a": ["é", "\u{2028}", "😀"], "n": nil,
      "t": true, "e": [:], "l": [],
    ]
    let expected =
      #"{"z":"\"\\/\u0008\u000c\n\r\t\u0001\u001f"# + "\u{7f}"
      + #"","a":["é",""# + "\u{2028}" + #"","😀"],"n":null,"t":true,"e":{},"l":[]}"#
    #expect(value.text == expected)
  }

  @Test func `pretty text has two blanks a level and a line break at the end`() {
    let value: JSONValue = ["a": [1, [:], []], "b": ["c": "d"]]
    #expect(
      value.prettyText == """
        {
          "a": [
            1,
            {},
            []
          ],
          "b": {
            "c": "d"
          }
        }

        """)
  }

  @Test(arguments: [
    (0.0, "0"), (-0.0, "-0.0"), (1, "1"), (-3, "-3"), (0.1, "0.1"), (1e15, "1000000000000000"),
    (1e16, "1e+16"),
    (123_456_789_012_345, "123456789012345"), (1.5e-10, "1.5e-10"),
    (.leastNonzeroMagnitude, "5e-324"),
    (1.7976931348623157e308, "1.7976931348623157e+308"), (.nan, "null"), (.infinity, "null"),
  ])
  func `a number is written in its shortest exact spelling`(_ value: Double, _ text: String) throws
  {
    #expect(JSONValue.real(value).text == text)
    if value.isFinite {
      #expect(try JSONValue.parse(text).double?.bitPattern == value.bitPattern)
    }
  }

  /// A random value: every kind, texts of many lengths with characters of all widths.
  static func random(_ random: inout CounterRandom, depth: Int) -> JSONValue {
    switch random.below(depth > 4 ? 4 : 6) {
    case 0: return .null
    case 1: return .bool(random.below(2) == 0)
    case 2: return .real((random.uniform() - 0.5) * 1e6)
    case 3: return .string(text(&random))
    case 4: return .array((0..<random.below(5)).map { _ in Self.random(&random, depth: depth + 1) })
    default:
      return .object(
        JSONObject(
          (0..<random.below(20)).map { _ in
            (text(&random), Self.random(&random, depth: depth + 1))
          }))
    }
  }

  static func text(_ random: inout CounterRandom) -> String {
    let alphabet: [Unicode.Scalar] = [
      "a", "b", "\"", "\\", "\n", "\u{0}", "\u{1f}", "é", "\u{301}", "数", "😀", " ", "\u{2028}",
    ]
    var text = String.UnicodeScalarView()
    for _ in 0..<random.below(40) { text.append(alphabet[random.below(alphabet.count)]) }
    return String(text)
  }

  @Test func `what is written reads back as the same value, 300 times`() throws {
    for record in 0..<300 {
      var random = CounterRandom(seed: 1, purpose: "json", record: "\(record)")
      let value = Self.random(&random, depth: 0)
      #expect(try JSONValue.parse(value.bytes) == value, "\(value.text)")
      #expect(try JSONValue.parse(value.prettyText) == value)
      #expect(try JSONValue.parse(value.bytes).bytes == value.bytes)
    }
  }
}
