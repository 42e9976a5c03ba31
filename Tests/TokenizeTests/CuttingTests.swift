import Records
import Testing
import Tokenize

/// Cutting texts by the patterns of byte-level models, and long words where no token can cross.
struct CuttingTests {
  private static let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
  private static let rest = #"\s*[\r\n]+|\s+(?!\S)|\s+"#
  private static let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
  private static let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#
  private static let sign = #"[^\r\n\p{L}\p{N}]?"#

  private static let patterns = [
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#,
    contractions + #"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|"# + rest,
    contractions + #"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|"# + rest,
    "\(sign)\(upper)*\(lower)+\(contractions)?|\(sign)\(upper)+\(lower)*\(contractions)?"
      + #"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|"# + rest,
  ]

  /// A model without merges, whose word ids show how a text was cut.
  private static func tokenizer(_ pattern: String) throws -> Tokenizer {
    let bytes = (0..<256).map { byte -> (String, JSONValue) in
      let isPlain =
        (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte)
      let before = (0..<byte).count { candidate in
        !((0x21...0x7E).contains(candidate) || (0xA1...0xAC).contains(candidate)
          || (0xAE...0xFF).contains(candidate))
      }
      let scalar = Unicode.Scalar(UInt32(isPlain ? byte : 0x100 + before)) ?? " "
      return (String(Character(scalar)), .integer(byte))
    }
    let root: JSONValue = [
      "pre_tokenizer": [
        "type": "Sequence",
        "pretokenizers": [
          [
            "type": "Split", "pattern": ["Regex": .string(pattern)], "behavior": "Isolated",
            "invert": false,
          ],
          ["type": "ByteLevel", "add_prefix_space": false, "use_regex": false],
        ],
      ],
      "model": ["type": "BPE", "vocab": .object(JSONObject(bytes)), "merges": []],
    ]
    return try Tokenizer(json: root.bytes)
  }

  @Test(arguments: patterns)
  func `texts are cut as the regular expression has it`(pattern: String) throws {
    let known = try Self.tokenizer(pattern)
    // In brackets the pattern is none of those recognised by their spelling.
    let general = try Self.tokenizer("(?:\(pattern))")
    let parts = [
      "a", "aB", "Hello", "WORLD", "é", "ſ", "中文", "'s", "'T", "'re", "'", "''", "1", "1234567",
      "²",
      " ", "  ", "\n", "\r\n", "\t", "\u{A0}", "\u{3000}", ".", "!?", "/", "\u{1}", "\u{301}",
      "x's",
    ]
    for round in 0..<400 {
      var random = CounterRandom(seed: 5, purpose: "cutting", record: "\(round)")
      let text = (0..<random.below(120)).map { _ in parts[random.below(parts.count)] }.joined()
      #expect(
        known.encode(text).wordIds == general.encode(text).wordIds, "\(text.debugDescription)")
    }
  }

  @Test(arguments: patterns)
  func `Chinese characters that are passed over are all letters`(pattern: String) throws {
    let known = try Self.tokenizer(pattern)
    let general = try Self.tokenizer("(?:\(pattern))")
    // From the hexagrams before them, which are signs, to what is beyond the last one.
    let scalars = (0x4DB0...0xA010).compactMap { Unicode.Scalar($0) }
    for text in [
      String(String.UnicodeScalarView(scalars)),
      scalars.map { "a\($0)。" }.joined(),
    ] {
      #expect(known.encode(text).wordIds == general.encode(text).wordIds)
    }
  }

  @Test func `long numbers and runs of spaces are cut to their ends`() throws {
    let tokenizer = try Self.tokenizer(Self.patterns[1])
    let digits = tokenizer.encode(String(repeating: "7", count: 100_001)).wordIds
    #expect(digits == (0..<100_001).map { Int32($0 / 3) })
    let spaces = tokenizer.encode(String(repeating: " ", count: 5000) + "a").wordIds
    #expect(spaces.prefix(4999).allSatisfy { $0 == 0 } && spaces.suffix(2) == [1, 1])
  }

  @Test func `what merges with the unknown token is not cut off from it`() throws {
    let root: JSONValue = [
      "model": [
        "type": "BPE", "unk_token": "?", "vocab": ["a": 0, "?": 1, "?a": 2],
        "merges": [["?", "a"]],
      ]
    ]
    let tokenizer = try Tokenizer(json: root.bytes)
    // Short words are merged whole; longer ones may be cut where no token crosses.
    for count in [3, 40] {
      #expect(
        tokenizer.ids(of: String(repeating: "xa", count: count))
          == [Int32](repeating: 2, count: count))
    }
  }
}
