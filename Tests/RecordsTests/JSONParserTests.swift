import Records
import Testing

struct JSONParserTests {
  @Test(
    arguments: [
      ("null", .null), ("true", true), (" \t\r\n[1]\n", [1]), ("\"\"", ""),
      ("{}", [:]), ("[]", []), ("[[],{}]", [[], [:]]), ("-0", .number(.init(literal: "-0"))),
      ("{\"a\":{\"b\":[null,false]}}", ["a": ["b": [nil, false]]]),
    ] as [(String, JSONValue)])
  func `a valid text gives its value`(_ text: String, _ value: JSONValue) throws {
    #expect(try JSONValue.parse(text) == value)
  }

  @Test(arguments: [
    ("", 0, "a value is missing at the end"), ("  ", 2, "a value is missing at the end"),
    ("[1,]", 3, "no value begins here"), ("{\"a\":1,}", 7, "a key in quotes is missing"),
    ("{\"a\" 1}", 5, "a colon is missing after a key"), ("{a:1}", 1, "a key in quotes is missing"),
    ("[1 2]", 3, "an array is not closed"), ("{\"a\":1", 6, "an object is not closed"),
    ("1 2", 2, "text follows the value"), ("tru", 0, "no value begins here"),
    ("NaN", 0, "JSON has no NaN and no Infinity"),
    ("Infinity", 0, "JSON has no NaN and no Infinity"),
    ("[-Infinity]", 2, "JSON has no NaN and no Infinity"),
    ("01", 1, "text follows the value"), ("+1", 0, "no value begins here"),
    ("-", 1, "a number has no digits"), ("1.", 2, "no digit follows the decimal point"),
    (".5", 0, "no value begins here"), ("1e", 2, "no digit follows the exponent"),
    ("1e+", 3, "no digit follows the exponent"), ("0x10", 1, "text follows the value"),
    ("'a'", 0, "no value begins here"), ("\"a", 0, "a string is not closed"),
    ("\"a\n\"", 2, "a control character stands in a string"),
    ("\"12345678\u{1}\"", 9, "a control character stands in a string"),
    ("\"\\x\"", 1, "an unknown escape stands in a string"),
    ("\"\\\n\"", 1, "an unknown escape stands in a string"),
    ("\"\\u12g4\"", 5, "four hexadecimal digits must follow \\u"),
    ("\"\\u12", 5, "four hexadecimal digits must follow \\u"),
    ("\"\\ud800\"", 1, "half of a surrogate pair stands alone"),
    ("\"\\udc00\\ud800\"", 1, "half of a surrogate pair stands alone"),
    ("\"\\ud800\\u0041\"", 1, "half of a surrogate pair stands alone"),
    ("\"abc\\", 5, "a string is not closed"), ("// c\n1", 0, "no value begins here"),
    ("\u{FEFF}1", 0, "no value begins here"), ("1\u{0}", 1, "text follows the value"),
  ])
  func `a fault is told with its place`(_ text: String, _ offset: Int, _ reason: String) {
    #expect {
      try JSONValue.parse(text)
    } throws: { error in
      let error = error as? JSONError
      return error?.offset == offset && error?.reason == reason
    }
  }

  @Test(
    arguments: [
      [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
      [0x22, 0xF0, 0x9F, 0x98, 0x22], [0x22, 0x5C, 0x6E, 0xE2, 0x82, 0x22],
      [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0x80, 0x22],
    ] as [[UInt8]])
  func `bytes that are no UTF-8 are refused`(_ bytes: [UInt8]) {
    #expect(throws: JSONError.self) { try JSONValue.parse(bytes) }
  }

  @Test func `every escape gives its character`() throws {
    let text = #""\"\\\/\b\f\n\r\t\u0041\u00e9\uD83D\uDE00\u0000""#
    let expected = "\"\\/\u{8}\u{C}\n\r\tA\u{E9}\u{1F600}\u{0}"
    #expect(try JSONValue.parse(text) == .string(expected))
  }

  @Test func `a special character is found at every place of a string`() throws {
    for length in 0..<40 {
      let start = String(repeating: "x", count: length)
      for (escape, character) in [("\\\"", "\""), ("\\\\", "\\"), ("\\n", "\n"), ("é", "é")] {
        let text = "\"\(start)\(escape)tail of the text\""
        #expect(try JSONValue.parse(text) == .string("\(start)\(character)tail of the text"))
      }
    }
  }

  @Test func `nesting is allowed to 512 levels and no further`() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(try JSONValue.parse(nested(512)).text == nested(512))
    #expect {
      try JSONValue.parse(nested(513))
    } throws: {
      ($0 as? JSONError)?.reason == "nesting is deeper than 512 levels"
    }
    #expect(throws: JSONError.self) { try JSONValue.parse(nested(1_000_000)) }
  }

  @Test func `offsets count from the start of a slice`() {
    let bytes = Array("xxxx[1,]".utf8)
    #expect(throws: JSONError.self) { try JSONValue.parse(bytes[4...]) }
    #expect {
      try JSONValue.parse(bytes[4...])
    } throws: {
      ($0 as? JSONError)?.offset == 3
    }
  }

  @Test func `numbers keep the digits they were written with`() throws {
    let spellings = [
      "1", "-0", "1.50", "6e-3", "1E+400", "123456789012345678901234567890", "0.1e1",
    ]
    for spelling in spellings {
      #expect(try JSONValue.parse("[\(spelling)]").text == "[\(spelling)]")
    }
    #expect(try JSONValue.parse("1e3").int == 1000)
    #expect(try JSONValue.parse("1.5").int == nil)
    #expect(try JSONValue.parse("1e400").double == .infinity)
    #expect(try JSONValue.parse("9223372036854775808").int == nil)
  }
}
