import Records

/// The vocabulary of a GGUF file, as whoever reads such files hands it over.
///
/// Keys: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md#tokenizer>.
public struct GGUFVocabulary: Sendable {
  /// `tokenizer.ggml.model`: `gpt2`, `gemma4`, `llama`, `t5` or `bert`.
  public var model: String
  /// `tokenizer.ggml.pre`: the pattern of a `gpt2` model.
  public var pattern: String
  /// The tokens by id.
  public var tokens: [String]
  /// The scores by id, for `llama` and `t5`.
  public var scores: [Float]
  /// The kinds by id: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte.
  public var kinds: [Int]
  /// The merges of a `gpt2` or `gemma4` model, as `a b`.
  public var merges: [String]
  /// The tokens with a role, under names such as `bos`, `eos`, `unknown`, `padding`.
  public var roles: [String: Int]
  /// Flags such as `add_bos_token`.
  public var flags: [String: Bool]

  /// A vocabulary of a file.
  public init(
    model: String, pattern: String = "", tokens: [String], scores: [Float] = [], kinds: [Int] = [],
    merges: [String] = [], roles: [String: Int] = [:], flags: [String: Bool] = [:]
  ) {
    self.model = model
    self.pattern = pattern
    self.tokens = tokens
    self.scores = scores
    self.kinds = kinds
    self.merges = merges
    self.roles = roles
    self.flags = flags
  }

  func kind(_ id: Int) -> Int { id < kinds.count ? kinds[id] : 1 }

  /// The token of a role, with its id.
  func token(_ role: String) -> (String, Int32)? {
    guard let id = roles[role], tokens.indices.contains(id) else { return nil }
    return (tokens[id], Int32(id))
  }
}

extension Tokenizer {
  /// The tokenizer of a GGUF file; `file` is for error messages.
  /// - Throws: `TokenizerError` for kinds of vocabularies that are not read, or contradictions.
  public init(_ vocabulary: GGUFVocabulary, file: String) throws(TokenizerError) {
    let bytes: [UInt8]
    switch vocabulary.model {
    case "gpt2": bytes = try vocabulary.bytePairFile(file)
    case "gemma4": bytes = vocabulary.spacedPairFile()
    case "bert": bytes = try vocabulary.wordPieceFile(file)
    case "llama", "t5": bytes = try vocabulary.pieceFile(file)
    default:
      throw TokenizerError(
        .unsupported, file: file, place: "tokenizer.ggml.model",
        reason: "a vocabulary of the kind '\(vocabulary.model)' is not read",
        remedy: "known are gpt2, gemma4, llama, t5, bert; give the model's tokenizer.json")
    }
    try self.init(json: bytes, file: file)
    let configuration = vocabulary.configuration
    self.init(
      pipeline: pipeline,
      source: TokenizerSource(files: source.files, configuration: configuration))
  }
}

extension GGUFVocabulary {
  /// What tokenizer_config.json would say of the roles.
  fileprivate var configuration: JSONValue {
    let names = [
      ("bos_token", "bos"), ("eos_token", "eos"), ("unk_token", "unknown"),
      ("pad_token", "padding"), ("sep_token", "seperator"), ("cls_token", "cls"),
      ("mask_token", "mask"),
    ]
    var object: JSONObject = ["tokenizer_class": "PreTrainedTokenizerFast"]
    for (name, role) in names { if let token = token(role) { object[name] = .string(token.0) } }
    return .object(object)
  }

  private var ids: JSONValue {
    var seen = ByteStringTable(capacity: tokens.count)
    var ids: [(String, JSONValue)] = []
    for (id, token) in tokens.enumerated() where seen.insert(Array(token.utf8)).isNew {
      ids.append((token, .integer(id)))
    }
    return .object(JSONObject(ids))
  }

  /// Control tokens, and those that people defined.
  private var added: [AddedToken] {
    tokens.enumerated().compactMap { id, token in
      guard [3, 4].contains(kind(id)) else { return nil }
      return AddedToken(id: Int32(id), content: token, isSpecial: kind(id) == 3)
    }
  }

  private func template(addsBeginning: Bool, addsEnd: Bool) -> JSONValue {
    let before = flags["add_bos_token"] ?? addsBeginning ? token("bos").map { [$0] } ?? [] : []
    let after = flags["add_eos_token"] ?? addsEnd ? token("eos").map { [$0] } ?? [] : []
    return FileBuilder.template(before: before, after: after)
  }

  fileprivate func bytePairFile(_ file: String) throws(TokenizerError) -> [UInt8] {
    guard let cutting = GGUFWordCutting(pattern) else {
      throw TokenizerError(
        .unsupported, file: file, place: "tokenizer.ggml.pre",
        reason: "the way '\(pattern)' to cut words is not known",
        remedy: "give the model's tokenizer.json")
    }
    var builder = FileBuilder()
    builder.preTokenizer = ["type": "Sequence", "pretokenizers": .array(cutting.steps)]
    builder.postProcessor = template(addsBeginning: cutting.addsBeginning, addsEnd: false)
    builder.decoder = FileBuilder.byteLevel()
    builder.added = added
    builder.model = [
      "type": "BPE", "dropout": nil, "unk_token": nil,
      "ignore_merges": .bool(cutting.ignoresMerges), "vocab": ids,
      "merges": .array(merges.map { .string($0) }),
    ]
    return builder.bytes
  }

