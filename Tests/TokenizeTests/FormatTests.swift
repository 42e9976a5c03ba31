import Foundation
import Records
import TestSupport
import Testing
import Tokenize

/// Marian's, FSMT's and sentencepiece's files against transformers and sentencepiece.
struct FormatTests {
  private static let folder = "\(Shared.project)/Tests/Fixtures/Tokenize"

  @Test func `Marian's two languages and its codes are exact`() throws {
    let tokenizer = try Tokenizer.load("\(Self.folder)/marian")
    let cases = try #require(Fixture.load("marian/expected")["cases"]?.array)
    #expect(cases.count == 24)
    for test in cases {
      let text = try #require(test["text"]?.string)
      let comment = Comment(rawValue: text.debugDescription)
      let ids = try #require(test["ids"]).integers
      let target = try #require(test["target"]).integers
      #expect(tokenizer.encode(text).ids == ids, comment)
      #expect(tokenizer.target.encode(text).ids == target, comment)
      #expect(tokenizer.ids(of: text) == ids, comment)
      #expect(tokenizer.decode(target) == test["decoded"]?.string, comment)
      #expect(
        tokenizer.decode(ids, skipSpecialTokens: false) == test["decoded_raw"]?.string, comment)
    }
  }

  @Test func `a Marian names the languages that it writes, and others have none to name`() throws {
    #expect(
      try Tokenizer.load("\(Self.folder)/marian").languageCodes == [">>deu<<", ">>fra<<"])
    #expect(try Tokenizer.load("\(Self.folder)/marian/source.spm").languageCodes == nil)
    #expect(try Tokenizer.load("\(Self.folder)/fsmt").languageCodes == nil)
  }

  @Test func `a lone sentencepiece model is exact`() throws {
    let tokenizer = try Tokenizer.load("\(Self.folder)/marian/source.spm")
    for test in try #require(Fixture.load("marian/expected")["cases"]?.array) {
      let text = try #require(test["text"]?.string)
      let ids = try #require(test["pieces"]).integers
      #expect(tokenizer.ids(of: text) == ids, "\(text.debugDescription)")
      #expect(tokenizer.decode(ids) == test["surface"]?.string, "\(text.debugDescription)")
    }
  }

  private static let sentencePieceModels = [
    "bpe-bytes", "bpe-denormalized", "bpe-identity", "char", "unigram-defined", "unigram-identity",
    "unigram-no-prefix", "unigram-rules", "unigram-suffix", "word",
  ]

  /// Odd texts and lists of ids, by models of every kind that Scripts/sentencepiece_check.py has trained.
  @Test(arguments: sentencePieceModels)
  func `a sentencepiece model normalizes, cuts and decodes as the library does`(
    name: String
  ) throws {
    let models = try #require(Fixture.load("sentencepiece/expected")["models"]?.array)
    let files = models.compactMap { $0["file"]?.string }
    #expect(files.sorted() == Self.sentencePieceModels.map { "\($0).model" })
    let model = try #require(models.first { $0["file"]?.string == "\(name).model" })
    let tokenizer = try Tokenizer.load("\(Self.folder)/sentencepiece/\(name).model")
    for test in try #require(model["texts"]?.array) {
      let text = try #require(test["text"]?.string)
      let ids = try #require(test["ids"]).integers
      #expect(tokenizer.ids(of: text) == ids, "\(text.debugDescription)")
      #expect(tokenizer.decode(ids) == test["decoded"]?.string, "\(text.debugDescription)")
    }
    for test in try #require(model["decodings"]?.array) {
      let ids = try #require(test["ids"]).integers
      #expect(tokenizer.decode(ids) == test["decoded"]?.string, "\(ids)")
    }
  }

  @Test func `FSMT's words and merges are exact in eleven languages`() throws {
    let cases = try #require(Fixture.load("fsmt/expected")["cases"]?.array)
    #expect(cases.count == 11)
    for test in cases {
      let tokenizer = try fsmt(languages: try #require(test["langs"]))
      for result in try #require(test["results"]?.array) {
        let text = try #require(result["text"]?.string)
        let comment = Comment(rawValue: "\(test["langs"]?.text ?? "") \(text.debugDescription)")
        let ids = try #require(result["ids"]).integers
        #expect(tokenizer.encode(text).ids == ids, comment)
        #expect(tokenizer.decode(ids) == result["decoded"]?.string, comment)
        #expect(
          tokenizer.decode(ids, skipSpecialTokens: false) == result["decoded_raw"]?.string, comment)
      }
    }
  }

  private func fsmt(languages: JSONValue) throws -> Tokenizer {
    let folder = try TemporaryFolder()
    for name in ["merges.txt", "vocab-src.json", "vocab-tgt.json"] {
      let bytes = try fileContents("\(Self.folder)/fsmt/\(name)")
      try folder.write(String(decoding: bytes, as: UTF8.self), to: name)
    }
    try folder.write(JSONValue.object(["langs": languages]).text, to: "tokenizer_config.json")
    return try Tokenizer.load(folder.path)
  }

  @Test(arguments: ["marian", "fsmt"])
  func `what is saved loads again and gives the same ids`(name: String) throws {
    let folder = try TemporaryFolder()
    let tokenizer = try Tokenizer.load("\(Self.folder)/\(name)")
    try tokenizer.save(to: folder.path)
    let again = try Tokenizer.load(folder.path)
    let text = "The old dog's well-known street."
    #expect(again.ids(of: text) == tokenizer.ids(of: text))
    #expect(again.target.ids(of: text) == tokenizer.target.ids(of: text))
    #expect(again.target.ids(of: text) != again.ids(of: text))
  }

  @Test
  func `a sentencepiece file cut or changed anywhere is an error or a tokenizer, never a trap`()
    throws
  {
    let whole = try fileContents("\(Self.folder)/marian/source.spm")
    let folder = try TemporaryFolder()
    var random = CounterRandom(seed: 3, purpose: "broken files", record: "spm")
    for round in 0..<150 {
      var bytes = whole
      if round % 2 == 0 {
        bytes = Array(bytes.prefix(Int(random.next() % UInt64(bytes.count))))
      } else {
        for _ in 0..<8 {
          bytes[Int(random.next() % 4000)] = UInt8(truncatingIfNeeded: random.next())
        }
      }
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder.path)/broken.model"))
      guard let tokenizer = try? Tokenizer.load("\(folder.path)/broken.model") else { continue }
      #expect(!tokenizer.encode("The dog's ﬁrst street").ids.isEmpty)
    }
    let error = #expect(throws: TokenizerError.self) {
      try Data(whole.prefix(1000)).write(to: URL(fileURLWithPath: "\(folder.path)/cut.model"))
      _ = try Tokenizer.load("\(folder.path)/cut.model")
    }
    #expect(error?.file == "\(folder.path)/cut.model")
  }

  /// The replacements of the map begin at byte 180,127; each of their characters now lacks its end.
  @Test func `a sentencepiece model whose map writes broken characters does no harm`() throws {
    var bytes = try fileContents("\(Self.folder)/marian/source.spm")
    for place in 180_127..<bytes.count where bytes[place] >= 0xC0 { bytes[place] = 0xF4 }
    let folder = try TemporaryFolder()
    try Data(bytes).write(to: URL(fileURLWithPath: "\(folder.path)/broken.model"))
    let tokenizer = try Tokenizer.load("\(folder.path)/broken.model")
    for start in stride(from: UInt32(0x80), to: 0xFFFF, by: 64) {
      let scalars = (start..<start + 64).compactMap(Unicode.Scalar.init)
      let text = String(String.UnicodeScalarView(scalars))
      let encoding = tokenizer.encode(text)
      #expect(encoding.ids == tokenizer.ids(of: text))
      let end = encoding.offsets.last?.upperBound ?? 0
      #expect(end <= Int32(scalars.count))
    }
  }

  @Test func `GPT-2's, BERT's and tiktoken's own files are read`() throws {
    let folder = try TemporaryFolder()
    try folder.write("[PAD]\n[UNK]\n[CLS]\n[SEP]\nhe\n##llo\n", to: "bert/vocab.txt")
    #expect(try Tokenizer.load("\(folder.path)/bert").ids(of: "Hello x") == [2, 4, 5, 1, 3])
    let letters = (0..<256).map { Data([UInt8($0)]).base64EncodedString() + " \($0)" }
    try folder.write(letters.joined(separator: "\n"), to: "tokenizer.tiktoken")
    let error = #expect(throws: TokenizerError.self) {
      try Tokenizer.load("\(folder.path)/tokenizer.tiktoken")
    }
    #expect(error?.reason.contains("a vocabulary of 256 ranks is not known") == true)
    try folder.write(#"{"a": 0, "b": 1, "ab": 2, "<|endoftext|>": 3}"#, to: "gpt2/vocab.json")
    try folder.write("#version: 0.2\na b\n", to: "gpt2/merges.txt")
    #expect(try Tokenizer.load("\(folder.path)/gpt2").ids(of: "abba<|endoftext|>") == [2, 1, 0, 3])
  }

  /// A tekken.json of all bytes, `ab` and `zz`, with four special tokens.
  private func tekken(size: Int = 4 + 257, special: String = "") -> String {
    let bytes = (0..<256).map { Data([UInt8($0)]) } + [Data("ab".utf8), Data("zz".utf8)]
    let tokens = bytes.enumerated().map {
      #"{"rank": \#($0.offset), "token_bytes": "\#($0.element.base64EncodedString())"}"#
    }
    return #"""
      {"config": {"pattern": "[a-z]+|[^a-z]+", "num_vocab_tokens": 258, "default_vocab_size": \#(size),
        "default_num_special_tokens": 4, "version": "v3"}, \#(special)
        "vocab": [\#(tokens.joined(separator: ", "))]}
      """#
  }

  @Test func `Mistral's tekken.json counts its ids from behind the special tokens`() throws {
    let folder = try TemporaryFolder()
    try folder.write(tekken(), to: "tekken.json")
    let tokenizer = try Tokenizer.load(folder.path)
    // The last token is beyond the vocabulary's size.
    #expect(tokenizer.ids(of: "abzz 1") == [1, 260, 126, 126, 36, 53])
    #expect(tokenizer.ids(of: "[INST]b") == [1, 3, 102])
    #expect(tokenizer.decode([1, 260, 36, 53, 2]) == "ab 1")
    #expect(tokenizer.specialTokens.end == 2)
    let special = #""special_tokens": [{"rank": 2, "token_str": "<end>"}],"#
    try folder.write(tekken(special: special), to: "tekken_1.json")
    let named = try Tokenizer.load("\(folder.path)/tekken_1.json")
    #expect(named.ids(of: "<end><SPECIAL_0>") == [2, 0])
    let saved = try TemporaryFolder()
    try named.save(to: saved.path)
    #expect(try Tokenizer.load(saved.path).ids(of: "<end>") == [2])
  }

  @Test(arguments: [
    #"{"rank": 1, "token_str": "<s>"}, {"rank": 2, "token_str": "<s>"}"#,
    #"{"rank": 1, "token_str": "<s>"}, {"rank": 1, "token_str": "<end>"}"#,
    #"{"rank": 1, "token_str": ""}"#, #"{"rank": 4, "token_str": "<s>"}"#,
  ])
  func `a tekken.json with faulty special tokens is refused`(tokens: String) throws {
    let folder = try TemporaryFolder()
    let special = #""special_tokens": [\#(tokens)],"#
    try folder.write(tekken(special: special), to: "tekken.json")
    let error = #expect(throws: TokenizerError.self) { try Tokenizer.load(folder.path) }
    #expect(error?.place.contains("special_tokens") == true)
  }

  @Test(arguments: [
    (size: 4 + 300, place: "vocab", reason: "258 of 300 tokens"),
    (size: 2, place: "config", reason: "4 special tokens of 2 tokens"),
    (size: 4 + 100, place: "vocab", reason: "every byte"),
  ])
  func `a tekken.json with too few tokens is refused`(
    size: Int, place: String, reason: String
  ) throws {
    let folder = try TemporaryFolder()
    try folder.write(tekken(size: size), to: "tekken.json")
    let error = #expect(throws: TokenizerError.self) { try Tokenizer.load(folder.path) }
    #expect(error?.place == place)
    #expect(error?.reason.contains(reason) == true)
  }

  /// Each pair of neighbours in `merges` would be one token where no cut lies between them.
  @Test(arguments: [
    ("gpt-2", "12345 ab.cd", ["12", "34", "5", "Ġab", ".", "cd"]),
    ("llama-bpe", "12345 ab.cd", ["12", "3", "45", "Ġab", ".cd"]),
    ("qwen2", "12345 ab.cd", ["1", "2", "3", "4", "5", "Ġab", ".cd"]),
    ("qwen35", "12345 ab.cd", ["1", "2", "3", "4", "5", "Ġab", ".cd"]),
    ("starcoder", "12345 ab.cd", ["1", "2", "3", "4", "5", "Ġab", ".", "cd"]),
    ("falcon", "12345 ab.cd", ["12", "3", "45", "Ġab", ".", "cd"]),
    ("deepseek-llm", "12345 ab.cd", ["1", "2", "3", "4", "5", "Ġab", ".", "cd"]),
    ("deepseek-coder", "12345 ab.cd", ["1", "2", "3", "4", "5", "Ġab", ".", "cd"]),
    ("deepseek-v3", "12345 ab.cd", ["12", "3", "45", "Ġab", ".cd"]),
    ("tekken", "12345 ab.cd", ["1", "2", "3", "4", "5", "Ġab", ".cd"]),
    ("gpt-4o", "12345 ab.cd", ["12", "3", "45", "Ġab", ".cd"]),
    ("bloom", "12345 ab.cd", ["12", "34", "5", "Ġab", ".", "cd"]),
    ("viking", "12345 ab.cd", ["1", "2", "3", "4", "5", "Ġab", ".", "cd"]),
  ])
  func `a GGUF vocabulary cuts words as its name says`(
    name: String, text: String, tokens: [String]
  ) throws {
    let bytes = ["Ġ", "."] + "12345abcd".map { String($0) }
    let pairs = ["1 2", "3 4", "4 5", "a b", "c d", "Ġ ab", ". cd"]
    let vocabulary = GGUFVocabulary(
      model: "gpt2", pattern: name,
      tokens: bytes + pairs.map { $0.filter { $0 != " " } }, merges: pairs)
    let tokenizer = try Tokenizer(vocabulary, file: "model.gguf")
    #expect(tokenizer.ids(of: text).map { vocabulary.tokens[Int($0)] } == tokens)
    #expect(tokenizer.decode(tokenizer.ids(of: text)) == text)
  }

  @Test func `a GGUF vocabulary whose way to cut words is not known is refused`() throws {
    let error = #expect(throws: TokenizerError.self) {
      try Tokenizer(
        GGUFVocabulary(model: "gpt2", pattern: "unheard-of", tokens: ["a"]), file: "model.gguf")
    }
    #expect(error?.place == "tokenizer.ggml.pre")
    #expect(error?.reason.contains("unheard-of") == true)
  }

  @Test
  func `Gemma 4's GGUF vocabulary writes spaces out, merges across them and falls back to bytes`()
    throws
  {
    let vocabulary = GGUFVocabulary(
      model: "gemma4",
      tokens: ["<unk>", "<bos>", "▁", "a", "b", "▁a", "▁a▁", "<0x00>", "<0x63>", "\n"],
      kinds: [2, 3, 1, 1, 1, 1, 1, 6, 6, 1], merges: ["▁ a", "▁a ▁"],
      roles: ["bos": 1, "unknown": 0], flags: ["add_bos_token": false])
    let tokenizer = try Tokenizer(vocabulary, file: "model.gguf")
    #expect(tokenizer.ids(of: "b a b") == [1, 4, 6, 4])
    #expect(tokenizer.ids(of: "c\n") == [1, 8, 9])
    #expect(tokenizer.decode([4, 6, 4, 8]) == "b a bc")
  }

  @Test func `a GGUF vocabulary of pieces merges by its scores`() throws {
    let vocabulary = GGUFVocabulary(
      model: "llama", tokens: ["<unk>", "<s>", "▁", "a", "b", "ab", "▁ab", "<0x63>"],
      scores: [0, 0, -1, -2, -3, -4, -5, 0], kinds: [2, 3, 1, 1, 1, 1, 1, 6],
      roles: ["bos": 1, "unknown": 0])
    let tokenizer = try Tokenizer(vocabulary, file: "model.gguf")
    #expect(tokenizer.ids(of: "ab ba c") == [1, 6, 2, 4, 3, 2, 7])
    #expect(tokenizer.decode([1, 6, 2, 4, 3]) == "ab ba")
    let error = #expect(throws: TokenizerError.self) {
      try Tokenizer(GGUFVocabulary(model: "rwkv", tokens: []), file: "model.gguf")
    }
    #expect(error?.place == "tokenizer.ggml.model")
  }
}
