/// Schemas with a better and a worse answer.
extension Schema {
  /// How the schema's lists of turns are spelled.
  private var turnForm: TurnForm { self == .sharegptPreference ? .sharegpt : .messages }

  func readPreference(_ object: JSONObject) throws(SchemaError) -> Preference {
    Preference(
      prompt: try readPrompt(object),
      chosen: try turnForm.readSide(object["chosen"], at: "chosen", .assistant),
      rejected: try turnForm.readSide(object["rejected"], at: "rejected", .assistant))
  }

  private func readPrompt(_ object: JSONObject) throws(SchemaError) -> Conversation {
    switch self {
    case .alpacaPreference: return try readTurns(object)
    case .sharegptPreference: return try readConversations(object)
    default:
      // Some files hold whole conversations in both answers, and no prompt.
      guard let prompt = object[Self.promptKey], !prompt.isNull else { return Conversation() }
      return try turnForm.readSide(prompt, at: Self.promptKey, .user)
    }
  }

  func write(_ preference: Preference) -> JSONObject {
    if self == .triplet { return writeTriplet(preference) }
    var object = writePrompt(preference.prompt)
    object["chosen"] = turnForm.writeSide(preference.chosen, .assistant)
    object["rejected"] = turnForm.writeSide(preference.rejected, .assistant)
    return object
  }

  private func writePrompt(_ prompt: Conversation) -> JSONObject {
    switch self {
    case .alpacaPreference: return writeTurns(prompt)
    case .sharegptPreference: return writeConversations(prompt)
    default:
      return prompt.messages.isEmpty
        ? [:] : [Self.promptKey: turnForm.writeSide(prompt, .user)]
    }
  }
}

extension TurnForm {
  static let bare: JSONValue = "text"
  static let single: JSONValue = "object"

  /// One side of a preference: a bare text, one turn, or a list of turns.
  func readSide(
    _ value: JSONValue?, at key: String, _ role: Role
  ) throws(SchemaError) -> Conversation {
    switch value {
    case .string(let text)?:
      return Conversation([Message(role, text, attributes: [Self.sideMark: Self.bare])])
    case .object(let turn)?:
      var message = try read(turn, at: key)
      message.attributes[Self.sideMark] = Self.single
      return Conversation([message])
    default: return try read(value, at: key)
    }
  }

  /// A side that no stage has given more turns goes back in the form it came in.
  func writeSide(_ conversation: Conversation, _ role: Role) -> JSONValue {
    guard conversation.messages.count == 1, let only = conversation.messages.first else {
      return write(conversation)
    }
    switch only.attributes[Self.sideMark] {
    case Self.bare?
    where only.role == role && only.input == nil && only.hasOnlyMarks:
      return .string(only.content)
    case Self.single?: return .object(write(only))
    default: return write(conversation)
    }
  }
}
