import Records

/// BERT's `vocab.txt`: a token a line.
enum WordPieceFormat: TokenizerFormat {
  private static let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

  static func load(
    _ folder: TokenizerFolder, _ name: String?
  ) throws(TokenizerError) -> Tokenizer? {
    guard name.map({ $0.hasSuffix(".txt") && $0 != "merges.txt" }) ?? folder.has("vocab.txt")
    else { return nil }
    let name = name ?? "vocab.txt"
    let source = try folder.source([name])
    var lines = source.files[0].bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    var tokens: [String] = []
    for (number, line) in lines.enumerated() {
      let token = line.last == 0x0D ? line.dropLast() : line
      guard let text = String(validating: token, as: UTF8.self) else {
        throw TokenizerError(
          .malformed, file: folder.file(name), place: "line \(number + 1)",
          reason: "the line is no UTF-8", remedy: "fetch the file again")
      }
      tokens.append(text)
    }
    let lowers = source.configuration?["do_lower_case"]?.bool ?? true
    let bytes = try file(
      tokens, lowercases: lowers, stripsAccents: source.configuration?["strip_accents"]?.bool,
      chinese: source.configuration?["tokenize_chinese_chars"]?.bool ?? true,
      source, folder.file(name))
    return try Tokenizer(json: bytes, source: source, file: folder.file(name))
  }

  /// The tokenizer.json that says the same.
  static func file(
    _ tokens: [String], lowercases: Bool, stripsAccents: Bool? = nil, chinese: Bool = true,
    _ source: TokenizerSource, _ file: String
  ) throws(TokenizerError) -> [UInt8] {
    var vocabulary = Vocabulary(capacity: tokens.count)
    for token in tokens { vocabulary.append(Array(token.utf8)) }
    func id(_ role: String, _ fallback: String) throws(TokenizerError) -> (String, Int32) {
      let name = source.token(role) ?? fallback
      guard let id = vocabulary.id(of: Array(name.utf8)) else {
        throw TokenizerError(
          .malformed, file: file, reason: "the token '\(name)' is not in the vocabulary",
          remedy: "give the vocabulary of a BERT, or its tokenizer.json")
      }
      return (name, id)
    }
    var builder = FileBuilder()
    builder.normalizer = [
      "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": .bool(chinese),
      "strip_accents": stripsAccents.map { .bool($0) } ?? .null, "lowercase": .bool(lowercases),
    ]
    builder.preTokenizer = ["type": "BertPreTokenizer"]
    builder.postProcessor = FileBuilder.template(
      before: [try id("cls_token", "[CLS]")], after: [try id("sep_token", "[SEP]")], second: 1,
      repeatsBefore: false)
    builder.decoder = ["type": "WordPiece", "prefix": "##", "cleanup": true]
    builder.added = source.addedTokens(vocabulary, defaults: special)
    let ids = vocabulary.sortedIds.compactMap { id -> (String, JSONValue)? in
      guard let token = vocabulary.token(of: id), vocabulary.id(of: Array(token)) == id else {
        return nil
      }
      return (String(decoding: token, as: UTF8.self), .integer(id))
    }
    builder.model = [
      "type": "WordPiece", "unk_token": .string(try id("unk_token", "[UNK]").0),
      "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
      "vocab": .object(JSONObject(ids)),
    ]
    return builder.bytes
  }
}
