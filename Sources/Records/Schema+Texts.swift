/// Forms that have one key for each of their texts, as most files of instructions do: these are read and
/// written without a list of members in between.
extension Schema {
  /// The keys of such a form; nil for those with lists of turns or parts.
  var textKeys: (first: String, input: String?, output: String?)? {
    switch self {
    case .text: ("text", nil, nil)
    case .alpaca, .alpacaKTO, .dolly, .questionAnswer, .pair, .reward:
      (turnKeys.instruction, turnKeys.input, turnKeys.output)
    default: nil
    }
  }

  /// The content that texts under these keys are.
  func content(_ first: String, _ input: String?, _ output: String?) -> Content {
    if self == .text { return .text(first) }
    var turns = [Message(.user, first, input: input)]
    if let output { turns.append(Message(.assistant, output)) }
    return .conversation(Conversation(turns))
  }

  /// The texts of a content that this form is sure to hold whole, with their keys; nil where in doubt.
  func ownTexts(of content: Content) -> [(key: String, text: String)]? {
    guard case .conversation(let conversation) = content else { return nil }
    let turns = conversation.messages
    guard turns.count == 2, turns[0].attributes.isEmpty, turns[1].attributes.isEmpty,
      turns[1].input == nil, let keys = textKeys, keys.output != nil,
      turns[0].input == nil || keys.input != nil
    else { return nil }
    return texts(of: content)
  }

  /// The texts of a content that this form holds, with their keys; nil where it has others as well, or
  /// holds them in lists.
  func texts(of content: Content) -> [(key: String, text: String)]? {
    guard let keys = textKeys else { return nil }
    switch content {
    case .text(let text): return [(keys.first, text)]
    case .preference: return nil
    case .conversation(let conversation):
      let turns = conversation.messages
      guard turns.count == 1 || (turns.count == 2 && turns[1].role == .assistant),
        turns[0].role == .user
      else { return nil }
      var texts = [(key: keys.first, text: turns[0].content)]
      if let key = keys.input, let input = turns[0].input { texts.append((key, input)) }
      if let key = keys.output, turns.count == 2 { texts.append((key, turns[1].content)) }
      return texts
    }
  }
}
