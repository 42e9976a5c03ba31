package import Records

/// One exchange of a conversation, written out: what is read, and what is answered.
package struct RenderedTurn: Equatable {
  /// What stands before the answer.
  package let prompt: String
  /// The answer; the end-of-turn token follows it.
  package let answer: String

  package init(prompt: String, answer: String) {
    self.prompt = prompt
    self.answer = answer
  }
}

/// How a conversation is written exchange by exchange; chat templates write it whole.
package enum PromptTemplate {
  /// Stanford Alpaca's, as in its `train.py`.
  case alpaca

  /// The exchanges of a conversation, one for each answer.
  package func turns(_ conversation: Conversation) -> [RenderedTurn] {
    switch self {
    case .alpaca: alpaca(conversation)
    }
  }

  /// The sentence comes once, at the beginning, unless the conversation brings its own.
  private func alpaca(_ conversation: Conversation) -> [RenderedTurn] {
    var turns: [RenderedTurn] = []
    var system: String?
    var prompt = ""
    for message in conversation.messages {
      switch message.role {
      case .system: system = message.content
      case .user, .tool:
        prompt += Self.alpacaQuestion(message, system, isFirst: turns.isEmpty && prompt.isEmpty)
      case .assistant:
        turns.append(RenderedTurn(prompt: prompt + "### Response:\n", answer: message.content))
        prompt = "\n\n"
      }
    }
    return turns
  }

  private static func alpacaQuestion(
    _ message: Message, _ system: String?, isFirst: Bool
  ) -> String {
    let input = message.input.flatMap { $0.isEmpty ? nil : $0 }
    var text = isFirst ? (system ?? alpacaSentence(hasInput: input != nil)) + "\n\n" : ""
    text += "### Instruction:\n\(message.content)\n\n"
    if let input { text += "### Input:\n\(input)\n\n" }
    return text
  }

  private static func alpacaSentence(hasInput: Bool) -> String {
    hasInput
      ? "Below is an instruction that describes a task, paired with an input that provides further "
        + "context. Write a response that appropriately completes the request."
      : "Below is an instruction that describes a task. "
        + "Write a response that appropriately completes the request."
  }
}
