import Records
import Testing
import Tokenize

/// Texts that make careless tokenizers slow or wrong; the time limit is what fails.
@Suite(.timeLimit(.minutes(1)))
struct HostileTextTests {
  private static let texts: [(name: String, text: String)] = [
    ("200 kB without a space", String(repeating: "ab", count: 100_000)),
    ("800,000 marks", "e" + String(repeating: "\u{301}\u{323}", count: 400_000)),
    ("100,000 spaces", String(repeating: " ", count: 100_000)),
    ("100,000 ends of lines", String(repeating: "\r\n", count: 50_000)),
    ("100,000 zeros", String(repeating: "\0", count: 100_000)),
    ("100,000 joiners", String(repeating: "👩\u{200D}", count: 30_000)),
  ]

  private static let files: [JSONValue] = [
    ["normalizer": ["type": "NFKC"], "pre_tokenizer": ["type": "ByteLevel"]],
    ["normalizer": ["type": "BertNormalizer"], "pre_tokenizer": ["type": "BertPreTokenizer"]],
    ["normalizer": ["type": "NFC"], "pre_tokenizer": ["type": "Metaspace", "split": false]],
    [
      "pre_tokenizer": [
        "type": "Split", "behavior": "Isolated",
        "pattern": ["Regex": #"(?:\s*x)+|\s*[\r\n]+y|(?:\p{M}+)+z|[ab]+c|\S"#],
      ]
    ],
  ]

  @Test(arguments: files.indices)
  func `no text takes long, and none traps`(file: Int) throws {
    var root = try #require(Self.files[file].object)
    root["model"] = SpellingModel.json
    let tokenizer = try Tokenizer(json: JSONValue.object(root).bytes)
    for (name, text) in Self.texts {
      let encoding = tokenizer.encode(text)
      #expect(encoding.ids == tokenizer.ids(of: text), "\(name)")
      #expect(encoding.offsets.count == encoding.ids.count, "\(name)")
    }
  }

  @Test func `a text without a space is one path for Unigram and one heap for merges`() throws {
    let text = String(repeating: "ab", count: 100_000)
    let unigram: JSONValue = [
      "model": [
        "type": "Unigram", "unk_id": 0,
        "vocab": [["<unk>", 0], ["a", -1], ["b", -1], ["ab", -1.5]],
      ]
    ]
    #expect(try Tokenizer(json: unigram.bytes).ids(of: text).count == 100_000)
    let merges: JSONValue = [
      "model": ["type": "BPE", "vocab": ["a": 0, "b": 1, "ab": 2], "merges": ["a b"]]
    ]
    #expect(try Tokenizer(json: merges.bytes).ids(of: text).count == 100_000)
  }

  @Test func `long texts of one thing have the ids and offsets of Hugging Face's library`() throws {
    let fixture = try Fixture.load("hostile")
    let texts = try #require(fixture["texts"]).strings
    let cases = try #require(fixture["cases"]?.array)
    #expect(texts.count == 21 && cases.count > 40)
    for test in cases {
      var file = try #require(test["file"]?.object)
      if file["model"] == nil { file["model"] = SpellingModel.json }
      let tokenizer = try Tokenizer(json: JSONValue.object(file).bytes)
      for (text, sum) in zip(texts, try #require(test["sums"]?.array)) {
        let encoding = tokenizer.encode(text)
        let comment: Comment = "\(test["name"]?.text ?? "") \(text.prefix(8).debugDescription)"
        #expect(encoding.ids.count == sum.integers[0], comment)
        #expect(Self.sum(encoding) == Int(sum.integers[1]), comment)
      }
    }
  }

  /// The sum that the fixture has of ids and offsets.
  private static func sum(_ encoding: Encoding) -> Int {
    zip(encoding.ids, encoding.offsets).reduce(0) { total, token in
      let (id, range) = token
      return (total * 31 + Int(id) * 7 + Int(range.lowerBound) * 3 + Int(range.upperBound))
        % 1_000_000_007
    }
  }
}
