import Records

/// FSMT's files: words by Moses, merges by fastBPE, and a vocabulary for each language.
enum FSMTFormat: TokenizerFormat {
  private static let names = ["vocab-src.json", "vocab-tgt.json", "merges.txt"]

  static func load(
    _ folder: TokenizerFolder, _ name: String?
  ) throws(TokenizerError) -> Tokenizer? {
    guard name.map(names.contains) ?? true, names.allSatisfy(folder.has) else { return nil }
    let source = try folder.source(names)
    var configuration = source.configuration
    if configuration?["langs"] == nil { configuration = try folder.optionalJSON("config.json") }
    guard let languages = configuration?["langs"]?.array, languages.count == 2,
      let read = languages[0].string, let written = languages[1].string
    else {
      throw TokenizerError(
        .malformed, file: folder.file("tokenizer_config.json"), place: "langs",
        reason: "two languages must be named, such as [\"en\", \"de\"]",
        remedy: "fetch tokenizer_config.json of the model")
    }
    let merges = try FastMerges(source.files[2].bytes, file: folder.file("merges.txt"))
    let lowercases = configuration?["do_lower_case"]?.bool ?? false
    func tokenizer(
      _ name: String, _ language: String, target: Tokenizer?
    ) throws(TokenizerError) -> Tokenizer {
      try Self.tokenizer(
        folder, name, source, merges,
        MosesNormalizer(language: language, lowercases: lowercases), language, target)
    }
    let target = try tokenizer("vocab-tgt.json", written, target: nil)
    return try tokenizer("vocab-src.json", read, target: target)
  }

  private static func tokenizer(
    _ folder: TokenizerFolder, _ name: String, _ source: TokenizerSource, _ merges: FastMerges,
    _ normalizer: MosesNormalizer, _ language: String, _ target: Tokenizer?
  ) throws(TokenizerError) -> Tokenizer {
    let vocabulary = try folder.vocabulary(name)
    func id(_ role: String, _ fallback: String) -> (id: Int32, name: String)? {
      let entry = source.configuration?[role] ?? source.specialTokensMap?[role]
      let name = entry?.string ?? entry?["content"]?.string ?? fallback
      return vocabulary.id(of: Array(name.utf8)).map { ($0, name) }
    }
    guard let unknown = id("unk_token", "<unk>"), let end = id("sep_token", "</s>") else {
      throw TokenizerError(
        .malformed, file: folder.file(name),
        reason: "there is no token for the unknown, or none that ends a text",
        remedy: "fetch the file again")
    }
    let special = [unknown, end, id("bos_token", "<s>"), id("pad_token", "<pad>")]
    var template = PostProcessing(end: end.id)
    template.pair = template.single + [.text(1, typeId: 0), .special([end.id], typeId: 0)]
    let pipeline = TokenizerPipeline(
      normalizer: normalizer, preTokenizer: WhitespaceSplit(),
      model: FastPairModel(vocabulary: vocabulary, unknownId: unknown.id, merges: merges),
      postProcessing: template,
      decoder: FSMTDecoder(
        detokenizer: MosesDetokenizer(language: language), missing: Array(unknown.name.utf8)),
      added: special.compactMap { $0 }.map { AddedToken(id: $0.id, content: $0.name) })
    return Tokenizer(pipeline: pipeline, source: source, target: target)
  }
}

/// Merges by their texts, whatever ids a vocabulary gives the results.
struct FastMerges: Sendable {
  private var symbols = ByteStringTable()
  private var pairs: MergeTable
  private static let ending = Array("</w>".utf8)

  /// Reads lines of a pair and, behind it, a count that nobody needs.
  init(_ bytes: [UInt8], file: String) throws(TokenizerError) {
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
    // A merge names three symbols at most, and one number is kept for those that are none.
    guard lines.count * 3 < MergeTable.idLimit else {
      throw TokenizerError(
        .unsupported, file: file, reason: "there are \(lines.count) merges",
        remedy: "use at most \(MergeTable.idLimit / 3)")
    }
    pairs = MergeTable(capacity: lines.count)
    for (rank, line) in lines.enumerated() {
      let parts = line.split(separator: 0x20)
      guard parts.count >= 2, String(validating: line, as: UTF8.self) != nil else {
        throw TokenizerError(
          .malformed, file: file, place: "line \(rank + 1)", reason: "the line is no merge",
          remedy: "fetch the file again")
      }
      let left = Int32(symbols.insert(Array(parts[0])).index)
      let right = Int32(symbols.insert(Array(parts[1])).index)
      let whole = Int32(symbols.insert(Array(parts[0] + parts[1])).index)
      pairs.append(left, right, makes: whole)
    }
  }

  /// Where the parts of a word end, from its beginning.
  func ends(of word: ByteRange, in text: borrowing Span<UInt8>) -> [Int32] {
    var parts: [PieceToken] = []
    var place = Int(word.start)
    while place < Int(word.end) {
      let end = place + UTF8Scalars.length(leadByte: text[place])
      let spelling = (place..<end).map { text[$0] } + (end == Int(word.end) ? Self.ending : [])
      let id = symbols.index(of: spelling).map(Int32.init) ?? Self.unknown
      parts.append(PieceToken(id: id, end: Int32(end) - word.start))
      place = end
    }
    pairs.merge(&parts, from: 0)
    return parts.map(\.end)
  }

  /// A character that no merge begins with; it is no symbol, and so joins nothing.
  private static let unknown = Int32(MergeTable.idLimit - 1)
}

/// fastBPE: merges over the characters of a word whose last has `</w>` behind it.
final class FastPairModel: TokenModel {
  let vocabulary: Vocabulary
  let unknownId: Int32?
  let merges: FastMerges

  init(vocabulary: Vocabulary, unknownId: Int32?, merges: FastMerges) {
    self.vocabulary = vocabulary
    self.unknownId = unknownId
    self.merges = merges
  }

  func tokenize(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to tokens: inout [PieceToken]
  ) {
    let ending = Array("</w>".utf8)
    var start = word.start
    for end in merges.ends(of: word, in: text) {
      let bytes = (Int(start)..<Int(word.start + end)).map { text[$0] }
      let isLast = word.start + end == word.end
      let id = vocabulary.id(of: bytes + (isLast ? ending : [])) ?? unknownId ?? 0
      tokens.append(PieceToken(id: id, end: end))
      start = word.start + end
    }
  }
}

/// Words of FSMT back to a text; special tokens join the word they stand in, and so do ids without a token.
struct FSMTDecoder: TokenDecoder {
  let detokenizer: MosesDetokenizer
  let missing: [UInt8]?

  func decode(_ tokens: [[UInt8]]) -> [[UInt8]] {
    let text = tokens.flatMap {
      $0.replacing(bytes: [0x20], with: []).replacing(bytes: Array("</w>".utf8), with: [0x20])
    }
    return [detokenizer.text(of: UTF8Scalars.scalars(text).words).utf8]
  }
}
