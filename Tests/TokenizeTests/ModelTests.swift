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

  @Test func `where no token of a text is kept, all of it is one window`() throws {
    let tokenizer = try Tokenizer(json: Self.surrounded(by: "BertProcessing"))
    var options = EncodingOptions()
    options.truncation = Truncation(maximumLength: 4, stride: 0)
    options.padding = Padding()
    let encoding = tokenizer.encode("a b c", options: options)
    #expect(encoding.ids == [1, 1, 2, 2])
    #expect(encoding.overflowing.map(\.ids) == [[1, 1, 3, 4, 5, 2, 2]])
  }

  /// Ids and segments as tokenizers 0.23.3 has them.
  @Test(arguments: [
    ("BertProcessing", [3, 5, 5, 5, 5, 6, 7, 7, 7, 8], [1, 1, 3, 4, 2, 2, 5, 6, 2, 2]),
    ("RobertaProcessing", [3, 5, 5, 5, 5, 6, 7, 7, 7, 7, 8], [1, 1, 3, 4, 2, 2, 2, 5, 6, 2, 2]),
  ])
  func `a template may stand around the tokens of another post-processor`(
    inner: String, types: [Int], ids: [Int]
  ) throws {
    let tokenizer = try Tokenizer(json: Self.surrounded(by: inner))
    let single = tokenizer.encode("a b")
    #expect(single.ids == [1, 1, 3, 4, 2, 2])
    #expect(single.typeIds == [3, 5, 5, 5, 5, 4])
    #expect(single.specialMask == [1, 1, 0, 0, 1, 1])
    let pair = tokenizer.encode("a b", pair: "c d")
    #expect(pair.ids.map(Int.init) == ids)
    #expect(pair.typeIds.map(Int.init) == types)
    let bare = tokenizer.encode("a b", pair: "c d", addSpecialTokens: false)
    #expect(bare.ids == [3, 4, 5, 6])
    #expect(bare.typeIds == [5, 5, 7, 7])
    #expect(tokenizer.ids(of: "a b", pair: "c d").map(Int.init) == ids)
    // Behind a template that makes more parts than texts, the library fails.
    #expect(throws: TokenizerError.self) {
      try Tokenizer(json: Self.surrounded(by: "TemplateProcessing"))
    }
  }

  private static func surrounded(by inner: String) -> [UInt8] {
    func special(_ id: JSONValue, _ type: JSONValue) -> JSONValue {
      ["SpecialToken": ["id": id, "type_id": type]]
    }
    func text(_ id: JSONValue, _ type: JSONValue) -> JSONValue {
      ["Sequence": ["id": id, "type_id": type]]
    }
    let around: JSONValue = [
      "type": "TemplateProcessing",
      "single": [special("[CLS]", 3), text("A", 5), special("[SEP]", 4)],
      "pair": [
        special("[CLS]", 3), text("A", 5), special("[SEP]", 6), text("B", 7), special("[SEP]", 8),
      ],
      "special_tokens": [
        "[CLS]": ["id": "[CLS]", "ids": [1], "tokens": ["[CLS]"]],
        "[SEP]": ["id": "[SEP]", "ids": [2], "tokens": ["[SEP]"]],
      ],
    ]
    let first: JSONValue = [
      "type": .string(inner), "sep": ["[SEP]", 2], "cls": ["[CLS]", 1], "trim_offsets": false,
      "add_prefix_space": false,
    ]
    let root: JSONValue = [
      "version": "1.0", "pre_tokenizer": ["type": "WhitespaceSplit"],
      "post_processor": [
        "type": "Sequence",
        "processors": [inner == "TemplateProcessing" ? around : first, around],
      ],
      "model": [
        "type": "WordLevel", "unk_token": "[UNK]",
        "vocab": ["[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "a": 3, "b": 4, "c": 5, "d": 6],
      ],
    ]
    return root.bytes
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
