import Records
import TestSupport
import Testing
import Tokenize

/// The vocabulary and the merges of a file are read past the general parser, which must not show.
struct WrittenListsTests {
  private static let vocabulary =
    #"{"a": 0, "b": 1, "Ġ": 2, "\"": 3, "\\": 4, "ab": 5, "Ġab": 6, "\"\"": 7}"#
  private static let merges = #"[["a", "b"], ["Ġ", "ab"], ["\"", "\""]]"#

  private static func file(
    _ vocabulary: String = vocabulary, _ merges: String = merges, model: String = "model"
  ) -> String {
    """
    {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true},
     "\(model)": {"type": "BPE", "vocab": \(vocabulary), "merges": \(merges)}, "decoder": null}
    """
  }

  private static func tokenizer(_ file: String) throws -> Tokenizer {
    try Tokenizer(json: Array(file.utf8))
  }

  /// A key with an escape goes the general way, as do these lists.
  private static let spellings = [
    file(model: #"\u006dodel"#),
    file(vocabulary.replacing(",", with: " ,\n\t").replacing(":", with: "\r\n:   ")),
    file(vocabulary, merges.replacing("], [", with: "  ]\n ,  [").replacing(", ", with: ",\n    ")),
    file(vocabulary.replacing(" ", with: ""), merges.replacing(" ", with: "")),
    file(vocabulary.replacing("\"ab\"", with: #""\u0061b""#)),
    file(vocabulary, #"["a b", "Ġ ab", "\" \""]"#),
    file(vocabulary, #"["a b", ["Ġ", "ab"], "\" \""]"#),
    // Of two equal keys the last one counts.
    file(vocabulary.replacing("\"a\": 0", with: "\"a\": 9, \"a\": 0")),
    file("{\"a\": 7}", "[]").replacing(
      "\"decoder\": null", with: "\"model\": \(plainModel)"),
  ]
  private static let plainModel = #"{"type": "BPE", "vocab": \#(vocabulary), "merges": \#(merges)}"#

  @Test(arguments: spellings)
  func `the spelling of a file changes nothing`(spelling: String) throws {
    let wanted = try Self.tokenizer(Self.file())
    let found = try Self.tokenizer(spelling)
    #expect(wanted.ids(of: "ab ab\"\"\\") == [5, 6, 7, 4])
    #expect(found.ids(of: "ab ab\"\"\\") == [5, 6, 7, 4])
    for id in Int32(0)..<8 { #expect(found.token(of: id) == wanted.token(of: id)) }
  }

  @Test(arguments: [
    (file("{\"a\": 0, \"b\": 0}"), "two tokens share the id 0"),
    (file("{\"a\": 0, \"b\": 1.5}"), "no number below 2^24"),
    (file("{\"a\": 0, \"b\": 16777216}"), "no number below 2^24"),
    (file("{\"a\": 0, \"b\": 01}"), "the file is not JSON"),
    (file("{\"a\": 0, \"b\" 1}"), "the file is not JSON"),
    (file(vocabulary, #"[["a", "b"], ["b"]]"#), "neither"),
    (file(vocabulary, #"["a b", "a  b"]"#), "neither"),
    (file(vocabulary, #"[["a", "b"], ["b", "b"]]"#), "not in the vocabulary"),
    (file(vocabulary, #"[["a", "b"], ["a", "b"}]"#), "the file is not JSON"),
    (file() + "x", "the file is not JSON"),
    (String(file().dropLast()), "the file is not JSON"),
    (file("{\"a\": 0, \"b\": 1048575, \"ab\": 1}", #"[["a", "b"]]"#), "use a vocabulary of less"),
  ])
  func `faults in the lists are told as ever`(file: String, words: String) {
    do {
      _ = try Self.tokenizer(file)
      Issue.record("nothing is wrong with \(file)")
    } catch {
      #expect("\(error)".contains(words), "\(error)")
    }
  }

  /// The file of a real model goes the fast way, whole: otherwise it takes ten times as long to load.
  @Test(
    .enabled(if: Shared.exists, "needs the reference data beside the project"),
    arguments: [
      ("bert-minilm", 30522, nil), ("cl100k", 100_256, 233_378), ("clip", 49408, 48894),
      ("llama2", 32000, 61249), ("llama3", 128_000, 280_147), ("o200k", 199_998, 446_189),
      ("phi-2", 50257, 50000), ("phi-3", 32000, 61249), ("qwen2like", 100_256, 233_378),
      ("roberta", 50265, 50000), ("whisper", 50258, 50000),
    ] as [(String, Int, Int?)])
  func `the lists of real files are read past the general parser`(
    name: String, tokens: Int, merges: Int?
  ) throws {
    let file = try Shared.contents("golden/tokenizers/\(name).tokenizer.json.gz")
    let lists = try #require(WrittenLists(file))
    #expect(lists.counts.tokens == tokens)
    #expect(lists.counts.merges == merges)
  }

  /// A file with 27,930 tokens and 27,900 merges, whose elements a separator stands before.
  private static func longFile(_ separator: String, pairs: Bool, last: String = "DDD") -> String {
    let letters = "abcdefghijklmnopqrstuvwxyzABCD".map { String($0) }
    let twos = letters.flatMap { left in letters.map { [left, $0] } }
    let threes = twos.flatMap { left in letters.map { [left.joined(), $0] } }
    var tokens = letters + (twos + threes).map { $0.joined() }
    tokens[tokens.count - 1] = last
    let members = tokens.enumerated().map { "\(separator)\"\($0.element)\": \($0.offset)" }
    let merges = (twos + threes).map { merge in
      let inside = merge.joined(separator: pairs ? "\",\(separator)\"" : " ")
      return pairs
        ? "\(separator)[\(separator)\"\(inside)\"\(separator)]" : "\(separator)\"\(inside)\""
    }
    return file("{\(members.joined(separator: ","))}", "[\(merges.joined(separator: ","))]")
  }

  @Test(arguments: ["", "\n      ", "\r\n      "], [false, true])
  func `long lists are read in parts`(separator: String, pairs: Bool) throws {
    let bytes = Array(Self.longFile(separator, pairs: pairs).utf8)
    let lists = try #require(WrittenLists(bytes))
    #expect(lists.counts.tokens == 27930)
    #expect(lists.counts.merges == 27900)
    let error = #expect(throws: TokenizerError.self) {
      try Tokenizer(json: Array(Self.longFile(separator, pairs: pairs, last: "?").utf8))
    }
    #expect(error.map { "\($0)".contains("model.merges[27899]") } == true, "\(error as Any)")
    let tokenizer = try Tokenizer(json: bytes)
    for (id, token) in [(0, "a"), (29, "D"), (30, "aa"), (929, "DD"), (27929, "DDD")] {
      #expect(tokenizer.id(of: token) == Int32(id))
      #expect(tokenizer.ids(of: token) == [Int32(id)])
    }
  }

  @Test func `a string that is not UTF-8 is refused, also where its neighbour completes it`() {
    var bytes = Array(Self.file("{\"a\": 0, \"?\": 1, \"!\": 2, \"b\": 3}", "[]").utf8)
    for (sign, byte) in [(UInt8(ascii: "?"), UInt8(0xC3)), (UInt8(ascii: "!"), 0xA9)] {
      for place in bytes.indices where bytes[place] == sign { bytes[place] = byte }
    }
    #expect(throws: TokenizerError.self) { try Tokenizer(json: bytes) }
  }
}
