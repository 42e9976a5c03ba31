/// Schemas that name each turn: alpaca, dolly, prompt/completion, question/answer.
extension Schema {
  /// The keys of instruction, input and answer.
  private var turnKeys: (instruction: String, input: String?, output: String) {
    switch self {
    case .dolly: ("instruction", "context", "response")
    case .completion: ("prompt", nil, "completion")
    case .questionAnswer: ("question", nil, "answer")
    default: ("instruction", "input", "output")
    }
  }

  /// Only alpaca has these two.
  private static let systemKey = "system"
  private static let historyKey = "history"

  func readTurns(_ object: JSONObject) throws(SchemaError) -> RecordBody {
    let keys = turnKeys
    var messages: [Message] = []
    var known = [keys.instruction, keys.output, keys.input].compactMap { $0 }
    if self == .alpaca {
      if let system = try object.optionalText(Self.systemKey) {
        messages.append(Message(.system, system))
        known.append(Self.systemKey)
      }
      if let history = object[Self.historyKey], !history.isNull {
        messages += try Self.readHistory(history)
        // An empty history adds no turn; left in the metadata it is written back.
        if history.array?.isEmpty == false { known.append(Self.historyKey) }
      }
    }
    let input = try keys.input.flatMap { (key) throws(SchemaError) in try object.optionalText(key) }
    messages.append(Message(.user, try object.text(keys.instruction), input: input))
    if let output = try object.optionalText(keys.output) {
      messages.append(Message(.assistant, output))
    }
    return RecordBody(
      content: .conversation(Conversation(messages)), label: Self.readLabel(object),
      metadata: object.without(known + Self.labelKeys(object)))
  }

  private static func readHistory(_ value: JSONValue) throws(SchemaError) -> [Message] {
    guard let pairs = value.array else {
      throw SchemaError(field: historyKey, reason: "is \(value.kindName), not a list of pairs")
    }
    var messages: [Message] = []
    for (index, pair) in pairs.enumerated() {
      guard let pair = pair.array, pair.count == 2, let question = pair[0].string,
        let answer = pair[1].string
      else {
        throw SchemaError(
          field: "\(historyKey)[\(index)]", reason: "is not a pair of question and answer")
      }
      messages += [Message(.user, question), Message(.assistant, answer)]
    }
    return messages
  }

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
    if let answer { object[keys.output] = .string(answer.content) }
    if !turns.isEmpty {
      let texts = turns.map { JSONValue.string($0.content) }
      object[Self.historyKey] = .array(
        stride(from: 0, to: texts.count - 1, by: 2).map { .array([texts[$0], texts[$0 + 1]]) })
    }
    return object
  }
}

/// `{text, label}`.
extension Schema {
  func readText(_ object: JSONObject) throws(SchemaError) -> RecordBody {
    RecordBody(
      content: .text(try object.text("text")), label: Self.readLabel(object),
      metadata: object.without(["text"] + Self.labelKeys(object)))
  }

  /// A label is a string, a number or a boolean; anything else stays in the metadata.
  static func readLabel(_ object: JSONObject) -> Label? {
    switch object["label"] {
    case .some(let value):
      switch value {
      case .string, .number, .bool: Label(value)
      default: nil
      }
    case nil: nil
    }
  }

  static func labelKeys(_ object: JSONObject) -> [String] {
    readLabel(object) == nil ? [] : ["label"]
  }
}
