package import Records
package import Tokenize

extension PromptTemplate {
  /// The tokens after which a model answers a conversation, as it was trained on them.
  ///
  /// Earlier exchanges end with the token `end`; the last turn is not the assistant's.
  package func prompt(
    _ conversation: Conversation, _ tokenizer: Tokenizer, end: Int32
  ) -> [Int32] {
    let asked = Conversation(conversation.messages + [Message(.assistant, "")])
    let turns = turns(asked)
    var text = CausalText(limit: .max, end: end)
    for turn in turns.dropLast() { _ = text.append(turn, learnsPrompt: false, tokenizer) }
    let last = turns.last?.prompt ?? ""
    let options = CausalText.options(addSpecialTokens: text.tokens.isEmpty)
    return text.tokens + tokenizer.encode(last, options: options).ids
  }
}
