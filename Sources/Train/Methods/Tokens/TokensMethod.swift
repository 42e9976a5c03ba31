import Models
import Records
import Stages
import Tokenize

/// Trains the vectors of some tokens alone, such as new ones (PEFT's trainable tokens).
struct TokensMethod: TrainingMethod {
  private let tokens: [NamedToken]
  private let target: [String]?

  private static let tokens = Parameter<[NamedToken]>(
    required: "tokens", aliases: ["token_indices", "trainable_token_indices"],
    "The tokens as texts or as ids, such as ['<|im_start|>', 50257]; a number in quotes is a text.",
    check: { $0.isEmpty ? "must name a token" : nil })
  private static let target = Parameter<[String]?>(
    "target", default: nil, aliases: ["target_modules"],
    "The embedding by the end of its name; that of words by default.")

  static let descriptor = MethodDescriptor(
    component: ComponentDescriptor(
      "tokens", "The vectors of some tokens are trained, in a tied output too; all else is frozen.",
      parameters: [tokens, target]),
    make: { TokensMethod(tokens: $0[tokens], target: $0[target]) })

  func prepare(_ model: any Model, _ start: MethodStart) throws -> PreparedMethod {
    let ids = try tokens.map { try $0.id(in: start.tokenizer) }
    return PreparedMethod(
      try TokenAdapter(
        tokens: ids, target: target.map { ModuleTargets($0) },
        savedModules: TaskHead.modules(of: model, start), of: model))
  }
}

/// A token by its id, or by its text: an integer is an id, unless it stands in quotes.
private enum NamedToken: ParameterValue {
  case id(Int), text(String)

  static let typeName = "token"

  static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> NamedToken {
    let text = try String.decode(node)
    let isDigits = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    if case .scalar(_, quoted: false) = node.value, isDigits, let id = Int(text) { return .id(id) }
    return .text(text)
  }

  var encoded: JSONValue {
    switch self {
    case .id(let id): .integer(id)
    case .text(let text): .string(text)
    }
  }

  /// Its id in a tokenizer's vocabulary.
  /// - Throws: `TrainingError` for a text that is no token.
  func id(in tokenizer: Tokenizer) throws(TrainingError) -> Int32 {
    switch self {
    case .id(let id): return Int32(clamping: id)
    case .text(let text):
      if let id = tokenizer.id(of: text) { return id }
      throw TrainingError(
        "method 'tokens' names '\(text)', which is no token of the tokenizer",
        remedy: "name tokens as the tokenizer's files spell them, or give their ids")
    }
  }
}
