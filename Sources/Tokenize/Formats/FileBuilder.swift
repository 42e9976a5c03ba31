import Records

/// Puts a tokenizer.json together for files of other kinds.
struct FileBuilder {
  var normalizer: JSONValue = .null
  var preTokenizer: JSONValue = .null
  var postProcessor: JSONValue = .null
  var decoder: JSONValue = .null
  var model: JSONValue = .null
  var added: [AddedToken] = []

  /// The file's bytes.
  var bytes: [UInt8] {
    JSONValue.object([
      "version": "1.0", "truncation": nil, "padding": nil,
      "added_tokens": .array(added.map(\.json)), "normalizer": normalizer,
      "pre_tokenizer": preTokenizer, "post_processor": postProcessor, "decoder": decoder,
      "model": model,
    ]).bytes
  }

  /// `ByteLevel` in any of its places.
  static func byteLevel(
    prefix: Bool = false, trims: Bool = true, pattern: Bool = true
  ) -> JSONValue {
    [
      "type": "ByteLevel", "add_prefix_space": .bool(prefix), "trim_offsets": .bool(trims),
      "use_regex": .bool(pattern),
    ]
  }

  /// A template with tokens before and behind each text; the second text has the segment `second`.
  static func template(
    before: [(String, Int32)], after: [(String, Int32)], second: Int = 0, repeatsBefore: Bool = true
  ) -> JSONValue {
    func special(_ token: (String, Int32), _ type: Int) -> JSONValue {
      ["SpecialToken": ["id": .string(token.0), "type_id": .integer(type)]]
    }
    func text(_ name: String, _ type: Int) -> JSONValue {
      ["Sequence": ["id": .string(name), "type_id": .integer(type)]]
    }
    let single = before.map { special($0, 0) } + [text("A", 0)] + after.map { special($0, 0) }
    let pair =
      single + (repeatsBefore ? before.map { special($0, second) } : []) + [text("B", second)]
      + after.map { special($0, second) }
    let tokens = (before + after).map { token in
      (
        token.0,
        JSONValue.object([
          "id": .string(token.0), "ids": [.integer(token.1)], "tokens": [.string(token.0)],
        ])
      )
    }
    var explained = JSONObject()
    for (name, token) in tokens { explained[name] = token }
    return [
      "type": "TemplateProcessing", "single": .array(single), "pair": .array(pair),
      "special_tokens": .object(explained),
    ]
  }
}

extension TokenizerSource {
  /// The name of the class that transformers would use, or an empty text.
  var className: String { configuration?["tokenizer_class"]?.string ?? "" }

  /// The text of a token with a role, as the companions have it.
  func token(_ role: String) -> String? {
    for file in [configuration, specialTokensMap] {
      let entry = file?[role]
      if let name = entry?.string ?? entry?["content"]?.string { return name }
    }
    return nil
  }

  /// The added tokens that the companions list, by their ids.
  func addedTokens(_ vocabulary: Vocabulary, defaults: [String]) -> [AddedToken] {
    var tokens: [AddedToken] = []
    for (key, entry) in (configuration?["added_tokens_decoder"]?.object?.members ?? []).map({
      ($0.key, $0.value)
    }) {
      guard let id = Int32(key), let content = entry["content"]?.string else { continue }
      tokens.append(
        AddedToken(
          id: id, content: content, singleWord: entry["single_word"]?.bool ?? false,
          stripsLeft: entry["lstrip"]?.bool ?? false, stripsRight: entry["rstrip"]?.bool ?? false,
          isNormalized: entry["normalized"]?.bool ?? false,
          isSpecial: entry["special"]?.bool ?? true))
    }
    let named = defaults + SpecialTokens.roles.compactMap { token($0.name) }
    for name in named where !tokens.contains(where: { $0.content == name }) {
      guard let id = vocabulary.id(of: Array(name.utf8)) else { continue }
      // Masks take the space in front of them, as RoBERTa's does.
      tokens.append(AddedToken(id: id, content: name, stripsLeft: name == "<mask>"))
    }
    return tokens.sorted { $0.id < $1.id }
  }
}
