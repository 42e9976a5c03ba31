public import Records
public import Stages

/// Where a pipeline's tokenizer comes from: `model`, a path, or `{bpe: {vocabulary: 8000}}`.
public enum TokenizerChoice: ParameterValue {
  /// The tokenizer of the model that is trained.
  case model
  /// A tokenizer.json, or a folder that holds one.
  case path(PathValue)
  /// A vocabulary learned from the training side; the component's name is that of the model.
  case learned(Component)

  /// What a person calls the type.
  public static let typeName = "model|bpe|wordpiece|unigram|path"

  private static let trained = Parameter<Component>(
    "tokenizer", choices: LearnedVocabulary.choices, "A vocabulary to learn.")

  /// Reads a value.
  public static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> TokenizerChoice {
    if case .scalar(let text, _) = node.value {
      if text == "model" { return .model }
      if VocabularyOptions.Model(rawValue: text) == nil {
        return .path(try PathValue.decode(node))
      }
    }
    guard let component = try trained.decode(node) as? Component else {
      throw node.mismatch(typeName)
    }
    return .learned(component)
  }

  /// The value as it is written in a lock file.
  public var encoded: JSONValue {
    switch self {
    case .model: "model"
    case .path(let path): path.encoded
    case .learned(let component): component.encoded
    }
  }
}

extension VocabularyOptions.Model: ChoiceValue {}
extension VocabularyOptions.Normalizer: ChoiceValue {}
extension VocabularyOptions.PreTokenizer: ChoiceValue {}
