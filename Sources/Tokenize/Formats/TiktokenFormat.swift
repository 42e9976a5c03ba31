import Foundation
import Records

/// tiktoken's ranks: a line a token, in base64, with its rank behind it.
///
/// The file holds neither pattern nor special tokens; they are those of the one vocabulary that has as many
/// ranks: GPT-2's, p50k's, Whisper's, cl100k's, Llama-3's, Qwen's, o200k's.
enum TiktokenFormat: TokenizerFormat {
  static func load(
    _ folder: TokenizerFolder, _ name: String?
  ) throws(TokenizerError) -> Tokenizer? {
    guard let name = name ?? found(in: folder),
      name.hasSuffix(".tiktoken") || name.hasSuffix(".model")
    else { return nil }
    let source = try folder.source([name])
    guard name.hasSuffix(".tiktoken") || isRanks(source.files[0].bytes) else { return nil }
    let file = folder.file(name)
    let (vocabulary, merges) = try read(source.files[0].bytes, file)
    guard let known = TiktokenVocabulary.all.first(where: { $0.count == vocabulary.count }) else {
      throw TokenizerError(
        .unsupported, file: file,
        reason: "a vocabulary of \(vocabulary.count) ranks is not known, so nor is its pattern",
        remedy: "give the model's tokenizer.json")
    }
    let pipeline = TokenizerPipeline(
      normalizer: nil, preTokenizer: SplitPreTokenizer(known.pattern),
      model: RankedBytes(vocabulary: vocabulary, merges: merges), postProcessing: known.template,
      decoder: BytesDecoder(), added: known.special, keepsAddedIds: true)
    return Tokenizer(pipeline: pipeline, source: source)
  }

  private static func found(in folder: TokenizerFolder) -> String? {
    ["qwen.tiktoken", "tokenizer.tiktoken", "tokenizer.model"].first(where: folder.has)
  }

  /// Whether bytes are ranks, told by the first line.
  static func isRanks(_ bytes: [UInt8]) -> Bool {
    let line = bytes.prefix(200).prefix { $0 != 0x0A }
    let parts = line.split(separator: 0x20)
    return parts.count == 2 && Int(String(decoding: parts[1], as: UTF8.self)) != nil
      && Data(base64Encoded: String(decoding: parts[0], as: UTF8.self)) != nil
  }

  /// The bytes of a token; Whisper's file writes none of them as a lone sign.
  private static func decoded(_ text: ArraySlice<UInt8>) -> Data? {
    text == [UInt8(ascii: "=")]
      ? Data() : Data(base64Encoded: String(decoding: text, as: UTF8.self))
  }

  private static func read(
    _ bytes: [UInt8], _ file: String
  ) throws(TokenizerError) -> (Vocabulary, SpanMerges) {
    let lines = bytes.split { $0 == 0x0A || $0 == 0x0D }
    var vocabulary = Vocabulary(capacity: lines.count)
    var merges = SpanMerges(capacity: lines.count)
    for (number, line) in lines.enumerated() {
      let parts = line.split(separator: 0x20)
      guard parts.count == 2, let rank = Int32(String(decoding: parts[1], as: UTF8.self)),
        rank >= 0, rank < 1 << 24,
        let token = decoded(parts[0]),
        vocabulary.insert(Array(token), id: rank),
        token.isEmpty || merges.insert(Array(token), id: rank, rank: rank)
      else {
        throw TokenizerError(
          .malformed, file: file, place: "line \(number + 1)",
          reason: "the line is no token in base64 with a rank of its own",
          remedy: "fetch the file again")
      }
    }
    for byte in UInt8.min...UInt8.max where vocabulary.id(of: [byte]) == nil {
      throw TokenizerError(
        .malformed, file: file, reason: "the byte \(byte) has no rank",
        remedy: "fetch the file again")
    }
    return (vocabulary, merges)
  }
}

/// What tiktoken's files leave out.
private struct TiktokenVocabulary {
  let count: Int
  let pattern: SplitPattern
  let special: [AddedToken]
  var template = PostProcessing()

  init(_ count: Int, _ pattern: SplitPattern, _ special: [(String, Int32)]) {
    self.count = count
    self.pattern = pattern
    self.special = special.map { AddedToken(id: $0.1, content: $0.0) }
  }

  static let all: [TiktokenVocabulary] = [
    TiktokenVocabulary(50256, .gpt2, [("<|endoftext|>", 50256)]),
    TiktokenVocabulary(50280, .gpt2, [("<|endoftext|>", 50256)]),
    TiktokenVocabulary(50257, .gpt2, [("<|endoftext|>", 50257)]),
    TiktokenVocabulary(
      100256, .tiktoken(digits: 3),
      [
        ("<|endoftext|>", 100257), ("<|fim_prefix|>", 100258), ("<|fim_middle|>", 100259),
        ("<|fim_suffix|>", 100260), ("<|endofprompt|>", 100276),
      ]),
    llama3,
    TiktokenVocabulary(
      151643, .tiktoken(digits: 1),
      [("<|endoftext|>", 151643), ("<|im_start|>", 151644), ("<|im_end|>", 151645)]),
    TiktokenVocabulary(
      199998, .o200k, [("<|endoftext|>", 199999), ("<|endofprompt|>", 200018)]),
  ]

  private static let llama3: TiktokenVocabulary = {
    var names = [
      "<|begin_of_text|>", "<|end_of_text|>", "<|reserved_special_token_0|>",
      "<|reserved_special_token_1|>", "<|finetune_right_pad_id|>", "<|step_id|>",
      "<|start_header_id|>", "<|end_header_id|>", "<|eom_id|>", "<|eot_id|>", "<|python_tag|>",
    ]
    names += (2..<247).map { "<|reserved_special_token_\($0)|>" }
    var vocabulary = TiktokenVocabulary(
      128_000, .tiktoken(digits: 3), Array(zip(names, Int32(128_000)...)))
    vocabulary.template.single.insert(.special([128_000], typeId: 0), at: 0)
    vocabulary.template.pair =
      vocabulary.template.single + [.special([128_000], typeId: 1), .text(1, typeId: 1)]
    vocabulary.template.hasTemplate = true
    return vocabulary
  }()
}

/// tiktoken's model: joins the neighbouring bytes whose joint token has the lowest rank.
final class RankedBytes: TokenModel {
  let vocabulary: Vocabulary
  var unknownId: Int32? { nil }
  let merges: SpanMerges

  init(vocabulary: Vocabulary, merges: SpanMerges) {
    self.vocabulary = vocabulary
    self.merges = merges
  }

  func tokenize(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to tokens: inout [PieceToken]
  ) {
    if let id = merges.id(of: word, in: text) {
      tokens.append(PieceToken(id: id, end: word.end - word.start))
      return
    }
    let starts = word.indices.map { (start: Int32($0), isFrozen: false) }
    for range in merges.merge(starts, end: word.end, of: text) {
      guard let id = merges.id(of: range, in: text) else { continue }
      tokens.append(PieceToken(id: id, end: range.end - word.start))
    }
  }
}

/// Puts tokens of bytes together; what is no UTF-8 becomes U+FFFD.
struct BytesDecoder: TokenDecoder {
  func decode(_ tokens: [[UInt8]]) -> [[UInt8]] {
    [Array(String(decoding: tokens.joined(), as: UTF8.self).utf8)]
  }
}
