import Foundation
import Records
import TestSupport
import Testing
import Tokenize

/// The files of real tokenizers with something changed: refused or used, never a trap.
struct FormatFuzzTests {
  private static let fixtures = "\(Shared.project)/Tests/Fixtures/Tokenize"

  /// Loads changed copies of a file and uses those that load.
  private func fuzz(_ whole: [UInt8], named name: String, rounds: Int) throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/\(name)"
    try Fuzzing.run("changed \(name)", rounds: rounds) { random in
      let bytes = FileMutation.changedBytes(whole, &random)
      Fuzzing.note(bytes)
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      guard let tokenizer = try? Tokenizer.load(path) else { return }
      Fuzzing.use(tokenizer, &random)
    }
  }

  // MARK: sentencepiece and tiktoken

  @Test(arguments: [
    "bpe-bytes", "bpe-denormalized", "char", "unigram-defined", "unigram-rules", "unigram-suffix",
    "word",
  ])
  func `a changed sentencepiece model is refused or works`(name: String) throws {
    let whole = try fileContents("\(Self.fixtures)/sentencepiece/\(name).model")
    try fuzz(whole, named: "\(name).model", rounds: 60)
  }

  @Test(
    .enabled(if: Shared.exists, "needs the reference data beside the project"),
    arguments: [
      "golden/tokenizers/spm-mistral-v3.model", "data/tokenizers/sentencepiece/test_ja_model.model",
      "data/tokenizers/tiktoken/gpt2.tiktoken.gz",
    ])
  func `a changed file of a real vocabulary is refused or works`(path: String) throws {
    let name = try #require(path.split(separator: "/").last)
    let bare = name.hasSuffix(".gz") ? name.dropLast(3) : name
    try fuzz(try Shared.contents(path), named: String(bare), rounds: 2)
  }

  // MARK: tokenizer.json

  /// The lists are nearly all of a file; half of the changes hit what stands before or behind them.
  @Test(
    .enabled(if: Shared.exists, "needs the reference data beside the project"),
    arguments: ["bert-minilm", "t5", "llama2", "clip", "phi-2", "roberta", "whisper"])
  func `a changed file of a real model is refused or works`(name: String) throws {
    let whole = try Shared.contents("golden/tokenizers/\(name).tokenizer.json.gz")
    Fuzzing.run("changed \(name)", rounds: 2) { random in
      let bytes = Self.changed(whole, &random)
      Fuzzing.note(bytes)
      guard let tokenizer = try? Tokenizer(json: bytes) else { return }
      Fuzzing.use(tokenizer, &random)
    }
  }

  private static func changed(_ whole: [UInt8], _ random: inout CounterRandom) -> [UInt8] {
    let edge = min(6000, whole.count / 2)
    switch random.below(4) {
    case 0: return FileMutation.changedBytes(Array(whole.prefix(edge)), &random) + whole[edge...]
    case 1:
      let place = whole.count - edge
      return whole[..<place] + FileMutation.changedBytes(Array(whole[place...]), &random)
    default: return FileMutation.changedBytes(whole, &random)
    }
  }

  // MARK: GGUF

  @Test(arguments: ["gpt2", "llama", "t5", "bert"])
  func `a changed GGUF vocabulary is refused or works`(model: String) throws {
    let whole = Self.vocabulary(model)
    _ = try Tokenizer(whole, file: "whole.gguf")
    Fuzzing.run("GGUF vocabulary of \(model)", rounds: 100) { random in
      var vocabulary = whole
      for _ in 0..<1 + random.below(4) { Self.change(&vocabulary, &random) }
      Fuzzing.note(Array("\(vocabulary)".utf8))
      guard let tokenizer = try? Tokenizer(vocabulary, file: "changed.gguf") else { return }
      Fuzzing.use(tokenizer, &random)
    }
  }

  /// A vocabulary of characters, bytes and a few words.
  private static func vocabulary(_ model: String) -> GGUFVocabulary {
    let bytes = (0..<256).map { String(format: "<0x%02X>", $0) }
    let letters = (0x21...0x17E).compactMap { Unicode.Scalar($0).map { String($0) } }
    let words = ["▁", "th", "the", "▁the", "do", "dog", "▁dog", "in", "ing", "中文", "[MASK]"]
    let tokens = ["<unk>", "<s>", "</s>", "<|user|>"] + bytes + letters + words
    let kinds = [2, 3, 3, 4] + bytes.map { _ in 6 } + (letters + words).map { _ in 1 }
    return GGUFVocabulary(
      model: model, pattern: "llama-bpe", tokens: tokens,
      scores: tokens.indices.map { -Float($0) / 8 }, kinds: kinds,
      merges: ["t h", "th e", "d o", "do g", "i n", "in g"],
      roles: ["bos": 1, "eos": 2, "unknown": 0, "cls": 1, "seperator": 2, "padding": 0],
      flags: ["add_bos_token": true, "add_space_prefix": true])
  }

  private static func change(_ vocabulary: inout GGUFVocabulary, _ random: inout CounterRandom) {
    let numbers = [-1, 0, 1, 2, 3, 4, 5, 6, 300, 1 << 24, Int.max, Int.min]
    let number = numbers[random.below(numbers.count)]
    let patterns = ["", "gpt2", "qwen2", "gpt-4o", "starcoder", "unheard-of"]
    let reals: [Float] = [0, -1, .nan, .infinity, -.infinity, 1e38, -1e38]
    switch random.below(9) {
    case 0: change(&vocabulary.tokens, &random)
    case 1: change(&vocabulary.merges, &random)
    case 2: set(&vocabulary.kinds, to: number, &random)
    case 3: set(&vocabulary.scores, to: reals[random.below(reals.count)], &random)
    case 4: vocabulary.scores.removeLast(random.below(2) * min(3, vocabulary.scores.count))
    case 5: vocabulary.kinds.removeLast(min(random.below(400), vocabulary.kinds.count))
    case 6: vocabulary.pattern = patterns[random.below(patterns.count)]
    case 7:
      let roles = ["bos", "eos", "unknown", "cls", "seperator", "mask"]
      vocabulary.roles[roles[random.below(roles.count)]] = random.below(3) == 0 ? nil : number
    default:
      let flags = ["add_bos_token", "add_eos_token", "add_space_prefix"]
      vocabulary.flags[flags[random.below(flags.count)]] = random.below(2) == 0
    }
  }

  private static func set<Value>(
    _ list: inout [Value], to value: Value, _ random: inout CounterRandom
  ) {
    if !list.isEmpty { list[random.below(list.count)] = value }
  }

  private static func change(_ list: inout [String], _ random: inout CounterRandom) {
    let texts = ["", " ", "a", "a b", "a  b", "\0", "##", "▁", "\u{301}", "<0x41>", "a b c", "th"]
    guard !list.isEmpty else { return list.append(texts[random.below(texts.count)]) }
    let place = random.below(list.count)
    switch random.below(4) {
    case 0: list.remove(at: place)
    case 1: list.append(list[place])
    case 2: list[place] = String(decoding: HostileText.bytes(&random, 3), as: UTF8.self)
    default: list[place] = texts[random.below(texts.count)]
    }
  }
}