  /// Merges over texts whose spaces are written out, without cutting words, as Gemma 4 has them.
  fileprivate func spacedPairFile() -> [UInt8] {
    var builder = FileBuilder()
    builder.normalizer = ["type": "Replace", "pattern": ["String": " "], "content": "▁"]
    // Whatever the file says: some say no by mistake, and llama.cpp overrules them.
    var marked = self
    marked.flags["add_bos_token"] = true
    builder.postProcessor = marked.template(addsBeginning: true, addsEnd: false)
    builder.decoder = [
      "type": "Sequence",
      "decoders": [
        ["type": "Replace", "pattern": ["String": "▁"], "content": " "],
        ["type": "ByteFallback"], ["type": "Fuse"],
      ],
    ]
    builder.added = added
    builder.model = fallbackPairs(
      fallsBack: tokens.contains("<0x00>"), merges: merges.map { .string($0) })
    return builder.bytes
  }

  /// A model of merges that spells what it does not know in bytes, or joins it to one unknown token.
  private func fallbackPairs(fallsBack: Bool, merges: [JSONValue]) -> JSONValue {
    [
      "type": "BPE", "dropout": nil,
      "unk_token": token("unknown").map { .string($0.0) } ?? .null, "fuse_unk": true,
      "byte_fallback": .bool(fallsBack), "vocab": ids, "merges": .array(merges),
    ]
  }

  fileprivate func wordPieceFile(_ file: String) throws(TokenizerError) -> [UInt8] {
    // llama.cpp marks the beginnings of words rather than their continuations.
    let spelled = tokens.enumerated().map { id, token in
      if [2, 3, 4].contains(kind(id))
        || token.hasPrefix("[") && token.hasSuffix("]") && token.utf8.count > 2
      {
        return token
      }
      return token.hasPrefix("▁") ? String(token.unicodeScalars.dropFirst()) : "##" + token
    }
    let source = TokenizerSource(files: [], configuration: configuration)
    return try WordPieceFormat.file(spelled, lowercases: true, source, file)
  }

  fileprivate func pieceFile(_ file: String) throws(TokenizerError) -> [UInt8] {
    guard scores.count == tokens.count else {
      throw TokenizerError(
        .malformed, file: file, place: "tokenizer.ggml.scores",
        reason: "there are \(scores.count) scores of \(tokens.count) tokens",
        remedy: "convert the model again")
    }
    return model == "t5" ? unigramFile() : mergesFile()
  }

  private func decoder(fallsBack: Bool) -> JSONValue {
    [
      "type": "Sequence",
      "decoders": [
        ["type": "Replace", "pattern": ["String": "▁"], "content": " "],
        ["type": "ByteFallback"], ["type": "Fuse"],
        ["type": "Strip", "content": " ", "start": .integer(addsSpace ? 1 : 0), "stop": 0],
      ],
    ]
  }

  private var addsSpace: Bool { flags["add_space_prefix"] ?? true }

  private func unigramFile() -> [UInt8] {
    var builder = FileBuilder()
    builder.preTokenizer = [
      "type": "Metaspace", "replacement": "▁",
      "prepend_scheme": addsSpace ? "always" : "never", "split": true,
    ]
    builder.postProcessor = template(addsBeginning: false, addsEnd: true)
    builder.decoder = decoder(fallsBack: false)
    builder.added = added
    builder.model = [
      "type": "Unigram", "unk_id": .integer(roles["unknown"] ?? 2),
      "vocab": .array(zip(tokens, scores).map { [.string($0), .real(Double($1))] }),
    ]
    return builder.bytes
  }

  /// The pairs of tokens that make a token, the best score first, as Hugging Face writes such models.
  private func mergesFile() -> [UInt8] {
    var builder = FileBuilder()
    let replace: JSONValue = ["type": "Replace", "pattern": ["String": " "], "content": "▁"]
    builder.normalizer =
      addsSpace
      ? ["type": "Sequence", "normalizers": [["type": "Prepend", "prepend": "▁"], replace]]
      : replace
    builder.postProcessor = template(addsBeginning: true, addsEnd: false)
    builder.decoder = decoder(fallsBack: true)
    builder.added = added
    builder.model = fallbackPairs(
      fallsBack: (0..<tokens.count).contains { kind($0) == 6 },
      merges: pairs.map { [.string($0.left), .string($0.right)] })
    return builder.bytes
  }

  private var pairs: [(left: String, right: String)] {
    var known = Vocabulary(capacity: tokens.count)
    for token in tokens { known.append(Array(token.utf8)) }
    var found: [(score: Float, left: Int32, right: Int32)] = []
    for (id, token) in tokens.enumerated() where kind(id) == 1 {
      let bytes = Array(token.utf8)
      for cut in bytes.indices.dropFirst() where !UTF8Scalars.isContinuation(bytes[cut]) {
        if let left = known.id(of: Array(bytes[..<cut])), kind(Int(left)) == 1,
          let right = known.id(of: Array(bytes[cut...])), kind(Int(right)) == 1
        {
          found.append((scores[id], left, right))
        }
      }
    }
    found.sort { ($1.score, $0.left, $0.right) < ($0.score, $1.left, $1.right) }
    return found.map { (tokens[Int($0.left)], tokens[Int($0.right)]) }
  }
}
