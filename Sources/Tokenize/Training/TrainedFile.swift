import Records

/// A learned model as the lines of its part of tokenizer.json, and its special tokens.
struct TrainedModel {
  /// The special tokens, each once, in the order of their ids, which are the first ones.
  var specialTokens: [String]
  /// The members of `model`, each one ready to be written.
  var members: [UInt8]
}

/// The tokenizer.json of a learned model: one token, one merge or one piece a line.
struct TrainedFile {
  let options: VocabularyOptions
  let model: TrainedModel

  var json: [UInt8] {
    let added = model.specialTokens.enumerated().map {
      AddedToken(id: Int32($0.offset), content: $0.element).json
    }
    var bytes: [UInt8] = []
    bytes += #"{"version": "1.0", "truncation": null, "padding": null,"#.utf8
    bytes += "\n\"added_tokens\": \(JSONValue.array(added).text),".utf8
    for (name, component) in components {
      bytes += "\n\"\(name)\": \((component ?? .null).text),".utf8
    }
    bytes += "\n\"model\": {".utf8
    bytes += model.members
    bytes += "}}\n".utf8
    return bytes
  }

  private var components: [(String, JSONValue?)] {
    [
      ("normalizer", options.normalizerOrDefault.json),
      ("pre_tokenizer", options.preTokenizerOrDefault.json),
      ("post_processor", postProcessor), ("decoder", decoder),
    ]
  }

  private var decoder: JSONValue? {
    switch (options.model, options.preTokenizerOrDefault) {
    case (.wordpiece, _): ["type": "WordPiece", "prefix": .string(options.prefix), "cleanup": true]
    case (_, .byteLevel): Self.byteLevel
    case (_, .metaspace): Self.metaspace
    case (.bpe, _) where !options.suffix.isEmpty:
      ["type": "BPEDecoder", "suffix": .string(options.suffix)]
    case (_, _): nil
    }
  }

  private var postProcessor: JSONValue? {
    if options.preTokenizerOrDefault == .byteLevel { return Self.byteLevel }
    let tokens = model.specialTokens
    guard options.model == .wordpiece, let first = tokens.firstIndex(of: "[CLS]"),
      let last = tokens.firstIndex(of: "[SEP]")
    else { return nil }
    return Self.template(first: first, last: last)
  }

  /// BERT's template.
  private static func template(first: Int, last: Int) -> JSONValue {
    func text(_ name: String, _ type: Int) -> JSONValue {
      ["Sequence": ["id": .string(name), "type_id": .integer(type)]]
    }
    func token(_ name: String, _ type: Int) -> JSONValue {
      ["SpecialToken": ["id": .string(name), "type_id": .integer(type)]]
    }
    func special(_ name: String, _ id: Int) -> JSONValue {
      ["id": .string(name), "ids": [.integer(id)], "tokens": [.string(name)]]
    }
    let single = [token("[CLS]", 0), text("A", 0), token("[SEP]", 0)]
    return [
      "type": "TemplateProcessing", "single": .array(single),
      "pair": .array(single + [text("B", 1), token("[SEP]", 1)]),
      "special_tokens": ["[CLS]": special("[CLS]", first), "[SEP]": special("[SEP]", last)],
    ]
  }

  fileprivate static let byteLevel: JSONValue = [
    "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": true,
  ]

  fileprivate static let metaspace: JSONValue = [
    "type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true,
  ]
}

extension VocabularyOptions.Normalizer {
  /// The component of tokenizer.json.
  var json: JSONValue? {
    switch self {
    case .none: nil
    case .nfc: ["type": "NFC"]
    case .nfkc: ["type": "NFKC"]
    case .lowercase: ["type": "Lowercase"]
    case .bert: Self.bert(lowercase: true)
    case .bertCased: Self.bert(lowercase: false)
    case .sentencepiece:
      [
        "type": "Sequence",
        "normalizers": [
          ["type": "Nmt"], ["type": "NFKC"],
          ["type": "Replace", "pattern": ["Regex": " {2,}"], "content": " "],
        ],
      ]
    }
  }

  private static func bert(lowercase: Bool) -> JSONValue {
    [
      "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
      "strip_accents": nil, "lowercase": .bool(lowercase),
    ]
  }
}

extension VocabularyOptions.PreTokenizer {
  /// The component of tokenizer.json.
  var json: JSONValue? {
    switch self {
    case .byteLevel: TrainedFile.byteLevel
    case .whitespace: ["type": "Whitespace"]
    case .whitespaceSplit: ["type": "WhitespaceSplit"]
    case .metaspace: TrainedFile.metaspace
    case .bert: ["type": "BertPreTokenizer"]
    case .none: nil
    }
  }
}

/// Writing lists of the members of `model`.
enum TrainedList {
  /// Appends elements, one a line.
  static func append(_ count: Int, to bytes: inout [UInt8], _ line: (Int) -> String) {
    for index in 0..<count { bytes += ((index == 0 ? "\n" : ",\n") + line(index)).utf8 }
  }

  /// A token as a string of JSON.
  static func string(_ token: some Collection<UInt8>) -> String {
    JSONValue.string(String(decoding: token, as: UTF8.self)).text
  }
}
