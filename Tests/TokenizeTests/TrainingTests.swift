import Records
import TestSupport
import Testing
import Tokenize

struct TrainingTests {
  private let fixture: JSONValue
  private let texts: [String]

  init() throws {
    fixture = try Fixture.load("training")
    texts = try #require(fixture["texts"]).strings
  }

  private func trained(_ run: JSONValue, threads: Int) throws -> Tokenizer {
    var options = VocabularyOptions(.bpe)
    options.vocabularySize = try #require(run["size"]?.int)
    options.minFrequency = try #require(run["frequency"]?.int)
    options.specialTokens = try #require(run["specials"]).strings
    return try learn(options, threads: threads)
  }

  private func learn(_ options: VocabularyOptions, threads: Int = 2) throws -> Tokenizer {
    var trainer = try TokenizerTrainer(options)
    trainer.count(texts, threads: threads)
    return try trainer.train(threads: threads)
  }

  private func tokens(of tokenizer: Tokenizer) -> [String] {
    (0..<tokenizer.vocabularySize).map { tokenizer.token(of: Int32($0)) ?? "" }
  }

  private func model(_ name: String) throws -> JSONValue {
    try #require(fixture["models"]?.array?.first { $0["name"]?.string == name })
  }

  @Test(arguments: [0, 1, 2])
  func `a vocabulary has the tokens, ids and merges that Hugging Face learns`(run: Int) throws {
    let run = try #require(fixture["runs"]?.array)[run]
    let tokenizer = try trained(run, threads: 1)
    let tokens = try #require(run["tokens"]).strings
    #expect((0..<tokenizer.vocabularySize).map { tokenizer.token(of: Int32($0)) ?? "" } == tokens)
    for (text, ids) in zip(texts, try #require(run["ids"]?.array)) {
      #expect(tokenizer.ids(of: text) == ids.integers, "\(text.debugDescription)")
      #expect(tokenizer.decode(ids.integers) == text)
    }
    guard let merges = run["merges"], !merges.isNull else { return }
    let folder = try TemporaryFolder()
    try tokenizer.save(to: folder.path)
    let saved = try JSONValue.parse(fileContents("\(folder.path)/tokenizer.json"))
    #expect(saved["model"]?["merges"] == merges)
  }

  private static let plain: [(name: String, options: VocabularyOptions)] = {
    var plain = VocabularyOptions(.bpe)
    plain.preTokenizer = .whitespace
    plain.vocabularySize = 400
    var limited = VocabularyOptions(.bpe)
    limited.preTokenizer = .metaspace
    limited.vocabularySize = 300
    limited.minFrequency = 1
    limited.limitAlphabet = 40
    limited.maxTokenLength = 6
    limited.initialAlphabet = ["ß", "я"]
    return [("bpe", plain), ("bpe, limits", limited)]
  }()

  @Test(arguments: [0, 1])
  func `characters are joined as Hugging Face joins them`(number: Int) throws {
    let (name, options) = Self.plain[number]
    let wanted = try model(name)
    let tokenizer = try learn(options)
    #expect(tokens(of: tokenizer) == wanted["vocab"]?.strings)
    let saved = try JSONValue.parse(tokenizer.json)
    #expect(saved["model"]?["merges"] == wanted["merges"])
  }

