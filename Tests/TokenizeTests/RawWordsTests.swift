import Records
import TestSupport
import Testing
import Tokenize

/// Ids alone are found without normalizing texts where their words can be cut as they are; offsets never are.
struct RawWordsTests {
  /// What normalizers and pre-tokenizers treat in ways of their own, most of all beside spaces.
  private static let parts: [String] = [
    "a", "Ab", "word", "WORD", "ing", "7", "2024", " ", " ", " ", "  ", "\t", "\n", "\r", "\r\n",
    "!", "'s",
    ".", "{", "\u{0}", "\u{7}", "\u{7f}", "\u{85}", "\u{a0}", "\u{ad}", "é", "e\u{301}", "\u{301}",
    "\u{345}", "\u{316}\u{301}", "\u{5b0}", "ß", "İ", "ŉ", "ﬁ", "½", "中", "文字", "，", "。",
    "\u{3000}",
    "カ\u{3099}", "ｶﾞ", "한", "\u{1100}\u{1161}", "\u{600}", "\u{110bd}", "\u{200b}", "\u{200c}",
    "\u{200d}",
    "\u{2028}", "\u{fe0f}", "\u{1f3fb}", "👩\u{200d}👧", "🇩🇪", "\u{37e}", "\u{2000}", "\u{2f800}", "▁",
    "▁x",
    "<s>", "</s>", "[SEP]", "<extra_id_0>", "\u{feff}", "\u{fffd}", "internationalization",
    "ABCDEFGHIJKLMNOPQ",
    "supercalifragilisticexpialidocious-and-so-on-and-so-on-and-so-on-and-so-on", "\u{1d400}", "ΑΣ",
    "я",
  ]

  private static func text(_ random: inout CounterRandom) -> String {
    let count = 1 + random.below(random.below(8) == 0 ? 400 : 14)
    return (0..<count).map { _ in parts[random.below(parts.count)] }.joined()
  }

  private static func compare(_ tokenizer: Tokenizer, _ name: String, rounds: Int) {
    var random = CounterRandom(seed: 5, purpose: "raw words", record: name)
    let texts = (0..<rounds).map { _ in text(&random) }
    var options = EncodingOptions()
    options.addSpecialTokens = false
    let wanted = texts.map { tokenizer.encode($0, options: options).ids }
    // Met for the first time, and again.
    for threads in [1, 3, 1] {
      let found = tokenizer.idsBatch(of: texts, addSpecialTokens: false, threads: threads)
      guard let place = texts.indices.first(where: { found[$0] != wanted[$0] }) else { continue }
      Issue.record(
        "\(name): \(texts[place].debugDescription) has \(found[place]), not \(wanted[place])")
      return
    }
    for (text, ids) in zip(texts, wanted).prefix(300) {
      #expect(tokenizer.ids(of: text, addSpecialTokens: false) == ids)
    }
  }

  @Test(
    .enabled(if: Shared.exists, "needs the reference data beside the project"),
    arguments: ["bert-minilm", "t5", "llama2", "phi-3", "nmt-unigram", "phi-2", "llama3"])
  func `ids alone are those that come with offsets`(name: String) throws {
    let bytes = try Shared.contents("golden/tokenizers/\(name).tokenizer.json.gz")
    Self.compare(try Tokenizer(json: bytes, file: name), name, rounds: 1500)
  }

  @Test(.enabled(if: Shared.exists, "needs the reference data beside the project"))
  func `what T5 removes at the beginning of a text is gone, and offsets move up`() throws {
    let bytes = try Shared.contents("golden/tokenizers/t5.tokenizer.json.gz")
    let tokenizer = try Tokenizer(json: bytes)
    // As tokenizers 0.23.3 has them.
    #expect(tokenizer.encode("\u{7}").ids == [1])
    let encoding = tokenizer.encode("\u{7}2024ß")
    #expect(encoding.ids == [460, 2266, 5202, 1])
    #expect(encoding.flatOffsets == [0, 2, 2, 4, 4, 5, 0, 0])
  }

