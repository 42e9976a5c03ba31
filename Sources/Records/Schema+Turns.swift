/// Schemas that name each turn: alpaca, dolly, prompt/completion, question/answer.
extension Schema {
  /// The keys of instruction, input and answer.
  var turnKeys: (instruction: String, input: String?, output: String?) {
    switch self {
    case .dolly: ("instruction", "context", "response")
    case .completion, .kto: (Self.promptKey, nil, "completion")
    case .pair: ("anchor", nil, "positive")
    case .reward: (Self.promptKey, nil, "response")
    case .questionAnswer: ("question", nil, "answer")
    case .alpacaPreference: ("instruction", "input", nil)
    default: ("instruction", "input", "output")
    }
  }

  /// Only the alpaca family has a system prompt and earlier turns.
  private var hasHistory: Bool {
    switch self {
    case .alpaca, .alpacaKTO, .alpacaPreference: true
    default: false
    }
  }

  func readTurns(_ object: JSONObject) throws(SchemaError) -> Conversation {
    let keys = turnKeys
    var messages: [Message] = []
    messages.reserveCapacity(2)
    if hasHistory {
      if let system = try object.optionalText(Self.systemKey) {
        messages.append(Message(.system, system))
      }
      if let history = object[Self.historyKey], !history.isNull {
        try Self.readHistory(history, into: &messages)
      }
    }
    let input = try keys.input.flatMap { (key) throws(SchemaError) in try object.optionalText(key) }
    messages.append(Message(.user, try object.text(keys.instruction), input: input))
    if let key = keys.output, let output = try object.optionalText(key) {
      messages.append(Message(.assistant, output))
    }
    return Conversation(messages)
  }

  private static func readHistory(
    _ value: JSONValue, into messages: inout [Message]
  ) throws(SchemaError) {
    guard let pairs = value.array else {
      throw SchemaError(field: historyKey, reason: "is \(value.kindName), not a list of pairs")
    }
    for (index, pair) in pairs.enumerated() {
      guard let pair = pair.array, pair.count == 2, let question = pair[0].string,
        let answer = pair[1].string
      else {
        throw SchemaError(
          field: "\(historyKey)[\(index)]", reason: "is not a pair of question and answer")
      }
      messages += [Message(.user, question), Message(.assistant, answer)]
    }
  }

  /// Whether the schema has a place for each turn: `[system] (user assistant)* user [assistant]`.
  func holds(_ conversation: Conversation, answered: Bool = true) -> Bool {
    guard conversation.messages.allSatisfy({ $0.attributes.isEmpty }) else { return false }
    var turns = conversation.messages[...]
    if hasHistory, turns.first?.role == .system, turns.first?.input == nil { turns.removeFirst() }
    if answered, turns.last?.role == .assistant, turns.last?.input == nil { turns.removeLast() }
    guard let question = turns.popLast(), question.role == .user,
      question.input == nil || turnKeys.input != nil, hasHistory || turns.isEmpty
    else { return false }
    return turns.count.isMultiple(of: 2)
      && turns.enumerated().allSatisfy { place, turn in
        turn.input == nil && turn.role == (place.isMultiple(of: 2) ? .user : .assistant)
      }
  }

  /// Writes turns that the schema holds.
  func writeTurns(_ conversation: Conversation) -> JSONObject {
    let keys = turnKeys
    var object = JSONObject()
    var turns = conversation.messages[...]
    if turns.first?.role == .system {
      object[Self.systemKey] = turns.popFirst().map { .string($0.content) }
    }
    let answer = turns.last?.role == .assistant ? turns.popLast() : nil
    let question = turns.popLast()
    object[keys.instruction] = .string(question?.content ?? "")
    if let key = keys.input, let input = question?.input { object[key] = .string(input) }
    if let key = keys.output, let answer { object[key] = .string(answer.content) }
    if !turns.isEmpty {
      let texts = turns.map { JSONValue.string($0.content) }
      object[Self.historyKey] = .array(
        stride(from: 0, to: texts.count - 1, by: 2).map { .array([texts[$0], texts[$0 + 1]]) })
    }
    return object
  }
}
