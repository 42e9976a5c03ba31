import Records
import Stages
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

  @Test func `threads share words of texts that hold many new ones`() throws {
    let letters = "abcdefghijklmnopqrstuvwxyz0123456789".map { String($0) }
    let tokens = ["[UNK]"] + letters + letters.map { "##\($0)" }
    let root: JSONValue = [
      "pre_tokenizer": ["type": "BertPreTokenizer"],
      "model": [
        "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 100,
        "vocab": .object(
          JSONObject(tokens.enumerated().map { ($0.element, .integer($0.offset)) })),
      ],
    ]
    let tokenizer = try Tokenizer(json: root.bytes)
    // More than are learned at once, which had no end where the first table grew too little.
    let texts = (0..<4).map { part in
      (0..<20_000).map { "w\(part)x\($0)" }.joined(separator: " ")
    }
    let wanted = texts.map { tokenizer.encode($0).ids }
    for _ in 0..<2 { #expect(tokenizer.idsBatch(of: texts + texts, threads: 4) == wanted + wanted) }
  }

  /// Each of these characters stands for four, so that a short word has more tokens than threads share.
  @Test(.enabled(if: Shared.exists, "needs the reference data beside the project"))
  func `a short word of very many tokens has them wherever it stands`() throws {
    let bytes = try Shared.contents("golden/tokenizers/t5.tokenizer.json.gz")
    let tokenizer = try Tokenizer(json: bytes, file: "t5")
    let word = String(repeating: "㏂", count: 5)
    let ids = tokenizer.encode(word).ids.dropLast()
    #expect(ids.count > 16)
    let plain = try #require(tokenizer.encode("one").ids.first)
    let text = Array(repeating: "one \(word)", count: 50).joined(separator: " ")
    let wanted = (0..<50).flatMap { _ in [plain] + ids }
    for threads in [1, 4] {
      for _ in 0..<2 {
        let found = tokenizer.idsBatch(
          of: Array(repeating: text, count: 300), addSpecialTokens: false, threads: threads)
        #expect(found.allSatisfy { $0 == wanted })
      }
    }
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

  /// A normalizer of Llama-2's kind.
  private static let spaced: JSONValue = [
    "type": "Sequence",
    "normalizers": [
      ["type": "Prepend", "prepend": "▁"],
      ["type": "Replace", "pattern": ["String": " "], "content": "▁"],
    ],
  ]
  /// A character map without keys, which changes nothing.
  private static let unmapped: JSONValue = [
    "type": "Precompiled",
    "precompiled_charsmap": .string("AAQAA" + String(repeating: "A", count: 1367)),
  ]

  private static func visible(_ sign: String) -> JSONValue {
    [
      "type": "Sequence",
      "pretokenizers": [
        ["type": "WhitespaceSplit"],
        [
          "type": "Metaspace", "replacement": .string(sign), "prepend_scheme": "always",
          "split": true,
        ],
      ],
    ]
  }

  private static func bpe(
    _ tokens: [String], _ merges: [JSONValue], ignoresMerges: Bool
  ) -> JSONValue {
    [
      "type": "BPE", "unk_token": "<unk>", "ignore_merges": .bool(ignoresMerges),
      "vocab": .object(JSONObject(tokens.enumerated().map { ($0.element, .integer($0.offset)) })),
      "merges": .array(merges),
    ]
  }

  /// Expects of ids with offsets and of ids alone what tokenizers 0.23.3 gives, whatever the memory has met before.
  private static func expect(_ file: JSONValue, _ wanted: KeyValuePairs<String, [Int32]>) throws {
    let (first, second) = (try Tokenizer(json: file.bytes), try Tokenizer(json: file.bytes))
    for (text, ids) in wanted {
      #expect(first.encode(text).ids == ids, "\(text)")
      #expect(second.idsBatch(of: [text, text], threads: 1) == [ids, ids], "\(text)")
    }
    for (text, ids) in wanted {
      #expect(first.idsBatch(of: [text], threads: 1) == [ids], "\(text)")
      #expect(second.encode(text).ids == ids, "\(text)")
    }
  }

  @Test func `parts of words are no raw words where whole words go before merges`() throws {
    let spaced = Self.bpe(
      ["<unk>", "▁", "a", "b", "c", "▁a", "▁ab", "▁abc"], ["▁ a"], ignoresMerges: true)
    let words: [Int32] = [5, 3, 4]
    try Self.expect(
      ["normalizer": Self.spaced, "model": spaced],
      [
        "abc abc abc abc abc abc abc": Array(repeatElement(words, count: 7).joined()),
        "abc": [7], "abcabc abc": [5, 3, 4, 2, 3, 4, 5, 3, 4],
      ])
    let bert = Self.bpe(["<unk>", "a", "b", "c", "abc", "ab"], ["a b"], ignoresMerges: true)
    let file: JSONValue = [
      "normalizer": ["type": "BertNormalizer"], "pre_tokenizer": ["type": "BertPreTokenizer"],
      "model": bert,
    ]
    try Self.expect(
      file,
      [
        "abcabcabcabcabcabcabc": Array(repeatElement([5, 3], count: 7).joined()),
        "abc abcé abc": [4, 5, 3, 0, 4],
      ])
  }

  @Test(arguments: [false, true])
  func `byte pairs read words of as many bytes as are remembered`(ignoresMerges: Bool) throws {
    let model = Self.bpe(
      ["<unk>", "▁", "a", "b", "c", "▁a", "ab"], ["▁ a", "a b"], ignoresMerges: ignoresMerges)
    try Self.expect(
      ["normalizer": Self.unmapped, "pre_tokenizer": Self.visible("▁"), "model": model],
      [
        "abcabcabcabcabc x": [5, 3, 4, 6, 4, 6, 4, 6, 4, 6, 4, 1, 0],
        "abé": [5, 3, 0],
      ])
  }

  @Test func `a word is cut where the sign before words stands in it`() throws {
    let file: JSONValue = [
      "normalizer": Self.unmapped, "pre_tokenizer": Self.visible("_"),
      "model": [
        "type": "Unigram", "unk_id": 0,
        "vocab": [
          ["<unk>", 0], ["_", -1], ["a", -2], ["b", -2], ["_a", -1.5], ["_b", -1.5],
          ["_a_b", -0.5],
          ["__a", -0.5],
        ],
      ],
    ]
    try Self.expect(file, ["a_b a b _a": [4, 5, 4, 5, 4], "_ab": [4, 3]])
  }

  @Test func `many texts without a space take the memory of their ids and little more`() async {
    await #expect(processExitsWith: .success) {
      let model = RawWordsTests.bpe(
        ["<unk>", "▁", "a", "b", "c", "▁a", "ab"], ["▁ a", "a b"], ignoresMerges: false)
      let file: JSONValue = ["normalizer": RawWordsTests.spaced, "model": model]
      let tokenizer = try Tokenizer(json: file.bytes)
      let text = String(repeating: "acb", count: 1 << 16)
      let before = try RawWordsTests.mostMemory()
      let ids = tokenizer.idsBatch(of: Array(repeating: text, count: 80), threads: 1)
      let used = try RawWordsTests.mostMemory() - before
      let size = ids.reduce(0) { $0 + $1.count * MemoryLayout<Int32>.stride }
      precondition(used < size + 24 << 20, "\(used) bytes for \(size) of ids")
    }
  }

  /// The most memory that this process has had, in bytes.
  private static func mostMemory() throws -> Int {
    let status = String(decoding: try FileReader.contents("/proc/self/status"), as: UTF8.self)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
    return try #require(Int(line.filter(\.isNumber))) << 10
  }

  // An id of its own in a gap of the vocabulary's, behind them, or one that a token of the vocabulary has.
  @Test(arguments: [("  ", 3), ("  ", 11), ("  ", 1), ("\u{A0}a", 10)])
  func `added tokens are trimmed alike together and alone where ids have gaps`(
    content: String, id: Int
  ) throws {
    let root: JSONValue = [
      "pre_tokenizer": ["type": "ByteLevel", "add_prefix_space": false, "use_regex": true],
      "post_processor": ["type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true],
      "added_tokens": [
        [
          "id": .integer(id), "content": .string(content), "single_word": false, "lstrip": false,
          "rstrip": false, "normalized": false, "special": false,
        ]
      ],
      "model": ["type": "BPE", "vocab": ["Ġ": 0, "a": 1, "Ġa": 10], "merges": ["Ġ a"]],
    ]
    let tokenizer = try Tokenizer(json: root.bytes)
    let texts = ["a  a", " a\u{A0}a a", "aa  ", "  "]
    let alone = texts.map { tokenizer.encode($0) }
    #expect(tokenizer.encodeBatch(texts, threads: 1) == alone)
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
