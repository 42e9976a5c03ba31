import Foundation
import Records
import Stages
import TestSupport
import Testing
import Tokenize

/// Random texts, ids and files, which may be refused but never trap, and give the same twice.
struct FuzzTests {
  private static let fixtures = "\(Shared.project)/Tests/Fixtures/Tokenize"

  // MARK: Texts and ids

  @Test func `texts and ids of any kind come through the small tokenizers`() throws {
    let tokenizers = try SmallTokenizers.files().map { try Tokenizer(json: $0.bytes) }
    Fuzzing.run("small tokenizers", rounds: 150) { random in
      let tokenizer = tokenizers[random.below(tokenizers.count)]
      check(tokenizer, HostileText.random(&random, special: tokenizer), &random)
    }
  }

  @Test(
    .enabled(if: Shared.exists, "needs the reference data beside the project"),
    arguments: ["bert-minilm", "t5", "llama2", "clip"])
  func `texts and ids of any kind come through real tokenizers`(name: String) throws {
    try fuzz(name, rounds: 15)
  }

  @Test(
    .enabled(if: Shared.exists && Fuzzing.seconds != nil, "runs where ANNEAL_FUZZ says how long"),
    arguments: [
      "phi-2", "roberta", "whisper", "llama3", "cl100k", "qwen2like", "o200k", "phi-3",
      "nmt-unigram",
    ])
  func `texts and ids of any kind come through more real tokenizers`(name: String) throws {
    try fuzz(name, rounds: 0)
  }

  private func fuzz(_ name: String, rounds: Int) throws {
    let bytes = try Shared.contents("golden/tokenizers/\(name).tokenizer.json.gz")
    let tokenizer = try Tokenizer(json: bytes, file: name)
    Fuzzing.run(name, rounds: rounds) { random in
      check(tokenizer, HostileText.random(&random, special: tokenizer), &random)
    }
  }

  private func check(_ tokenizer: Tokenizer, _ text: String, _ random: inout CounterRandom) {
    Fuzzing.note(Array(text.utf8))
    let comment = Comment(rawValue: String(text.debugDescription.prefix(300)))
    let encoding = tokenizer.encode(text)
    #expect(encoding.ids == tokenizer.ids(of: text), comment)
    #expect(encoding.offsets.count == encoding.ids.count, comment)
    let scalars = Int32(text.unicodeScalars.count)
    #expect(encoding.offsets.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= scalars }, comment)
    _ = tokenizer.decode(encoding.ids)
    _ = tokenizer.decode(encoding.ids, skipSpecialTokens: false)
    let limit = tokenizer.vocabularySize + 10
    let ids = (0..<random.below(60)).map { _ in Int32(random.below(limit + 20)) - 10 }
    _ = tokenizer.decode(ids)
    var options = EncodingOptions()
    options.truncation = Truncation(maximumLength: 1 + random.below(40))
    options.treatsSpecialTokensAsText = random.below(2) == 0
    let length = tokenizer.encode(text, pair: text, options: options).ids.count
    let added = tokenizer.addedTokenCount(pair: true)
    #expect(length <= max(options.truncation?.maximumLength ?? 0, added), comment)
  }

  // MARK: Files

  @Test func `a changed tokenizer.json is refused or works`() throws {
    let files = try SmallTokenizers.files()
    Fuzzing.run("changed files", rounds: 400) { random in
      let file = files[random.below(files.count)]
      let bytes =
        random.below(3) == 0
        ? FileMutation.changedBytes(file.bytes, &random)
        : FileMutation.changed(file, &random).bytes
      Fuzzing.note(bytes)
      guard let tokenizer = try? Tokenizer(json: bytes) else { return }
      Fuzzing.use(tokenizer, &random)
    }
  }

  @Test(arguments: [
    "marian/source.spm", "marian/vocab.json", "fsmt/merges.txt", "fsmt/vocab-src.json",
    "made/vocab.txt", "made/merges.txt", "made/vocab.json", "made/model.tiktoken",
  ])
  func `other changed files are refused or work`(name: String) throws {
    let folder = try TemporaryFolder()
    let source = name.hasPrefix("made/") ? try Self.madeFolder(folder) : Self.fixtures
    let parts = name.split(separator: "/").map(String.init)
    let copy = "\(folder.path)/copy"
    try FileManager.default.copyItem(atPath: "\(source)/\(parts[0])", toPath: copy)
    let whole = try fileContents("\(copy)/\(parts[1])")
    try Fuzzing.run(name, rounds: 40) { random in
      let bytes = FileMutation.changedBytes(whole, &random)
      Fuzzing.note(bytes)
      try Data(bytes).write(to: URL(fileURLWithPath: "\(copy)/\(parts[1])"))
      for place in [copy, "\(copy)/\(parts[1])"] {
        guard let tokenizer = try? Tokenizer.load(place) else { continue }
        Fuzzing.use(tokenizer, &random)
        Fuzzing.use(tokenizer.target, &random)
      }
    }
  }

  /// A folder `made` with the other files that a tokenizer may come in.
  private static func madeFolder(_ folder: TemporaryFolder) throws -> String {
    let words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "dog", "##s", "3", ".", "中"]
    try folder.write(words.joined(separator: "\n"), to: "made/vocab.txt")
    try folder.write(#"{"a": 0, "b": 1, "ab": 2, "<|endoftext|>": 3}"#, to: "made/vocab.json")
    try folder.write("#version: 0.2\na b\n", to: "made/merges.txt")
    let ranks = (0..<300).map { rank in
      Data(rank < 256 ? [UInt8(rank)] : [UInt8(rank - 256), 0x61]).base64EncodedString()
        + " \(rank)"
    }
    try folder.write(ranks.joined(separator: "\n"), to: "made/model.tiktoken")
    return folder.path
  }
}
