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
    var trainer = BPETrainer(
      vocabularySize: try #require(run["size"]?.int),
      minFrequency: try #require(run["frequency"]?.int),
      specialTokens: try #require(run["specials"]).strings)
    trainer.count(texts, threads: threads)
    return try trainer.train()
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

  @Test func `threads, batches and the order of texts change nothing`() throws {
    let folder = try TemporaryFolder()
    func save(_ name: String, _ batches: [[String]], threads: Int) throws -> [UInt8] {
      var trainer = BPETrainer(vocabularySize: 500)
      for batch in batches { trainer.count(batch, threads: threads) }
      try trainer.train().save(to: "\(folder.path)/\(name)")
      return try fileContents("\(folder.path)/\(name)/tokenizer.json")
    }
    let alone = try save("alone", [texts], threads: 1)
    #expect(try save("four", [texts], threads: 4) == alone)
    let halves = [Array(texts[80...].reversed()), Array(texts[..<80])]
    #expect(try save("halves", halves, threads: 3) == alone)
  }

  @Test func `a saved tokenizer loads with equal ids and roles`() throws {
    let folder = try TemporaryFolder()
    var trainer = BPETrainer(vocabularySize: 400, specialTokens: ["<|endoftext|>", "<|pad|>"])
    trainer.count(texts)
    let tokenizer = try trainer.train()
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
      try BPETrainer(vocabularySize: 300).train()
    }
    #expect(error?.remedy == "count texts that are not empty")
  }

  @Test func `bytes that training never saw can be encoded`() throws {
    var trainer = BPETrainer(vocabularySize: 300)
    trainer.count(["plain ascii"])
    let tokenizer = try trainer.train()
    #expect(tokenizer.decode(tokenizer.ids(of: "größe 👍")) == "größe 👍")
  }
}
