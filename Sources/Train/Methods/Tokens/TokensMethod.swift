import Models
import Stages
import Tokenize

/// Trains the vectors of some tokens alone, such as new ones (PEFT's trainable tokens).
struct TokensMethod: TrainingMethod {
  private let tokens: [String]
  private let target: [String]?

  private static let tokens = Parameter<[String]>(
    required: "tokens", aliases: ["token_indices", "trainable_token_indices"],
    "The tokens as texts or as ids, such as ['<|im_start|>', 50257].",
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
    var ids: [Int32] = []
    for token in tokens {
      guard let id = start.tokenizer.id(of: token) ?? Int32(token) else {
        throw TrainingError(
          "method 'tokens' names '\(token)', which is no token of the tokenizer",
          remedy: "name tokens as the tokenizer's files spell them, or give their ids")
      }
      ids.append(id)
    }
    return PreparedMethod(
      try TokenAdapter(
        tokens: ids, target: target.map { ModuleTargets($0) },
        savedModules: TaskHead.modules(of: model, start), of: model))
  }
}