  @Test func `words that end in a suffix have the tokens that Hugging Face learns`() throws {
    var options = VocabularyOptions(.bpe)
    options.preTokenizer = .whitespaceSplit
    options.vocabularySize = 500
    options.minFrequency = 3
    options.endOfWordSuffix = "</w>"
    let tokenizer = try learn(options)
    #expect(
      tokens(of: tokenizer).sorted() == (try model("bpe, suffix")["tokens"]?.strings.sorted()))
    let text = "the patient reports fever"
    #expect(tokenizer.decode(tokenizer.ids(of: text)) == text)
  }

  @Test func `WordPiece has the tokens that Hugging Face learns in every run`() throws {
    var options = VocabularyOptions(.wordpiece)
    options.vocabularySize = 1000
    options.minFrequency = 3
    let tokenizer = try learn(options)
    let wanted = try model("wordpiece")
    let found = tokens(of: tokenizer)
    #expect(Set(try #require(wanted["tokens"]).strings).isSubset(of: found))
    // Runs of the library differ among themselves where pairs are equally frequent.
    #expect(abs(found.count - (try #require(wanted["size"]?.int))) <= 5)
    #expect(tokenizer.unknownId == 1)
    let ids = tokenizer.ids(of: "The patient reports fever ☃")
    #expect(ids.first == 2 && ids.last == 3 && ids.contains(1))
    #expect(tokenizer.decode(ids) == "the patient reports fever")
  }

  @Test(arguments: [("unigram", 300), ("unigram, pruned", 110)])
  func `Unigram has the pieces and scores that Hugging Face learns`(
    name: String, size: Int
  ) throws {
    var options = VocabularyOptions(.unigram)
    options.normalizer = VocabularyOptions.Normalizer.none
    options.vocabularySize = size
    let tokenizer = try learn(options)
    let wanted = try model(name)
    let saved = try #require(JSONValue.parse(tokenizer.json)["model"]?["vocab"]?.array)
    var found: [String: Double] = [:]
    for entry in saved { found[entry.array?.first?.string ?? ""] = entry.array?.last?.double }
    #expect(saved.count == wanted["size"]?.int)
    #expect(wanted["pieces"]?.array?.count == wanted["size"]?.int)
    for entry in try #require(wanted["pieces"]?.array) {
      let piece = try #require(entry.array?.first?.string)
      let score = try #require(found[piece], "\(piece)")
      // Characters that are no pieces any more differ by a step each, which the library deals by chance.
      let tolerance = piece.unicodeScalars.count == 1 ? 1e-2 : 1e-9
      #expect(abs(score - (entry.array?.last?.double ?? 0)) < tolerance, "\(piece)")
    }
    let text = "the patient reports fever"
    #expect(tokenizer.decode(tokenizer.ids(of: text)) == text)
  }

  @Test(arguments: VocabularyOptions.Model.allCases)
  func `threads, batches and the order of texts change nothing`(
    model: VocabularyOptions.Model
  ) throws {
    func learn(_ batches: [[String]], threads: Int) throws -> [UInt8] {
      var options = VocabularyOptions(model)
      options.vocabularySize = 500
      var trainer = try TokenizerTrainer(options)
      for batch in batches { trainer.count(batch, threads: threads) }
      return try trainer.train(threads: threads).json
    }
    let alone = try learn([texts], threads: 1)
    #expect(try learn([texts], threads: 4) == alone)
    let halves = [Array(texts[80...].reversed()), Array(texts[..<80])]
    #expect(try learn(halves, threads: 3) == alone)
  }

  /// Words enough for the most frequent pairs to be dealt out, and counts that fall below the first guess of how
  /// rare a pair may be.
  @Test func `a pair at many places is joined by several threads as by one`() throws {
    var random = CounterRandom(seed: 5, purpose: "training", record: "many places")
    let words = (0..<30_000).map { _ in
      String(
        decoding: (0..<3 + random.below(10)).map { _ in UInt8(97 + random.below(4)) }, as: UTF8.self
      )
    }
    let block = Array(words.joined(separator: " ").utf8)
    func learn(threads: Int) throws -> [UInt8] {
      var options = VocabularyOptions(.bpe)
      options.vocabularySize = 3000
      var trainer = try TokenizerTrainer(options)
      trainer.count(linesOf: block, threads: threads)
      return try trainer.train(threads: threads).json
    }
    let alone = try learn(threads: 1)
    for threads in [2, 3, 4] { #expect(try learn(threads: threads) == alone) }
  }

  /// Words enough for tables of several megabytes, whose memory goes from those that have grown to others, and from
  /// counting to joining.
  @Test func `memory that tables hand on leaves nothing of what was in it`() throws {
    let words = (0..<250_000).map { "w\(UInt64($0) &* 0x9E37_79B9_7F4A_7C15 >> 24)" }
    func learn(_ blocks: [ArraySlice<String>], threads: Int) throws -> [UInt8] {
      var options = VocabularyOptions(.bpe)
      options.vocabularySize = 1500
      var trainer = try TokenizerTrainer(options)
      for block in blocks {
        trainer.count(linesOf: Array(block.joined(separator: " ").utf8), threads: threads)
      }
      return try trainer.train(threads: threads).json
    }
    // Each word begins a line in the same blocks, so that all have the same space before them.
    let (one, other) = (words[..<100_000], words[100_000...])
    let alone = try learn([one, other], threads: 1)
    #expect(try learn([one, other], threads: 4) == alone)
    #expect(try learn([other, one], threads: 3) == alone)
  }

  @Test func `lines of a buffer count like texts, and broken UTF-8 like U+FFFD`() throws {
    func learn(_ count: (inout TokenizerTrainer) -> Void) throws -> [UInt8] {
      var options = VocabularyOptions(.bpe)
      options.vocabularySize = 400
      var trainer = try TokenizerTrainer(options)
      count(&trainer)
      return try trainer.train(threads: 2).json
    }
    let lines =
      texts.flatMap { $0.unicodeScalars.split(separator: "\n").map { String($0) + "\n" } }
      + ["last \u{FFFD}"]
    let wanted = try learn { $0.count(lines, threads: 2) }
    let block = Array(lines.joined().utf8.dropLast(3)) + [0xFF]
    for threads in [1, 3] {
      #expect(try learn { $0.count(linesOf: block, threads: threads) } == wanted)
    }
  }

  @Test func `beyond the most words the rarest are let go of, on any number of threads`() throws {
    func learn(threads: Int) throws -> (json: [UInt8], dropped: Int) {
      var options = VocabularyOptions(.bpe)
      options.vocabularySize = 300
      options.mostWords = 1000
      var trainer = try TokenizerTrainer(options)
      for part in 0..<4 {
        let rare = (0..<400).map { "rare\(part * 400 + $0)" }
        let lines = (rare + rare.map { _ in "often" }).joined(separator: " ") + "\n"
        trainer.count(linesOf: Array(lines.utf8), threads: threads)
      }
      return (try trainer.train(threads: threads).json, trainer.droppedWords)
    }
    let alone = try learn(threads: 1)
    #expect(alone.dropped > 0)
    let several = try learn(threads: 3)
    #expect(several.json == alone.json)
    #expect(several.dropped == alone.dropped)
    let tokenizer = try Tokenizer(json: alone.json)
    #expect(tokenizer.id(of: "Ġoften") != nil)
  }

  @Test func `options that cannot work are errors with remedies`() {
    func error(_ model: VocabularyOptions.Model, _ change: (inout VocabularyOptions) -> Void)
      -> TokenizerError?
    {
      var options = VocabularyOptions(model)
      change(&options)
      return #expect(throws: TokenizerError.self) { _ = try TokenizerTrainer(options) }
    }
    #expect(error(.wordpiece) { $0.specialTokens = ["[CLS]"] }?.reason.contains("[UNK]") == true)
    #expect(error(.bpe) { $0.limitAlphabet = 10 }?.remedy.contains("byte-level") == true)
    #expect(error(.unigram) { $0.shrinkingFactor = 1 } != nil)
    let small = #expect(throws: TokenizerError.self) {
      var options = VocabularyOptions(.unigram)
      options.vocabularySize = 10
      var trainer = try TokenizerTrainer(options)
      trainer.count(texts)
      _ = try trainer.train()
    }
    #expect(small?.remedy.contains("larger vocabulary") == true)
  }

  @Test func `a saved tokenizer loads with equal ids and roles`() throws {
    let folder = try TemporaryFolder()
    var options = VocabularyOptions(.bpe)
    options.vocabularySize = 400
    options.specialTokens = ["<|endoftext|>", "<|pad|>"]
    let tokenizer = try learn(options)
    try tokenizer.save(to: "\(folder.path)/a")
    let loaded = try Tokenizer.load("\(folder.path)/a")
    #expect(loaded.specialTokens == tokenizer.specialTokens)
    #expect(loaded.specialTokens.padding == 1)
    #expect(texts.map { loaded.ids(of: $0) } == texts.map { tokenizer.ids(of: $0) })
    try loaded.save(to: "\(folder.path)/b")
    for name in ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"] {
      let first = try fileContents("\(folder.path)/a/\(name)")
      #expect(try fileContents("\(folder.path)/b/\(name)") == first)
    }
  }

  @Test func `a vocabulary of nothing is an error with a remedy`() {
    let error = #expect(throws: TokenizerError.self) {
      var trainer = try TokenizerTrainer(VocabularyOptions(.bpe))
      _ = try trainer.train()
    }
    #expect(error?.remedy == "count texts that are not empty")
  }

  @Test func `bytes that training never saw can be encoded`() throws {
    var options = VocabularyOptions(.bpe)
    options.vocabularySize = 300
    var trainer = try TokenizerTrainer(options)
    trainer.count(["plain ascii"])
    let tokenizer = try trainer.train()
    #expect(tokenizer.decode(tokenizer.ids(of: "größe 👍")) == "größe 👍")
  }
}
