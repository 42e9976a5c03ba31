import Records

/// Marian's files: a sentencepiece model a language, and one vocabulary or two that number their pieces.
///
/// Code such as `>>deu<<` at the beginning of a text chooses the language that is written.
enum MarianFormat: TokenizerFormat {
  static func load(
    _ folder: TokenizerFolder, _ name: String?
  ) throws(TokenizerError) -> Tokenizer? {
    let isNamed = name == nil || name == "vocab.json"
    guard isNamed, folder.has("source.spm") else { return nil }
    let isSeparate = folder.has("target_vocab.json")
    let source = try folder.source(
      ["source.spm", "target.spm", "vocab.json"] + (isSeparate ? ["target_vocab.json"] : []))
    let read = try side(folder, source.files[0], try folder.vocabulary("vocab.json"))
    let written = try side(
      folder, source.files[1],
      isSeparate ? try folder.vocabulary("target_vocab.json") : read.vocabulary)
    // transformers puts texts together by the pieces of the source where both share a vocabulary.
    let pieces = isSeparate ? written.file : read.file
    let target = try tokenizer(written, pieces, source, folder, target: nil)
    return try tokenizer(read, pieces, source, folder, target: target)
  }

  /// One language: its pieces, and their ids.
  private struct Side {
    var file: SentencePieceFile
    var vocabulary: Vocabulary
  }

  private static func side(
    _ folder: TokenizerFolder, _ file: TokenizerSource.File, _ vocabulary: Vocabulary
  ) throws(TokenizerError) -> Side {
    Side(
      file: try SentencePieceFile(file.bytes, file: folder.file(file.name)),
      vocabulary: vocabulary)
  }

  private static func tokenizer(
    _ side: Side, _ pieces: SentencePieceFile, _ source: TokenizerSource,
    _ folder: TokenizerFolder, target: Tokenizer?
  ) throws(TokenizerError) -> Tokenizer {
    func id(_ role: String, _ fallback: String) -> (id: Int32, name: String)? {
      let entry = source.configuration?[role] ?? source.specialTokensMap?[role]
      let name = entry?.string ?? entry?["content"]?.string ?? fallback
      return side.vocabulary.id(of: Array(name.utf8)).map { ($0, name) }
    }
    guard let unknown = id("unk_token", "<unk>"), let end = id("eos_token", "</s>") else {
      throw TokenizerError(
        .malformed, file: folder.file("vocab.json"),
        reason: "there is no token for the unknown, or none that ends a text",
        remedy: "fetch the file again")
    }
    let special = [unknown, end, id("pad_token", "<pad>")].compactMap { $0 }
    let pipeline = TokenizerPipeline(
      normalizer: SentencePieceNormalizer(side.file), preTokenizer: nil,
      model: RenumberedModel(side.file, side.vocabulary, unknownId: unknown.id),
      postProcessing: PostProcessing(end: end.id),
      decoder: MarianDecoder(
        pieces: SentencePieceDecoder(pieces), special: special.map(\.name)),
      added: special.map { AddedToken(id: $0.id, content: $0.name) },
      readsLanguageCodes: true)
    return Tokenizer(pipeline: pipeline, source: source, target: target)
  }
}

extension PostProcessing {
  /// A template that ends a text, or two put together, with a token.
  init(end: Int32) {
    self.init()
    single = [.text(0, typeId: 0), .special([end], typeId: 0)]
    pair = [.text(0, typeId: 0), .text(1, typeId: 0), .special([end], typeId: 0)]
    hasTemplate = true
  }
}

/// A sentencepiece model whose pieces have the ids of another vocabulary.
final class RenumberedModel: TokenModel {
  let vocabulary: Vocabulary
  let unknownId: Int32?
  private let model: any TokenModel
  /// The new id of each piece.
  private let ids: [Int32]

  init(_ file: SentencePieceFile, _ vocabulary: Vocabulary, unknownId: Int32) {
    self.vocabulary = vocabulary
    self.unknownId = unknownId
    model = file.model(file.vocabulary)
    ids = file.pieces.map { vocabulary.id(of: $0.bytes) ?? unknownId }
  }

  func tokenize(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to tokens: inout [PieceToken]
  ) {
    let before = tokens.count
    model.tokenize(word, of: text, to: &tokens)
    var start = word.start
    for index in before..<tokens.count {
      let end = word.start + tokens[index].end
      if tokens[index].id == model.unknownId {
        // What the pieces lack the vocabulary may have.
        let bytes = (Int(start)..<Int(end)).map { text[$0] }
        tokens[index].id = vocabulary.id(of: bytes) ?? unknownId ?? 0
      } else {
        tokens[index].id = ids[Int(tokens[index].id)]
      }
      start = end
    }
  }
}

/// Puts pieces together between special tokens, each of which stands with a space behind it.
struct MarianDecoder: TokenDecoder {
  let pieces: SentencePieceDecoder
  let special: [String]

  func decode(_ tokens: [[UInt8]]) -> [[UInt8]] {
    let special = special.map { Array($0.utf8) }
    var text: [UInt8] = []
    var open: [[UInt8]] = []
    func flush() {
      text += pieces.decode(open).flatMap { $0 }
      open = []
    }
    for token in tokens {
      guard special.contains(token) else {
        open.append(token)
        continue
      }
      flush()
      text += token + [0x20]
    }
    flush()
    return [PythonText.stripped(text.replacing(bytes: SentencePieceSign.space, with: [0x20]))]
  }
}
