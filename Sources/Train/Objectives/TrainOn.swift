package import Records
public import Stages

/// Which tokens a causal model learns.
public enum TrainOn: String, ChoiceValue {
  /// What answers a question: turns of the assistant that follow another's, and their end.
  case completions
  /// Every turn of the assistant, and its end.
  case assistant
  /// Every token.
  case all
  /// The last turn of the assistant, and its end.
  case last

  /// Reads one of the words; torchtune's `train_on_assistant` and the like are known too.
  ///
  /// `true` and `false` answer axolotl's `train_on_inputs` and LLaMA-Factory's `train_on_prompt`.
  public static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> TrainOn {
    let text = try String.decode(node)
    if let learnsPrompts = try? Bool.decode(node) { return learnsPrompts ? .all : .completions }
    let word = text.hasPrefix("train_on_") ? String(text.dropFirst("train_on_".count)) : text
    guard let choice = TrainOn(rawValue: word) else {
      throw Diagnostic(
        "'\(text)' is none of the choices", place: node.place,
        remedy: Suggestion.remedy(for: text, among: allCases.map(\.rawValue))
          ?? "name one of \(allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return choice
  }

  /// Which messages of a conversation are learned, in their order.
  ///
  /// A turn that says `train: false` (axolotl) or `weight: 0` (OpenAI) is read and not learned; one
  /// that says `train: true` is learned whoever speaks.
  package func learned(_ messages: [Message]) -> [Bool] {
    let last = messages.lastIndex { $0.role == .assistant }
    let question = messages.firstIndex { $0.role == .user || $0.role == .tool } ?? 0
    return messages.enumerated().map { index, message in
      if let own = message.isTrained { return own }
      guard message.role == .assistant else { return false }
      switch self {
      case .completions: return index > question || messages.count == 1
      case .assistant, .all: return true
      case .last: return index == last
      }
    }
  }
}

extension Message {
  /// What the turn itself says of its learning, if anything.
  fileprivate var isTrained: Bool? {
    if let flag = (attributes["train"] ?? attributes["training"])?.bool { return flag }
    return attributes["weight"]?.double.map { $0 != 0 }
  }
}

extension Record {
  /// The tools that a record's conversation may call: a list, or its JSON as a text.
  package var tools: [JSONValue]? {
    guard let given = metadata["tools"] else { return nil }
    if let tools = given.array { return tools }
    return given.string.flatMap { try? JSONValue.parse($0) }?.array
  }
}
