public import Records

/// Counts the tokens of texts: a tokenizer on this machine.
///
/// Pipeline injects it, so that cleaners know nothing of tokenizers.
public protocol TokenCounter: Sendable {
  /// The files that its counts depend on.
  /// - Throws: `StageError` where it is not found.
  func files() throws(StageError) -> [String]
  /// The tokens of a text, without those that a model puts around it; called from many threads.
  /// - Throws: `StageError` where it cannot be read.
  func count(of text: String) throws(StageError) -> Int
}

/// Where the tokenizer of a stage that counts tokens comes from: `model`, a path, or the name of a
/// model that a cache holds.
public enum TokenizerName: ParameterValue, Hashable {
  /// The tokenizer of the model that is trained.
  case model
  /// A tokenizer's file or a folder that holds one, or a model's name.
  case named(ModelName)

  /// What a person calls the type.
  public static let typeName = "model|path|name"

  /// Reads a value.
  public static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> TokenizerName {
    let name = try ModelName.decode(node)
    return name.path.written == "model" ? .model : .named(name)
  }

  /// The value as it is written in a lock file: a path in full, a name as it stands.
  public var encoded: JSONValue {
    switch self {
    case .model: "model"
    case .named(let name): name.encoded
    }
  }
}

/// A stage that may take the tokenizer of the model that is trained.
public protocol ModelTokenizerStage: Stage {
  /// The stage with the folder of the model, for `tokenizer: model`.
  func resolving(model folder: String) -> Self
}