  @Test(arguments: 0..<16)
  func `BERT's words are the same whatever its normalizer is told`(choices: Int) throws {
    let letters = "abcdefghijklmnopqrstuvwxyzABCDIMNORSTUWX0124567.!'{[]é中文字，。한яας½ß"
    let tokens =
      ["[UNK]", "[SEP]"] + letters.map { String($0) } + letters.map { "##\($0)" } + ["##ing"]
    let root: JSONValue = [
      "normalizer": [
        "type": "BertNormalizer", "clean_text": .bool(choices & 1 == 0),
        "handle_chinese_chars": .bool(choices & 2 == 0), "lowercase": .bool(choices & 4 == 0),
        "strip_accents": .bool(choices & 8 == 0),
      ],
      "pre_tokenizer": ["type": "BertPreTokenizer"],
      "added_tokens": [
        [
          "id": 1, "content": "[SEP]", "single_word": false, "lstrip": false, "rstrip": false,
          "normalized": false, "special": true,
        ]
      ],
      "model": [
        "type": "WordPiece", "unk_token": "[UNK]",
        "vocab": .object(JSONObject(tokens.enumerated().map { ($0.element, .integer($0.offset)) })),
      ],
    ]
    Self.compare(try Tokenizer(json: root.bytes), "BERT \(choices)", rounds: 300)
  }

  @Test func `a model with tokens across words is not cut at its spaces`() throws {
    for tokens in [["a▁", "a▁b"], ["b▁"], []] {
      let letters = "ab▁<s>".map { String($0) } + tokens
      let root: JSONValue = [
        "normalizer": [
          "type": "Sequence",
          "normalizers": [
            ["type": "Prepend", "prepend": "▁"],
            ["type": "Replace", "pattern": ["String": " "], "content": "▁"],
          ],
        ],
        "model": [
          "type": "BPE",
          "vocab": .object(
            JSONObject(letters.enumerated().map { ($0.element, .integer($0.offset)) })),
          "merges": .array(
            tokens.map { token in
              .string(token == "a▁b" ? "a▁ b" : "\(token.prefix(1)) ▁")
            }),
        ],
      ]
      let tokenizer = try Tokenizer(json: root.bytes)
      for text in ["a b a  b", " a", "b a b", "<s>a b", "ab ab", "", " "] {
        #expect(tokenizer.ids(of: text) == tokenizer.encode(text).ids, "\(tokens) \(text)")
      }
    }
  }

  @Test func `texts encoded together have the offsets, words and masks they have alone`() throws {
    let letters = "abcdeĠ<s>é".map { String($0) } + ["Ċ", "Ã", "©", "ä", "¸", "Ń", "Ġa"]
    let root: JSONValue = [
      "pre_tokenizer": ["type": "ByteLevel", "add_prefix_space": false, "use_regex": true],
      "post_processor": ["type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true],
      "added_tokens": [
        [
          "id": 6, "content": "<s>", "single_word": false, "lstrip": true, "rstrip": false,
          "normalized": false, "special": true,
        ]
      ],
      "model": [
        "type": "BPE",
        "vocab": .object(
          JSONObject(letters.enumerated().map { ($0.element, .integer($0.offset)) })),
        "merges": ["Ġ a"],
      ],
    ]
    let tokenizer = try Tokenizer(json: root.bytes)
    var random = CounterRandom(seed: 9, purpose: "texts together", record: "offsets")
    let pieces = ["a", "bc", " ", " a", "é", "中", "\n", "<s>", "abcdeabcdeabcdeabcdeabcde"]
    let texts = (0..<3000).map { _ in
      (0..<random.below(40)).map { _ in pieces[random.below(pieces.count)] }.joined()
    }
    let alone = texts.map { tokenizer.encode($0) }
    for threads in [1, 3] {
      let together = tokenizer.encodeBatch(texts, threads: threads)
      for (index, encoding) in together.enumerated() where encoding != alone[index] {
        Issue.record("\(texts[index].debugDescription) is \(encoding), not \(alone[index])")
        return
      }
    }
  }
}
