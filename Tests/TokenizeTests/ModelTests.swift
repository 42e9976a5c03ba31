import Records
import Testing
import Tokenize

/// Unigram, decoders and windows against Hugging Face's library.
struct ModelTests {
  @Test func `Unigram breaks ties, joins the unknown and falls back to bytes`() throws {
    let fixture = try Fixture.load("unigram")
    let texts = try #require(fixture["texts"]).strings
    let cases = try #require(fixture["cases"]?.array)
    #expect(cases.count == 3)
    for test in cases {
      let tokenizer = try Tokenizer(json: try #require(test["file"]).bytes)
      for (text, result) in zip(texts, try #require(test["results"]?.array)) {
        let encoding = tokenizer.encode(text)
        let comment = Comment(rawValue: "\(test["name"]?.string ?? "") \(text.debugDescription)")
        #expect(encoding.ids == result["ids"]?.integers, comment)
        #expect(encoding.flatOffsets == result["offsets"]?.integers, comment)
        #expect(encoding.wordIds == result["words"]?.integers, comment)
        #expect(tokenizer.ids(of: text) == encoding.ids, comment)
      }
    }
  }

  @Test func `added tokens follow twins, and are decoded as the normalizer leaves them`() throws {
    let fixture = try Fixture.load("added")
    let tokenizer = try Tokenizer(json: try #require(fixture["file"]).bytes)
    let ids = try #require(fixture["ids"]?.array).map(\.integers)
    for (text, ids) in zip(try #require(fixture["texts"]).strings, ids) {
      #expect(tokenizer.ids(of: text) == ids)
    }
    #expect(
      ids.map { tokenizer.decode($0, skipSpecialTokens: false) } == fixture["decoded"]?.strings)
    #expect(ids.map { tokenizer.decode($0) } == fixture["skipped"]?.strings)
  }

  @Test func `added tokens are counted from the number of tokens, whatever holes their ids have`()
    throws
  {
    // As tokenizers 0.23.3 has them: X takes the id of c, which it is decoded as from then on.
    let added = ["b", "X", "Y"].enumerated().map { place, content in
      AddedTokenFile.token(content, id: 50 + place)
    }
    let file: JSONValue = [
      "model": ["type": "WordLevel", "unk_token": "a", "vocab": ["a": 0, "b": 50, "c": 3]],
      "added_tokens": .array(added),
    ]
    let tokenizer = try Tokenizer(json: file.bytes)
    #expect(tokenizer.addedTokens.map(\.id) == [50, 3, 4])
    #expect(tokenizer.encode("XbY").ids == [3, 50, 4])
    #expect(tokenizer.decode([3, 4, 50, 0]) == "X Y b a")
  }

  @Test func `a template that writes a text twice does so without special tokens too`() throws {
    let text: JSONValue = ["Sequence": ["id": "A", "type_id": 0]]
    let file: JSONValue = [
      "model": SpellingModel.json,
      "post_processor": [
        "type": "TemplateProcessing", "single": [text, text], "pair": [text], "special_tokens": [:],
      ],
    ]
    let tokenizer = try Tokenizer(json: file.bytes)
    let ids = tokenizer.encode("ab", addSpecialTokens: false).ids
    #expect(ids == [64, 65, 64, 65])
    #expect(tokenizer.ids(of: "ab", addSpecialTokens: false) == ids)
    #expect(tokenizer.idsBatch(of: ["ab"], addSpecialTokens: false, threads: 1) == [ids])
  }

  @Test func `every decoder puts tokens together as Hugging Face does`() throws {
    let fixture = try Fixture.load("decoders")
    let ids = try #require(fixture["ids"]?.array).map(\.integers)
    let cases = try #require(fixture["cases"]?.array)
    #expect(cases.count == 9)
    for test in cases {
      let root: JSONValue = [
        "version": "1.0", "model": try #require(fixture["model"]),
        "decoder": test["decoder"] ?? .null,
      ]
      let tokenizer = try Tokenizer(json: root.bytes)
      let texts = ids.map { tokenizer.decode($0) }
      #expect(texts == test["texts"]?.strings, "\(test["name"]?.string ?? "")")
    }
  }

  @Test func `what is cut off comes in overlapping windows`() throws {
    let fixture = try Fixture.load("wordpiece")
    let tokenizer = try Tokenizer(json: try #require(fixture["file"]).bytes)
    let cases = try #require(fixture["windows"]?.array)
    #expect(cases.count == 20)
    for test in cases {
      var options = EncodingOptions()
      options.truncation = Truncation(
        maximumLength: try #require(test["length"]?.int),
        strategy: test["strategy"]?.string == "only_second" ? .onlySecond : .longestFirst,
        cutsLeft: test["direction"]?.string == "left", stride: test["stride"]?.int)
      let encoding = tokenizer.encode(
        try #require(test["text"]?.string), pair: test["pair"]?.string, options: options)
      #expect(encoding.ids == test["ids"]?.integers, "\(test.text)")
      let windows = test["overflowing"]?.array ?? []
      #expect(encoding.overflowing.map(\.ids) == windows.map(\.integers), "\(test.text)")
    }
  }

  @Test func `an inspection shows each step`() throws {
    let fixture = try Fixture.load("wordpiece")
    let tokenizer = try Tokenizer(json: try #require(fixture["file"]).bytes)
    let steps = tokenizer.inspect("A PAINS[SEP]").steps
    #expect(
      steps.map(\.name) == [
        "text", "added tokens", "normalized", "added tokens", "words", "tokens", "template",
      ])
    #expect(steps[2].parts.map(\.text) == ["a pains", "[SEP]"])
    #expect(steps[4].parts.map(\.text) == ["a", "pains", "[SEP]"])
    #expect(steps[5].parts.map(\.text) == ["a", "pain", "##s", "[SEP]"])
    #expect(steps[6].parts.map(\.isSpecial) == [true, false, false, false, true, true])
  }
}

/// Elements of `added_tokens`.
private enum AddedTokenFile {
  static func token(_ content: String, id: Int) -> JSONValue {
    [
      "id": .integer(id), "content": .string(content), "single_word": false, "lstrip": false,
      "rstrip": false, "normalized": false, "special": false,
    ]
  }
}
