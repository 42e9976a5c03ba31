import Records

/// The ids of the tokens with a role, as far as a tokenizer has them.
public struct SpecialTokens: Sendable, Equatable {
  /// Begins a text.
  public internal(set) var beginning: Int32?
  /// Ends a text.
  public internal(set) var end: Int32?
  /// Stands for what has no token.
  public internal(set) var unknown: Int32?
  /// Fills up short texts.
  public internal(set) var padding: Int32?
  /// Begins a text to classify.
  public internal(set) var classification: Int32?
  /// Separates the texts of a pair.
  public internal(set) var separator: Int32?
  /// Hides a token that is to be predicted.
  public internal(set) var mask: Int32?

  /// The roles by the names that Hugging Face's files have for them.
  static var roles: [(name: String, key: WritableKeyPath<SpecialTokens, Int32?>)] {
    [
      ("bos_token", \.beginning), ("eos_token", \.end), ("unk_token", \.unknown),
      ("pad_token", \.padding), ("cls_token", \.classification), ("sep_token", \.separator),
      ("mask_token", \.mask),
    ]
  }

  /// Takes what a configuration names, wherever a role is still open.
  mutating func fill(from configuration: JSONValue, id: (String) -> Int32?) {
    for role in Self.roles where self[keyPath: role.key] == nil {
      let entry = configuration[role.name]
      // Some files write the whole added token instead of its text.
      guard let content = entry?.string ?? entry?["content"]?.string else { continue }
      self[keyPath: role.key] = id(content)
    }
  }

  /// Takes the names everyone uses, wherever a role is still open.
  mutating func fillFromCommonNames(id: (String) -> Int32?) {
    let names: [(WritableKeyPath<SpecialTokens, Int32?>, [String])] = [
      (\.beginning, ["<s>", "<|begin_of_text|>", "<|endoftext|>"]),
      (\.end, ["</s>", "<|end_of_text|>", "<|endoftext|>"]),
      (\.unknown, ["[UNK]", "<unk>"]), (\.padding, ["[PAD]", "<pad>", "<|pad|>"]),
      (\.classification, ["[CLS]"]), (\.separator, ["[SEP]"]), (\.mask, ["[MASK]", "<mask>"]),
    ]
    for (role, candidates) in names where self[keyPath: role] == nil {
      self[keyPath: role] = candidates.lazy.compactMap(id).first
    }
  }
}
