import Records

/// GPT-2's `vocab.json` and `merges.txt`, which RoBERTa, BART, CLIP and others come in too.
enum BytePairFormat: TokenizerFormat {
  static func load(
    _ folder: TokenizerFolder, _ name: String?
  ) throws(TokenizerError) -> Tokenizer? {
    guard ["vocab.json", "merges.txt", nil].contains(name), folder.has("vocab.json"),
      folder.has("merges.txt")
    else { return nil }
    let source = try folder.source(["vocab.json", "merges.txt"])
    let vocabulary = try folder.vocabulary("vocab.json")
    guard let merges = String(validating: source.files[1].bytes, as: UTF8.self) else {
      throw TokenizerError(
        .malformed, file: folder.file("merges.txt"), reason: "the file is no UTF-8",
        remedy: "fetch the file again")
    }
    let ids = try folder.json("vocab.json")
    let builder = builder(
      kind: kind(source, vocabulary), ids, vocabulary, self.merges(merges), source)
    return try Tokenizer(json: builder.bytes, source: source, file: folder.file("merges.txt"))
  }

  /// The families, which differ in what surrounds the same model.
  private enum Kind { case gpt2, roberta, clip }

  private static func kind(_ source: TokenizerSource, _ vocabulary: Vocabulary) -> Kind {
    func has(_ token: String) -> Bool { vocabulary.id(of: Array(token.utf8)) != nil }
    if source.className.hasPrefix("CLIP") || has("<|startoftext|>") && has("a</w>") { return .clip }
    let isRoberta = ["Roberta", "Bart", "Longformer", "LED", "Blenderbot"].contains {
      source.className.hasPrefix($0)
    }
    return isRoberta || source.className.isEmpty && has("<s>") && has("<mask>") ? .roberta : .gpt2
  }

  /// The merges of a file: every line but a first one that names the version.
  private static func merges(_ text: String) -> [JSONValue] {
    text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#version") }
      .map { .string(String($0)) }
  }

  private static func builder(
    kind: Kind, _ ids: JSONValue, _ vocabulary: Vocabulary, _ merges: [JSONValue],
    _ source: TokenizerSource
  ) -> FileBuilder {
    func token(_ role: String, _ fallback: String) -> (name: String, id: Int32) {
      let name = source.token(role) ?? fallback
      return (name, vocabulary.id(of: Array(name.utf8)) ?? 0)
    }
    let prefix = source.configuration?["add_prefix_space"]?.bool ?? false
    var builder = FileBuilder()
    builder.preTokenizer = FileBuilder.byteLevel(prefix: prefix)
    builder.decoder = FileBuilder.byteLevel()
    builder.added = source.addedTokens(
      vocabulary,
      defaults: ["<|startoftext|>", "<|endoftext|>", "<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    switch kind {
    case .gpt2:
      builder.postProcessor = FileBuilder.byteLevel(trims: false)
      if source.configuration?["add_bos_token"]?.bool == true {
        let begin = token("bos_token", "<|endoftext|>")
        builder.postProcessor = FileBuilder.template(
          before: [begin], after: [], second: 1)
      }
    case .roberta:
      builder.postProcessor = processor(
        token("bos_token", "<s>"), token("eos_token", "</s>"), prefix: prefix, trims: true)
    case .clip:
      builder.normalizer = clipNormalizer
      builder.preTokenizer = clipPreTokenizer
      builder.postProcessor = processor(
        token("bos_token", "<|startoftext|>"), token("eos_token", "<|endoftext|>"), prefix: false,
        trims: false)
    }
    let isClip = kind == .clip
    builder.model = [
      "type": "BPE", "dropout": nil,
      "unk_token": isClip ? .string(token("unk_token", "<|endoftext|>").name) : .null,
      "continuing_subword_prefix": "", "end_of_word_suffix": isClip ? "</w>" : "",
      "fuse_unk": false, "vocab": ids, "merges": .array(merges),
    ]
    return builder
  }

  private static func processor(
    _ begin: (name: String, id: Int32), _ end: (name: String, id: Int32), prefix: Bool, trims: Bool
  ) -> JSONValue {
    [
      "type": "RobertaProcessing", "cls": [.string(begin.name), .integer(begin.id)],
      "sep": [.string(end.name), .integer(end.id)], "trim_offsets": .bool(trims),
      "add_prefix_space": .bool(prefix),
    ]
  }

  private static let clipNormalizer: JSONValue = [
    "type": "Sequence",
    "normalizers": [
      ["type": "NFC"],
      ["type": "Replace", "pattern": ["Regex": "\\s+"], "content": " "], ["type": "Lowercase"],
    ],
  ]

  private static let clipPreTokenizer: JSONValue = [
    "type": "Sequence",
    "pretokenizers": [
      [
        "type": "Split",
        "pattern": ["Regex": .string(SplitPattern.clipExpression)],
        "behavior": "Removed", "invert": true,
      ],
      FileBuilder.byteLevel(),
    ],
  ]
}
