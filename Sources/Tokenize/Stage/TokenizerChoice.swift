public import Records
public import Stages

/// Where a pipeline's tokenizer comes from: `model`, a path, or `{bpe: {vocabulary: 8000}}`.
public enum TokenizerChoice: ParameterValue {
  /// The tokenizer of the model that is trained.
  case model
  /// A tokenizer.json, or a folder that holds one.
  case path(PathValue)
  /// A byte-level BPE learned from the training side.
  case bpe(Component)

  /// What a person calls the type.
  public static let typeName = "model|bpe|path"

  static let vocabulary = Parameter(
    "vocabulary", default: 8000, aliases: ["vocab-size", "vocabulary-size"],
    "The number of tokens in all.", check: Check.within(257...(1 << 24)))
  static let minFrequency = Parameter(
    "min-frequency", default: 2, "How often a pair must occur to become a token.",
    check: Check.atLeast(1))
  static let specialTokens = Parameter(
    "special-tokens", default: ["<|endoftext|>", "<|pad|>"], "The tokens with the first ids.")

  private static let trained = Parameter<Component>(
    "tokenizer",
    choices: [
      ComponentDescriptor(
        "bpe", "A byte-level BPE learned from the training side.",
        parameters: [vocabulary, minFrequency, specialTokens])
    ], "A vocabulary to learn.")

  /// Reads a value.
  public static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> TokenizerChoice {
    if case .scalar(let text, _) = node.value {
      if text == "model" { return .model }
      if text != "bpe" { return .path(try PathValue.decode(node)) }
    }
    guard let component = try trained.decode(node) as? Component else {
      throw node.mismatch(typeName)
    }
    return .bpe(component)
  }

  /// The value as it is written in a lock file.
  public var encoded: JSONValue {
    switch self {
    case .model: "model"
    case .path(let path): path.encoded
    case .bpe(let component): component.encoded
    }
  }
}
