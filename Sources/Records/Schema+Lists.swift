/// Schemas that list their turns: ShareGPT and `messages`.
extension Schema {
  /// ShareGPT's names of speakers, the canonical one of each role first.
  private static let shareGPTRoles: [(String, Role)] = [
    ("human", .user), ("gpt", .assistant), ("system", .system), ("observation", .tool),
    ("user", .user), ("assistant", .assistant), ("chatgpt", .assistant), ("bing", .assistant),
    ("bard", .assistant), ("function_call", .assistant), ("tool", .tool),
  ]
  private static let messageRoles: [(String, Role)] = [
    ("user", .user), ("assistant", .assistant), ("system", .system), ("tool", .tool),
    ("developer", .system), ("function", .tool), ("model", .assistant),
  ]

  func readShareGPT(_ object: JSONObject) throws(SchemaError) -> RecordBody {
    let messages = try Self.readTurnList(
      object["conversations"], at: "conversations", roleKey: "from", textKey: "value",
      roles: Self.shareGPTRoles)
    return body(messages, of: object, without: "conversations")
  }

  func readMessages(_ object: JSONObject) throws(SchemaError) -> RecordBody {
    let messages = try Self.readTurnList(
      object["messages"], at: "messages", roleKey: "role", textKey: "content",
      roles: Self.messageRoles)
    return body(messages, of: object, without: "messages")
  }

  private func body(_ messages: [Message], of object: JSONObject, without key: String) -> RecordBody
  {
    RecordBody(
      content: .conversation(Conversation(messages)), label: Self.readLabel(object),
      metadata: object.without([key] + Self.labelKeys(object)))
  }

  func writeShareGPT(_ conversation: Conversation) -> JSONObject {
    ["conversations": Self.writeTurnList(conversation, "from", "value", Self.shareGPTRoles)]
  }

  func writeMessages(_ conversation: Conversation) -> JSONObject {
    ["messages": Self.writeTurnList(conversation, "role", "content", Self.messageRoles)]
  }

  /// A list of turns; a speaker's less common spelling is kept as an attribute of the turn.
  static func readTurnList(
    _ value: JSONValue?, at path: String, roleKey: String, textKey: String, roles: [(String, Role)]
  ) throws(SchemaError) -> [Message] {
    guard let turns = value?.array else {
      throw SchemaError(
        field: path, reason: value.map { "is \($0.kindName), not a list of turns" } ?? "is missing")
    }
    var messages: [Message] = []
    for (index, turn) in turns.enumerated() {
      let place = "\(path)[\(index)]"
      guard let turn = turn.object else {
        throw SchemaError(field: place, reason: "is \(turn.kindName), not an object")
      }
      let speaker = try turn.text(roleKey, path: "\(place).\(roleKey)")
      guard let role = roles.first(where: { $0.0 == speaker })?.1 else {
        throw SchemaError(
          field: "\(place).\(roleKey)",
          reason: "is '\(speaker)'; expected one of \(roles.map(\.0).joined(separator: ", "))")
      }
      var attributes = turn.without([roleKey, textKey])
      if roles.first(where: { $0.1 == role })?.0 != speaker {
        attributes[roleKey] = .string(speaker)
      }
      let text = try turnText(turn[textKey], at: "\(place).\(textKey)", textKey, &attributes)
      messages.append(Message(role, text, attributes: attributes))
    }
    return messages
  }

  /// A turn's text: a string, `null` beside tool calls, or a list of text parts.
  private static func turnText(
    _ value: JSONValue?, at path: String, _ key: String, _ attributes: inout JSONObject
  ) throws(SchemaError) -> String {
    switch value {
    case .string(let text): return text
    case .null:
      attributes[key] = .null
      return ""
    case .array(let parts):
      let texts = parts.compactMap { $0["type"]?.string == "text" ? $0["text"]?.string : nil }
      guard texts.count == parts.count else {
        throw SchemaError(field: path, reason: "holds parts that are not text")
      }
      attributes[key] = .array(parts)
      return texts.joined()
    case .some(let other):
      throw SchemaError(field: path, reason: "is \(other.kindName), not a string")
    case nil: throw SchemaError(field: path, reason: "is missing")
    }
  }

  static func writeTurnList(
    _ conversation: Conversation, _ roleKey: String, _ textKey: String, _ roles: [(String, Role)]
  ) -> JSONValue {
    .array(
      conversation.messages.map { message in
        let canonical = roles.first { $0.1 == message.role }?.0 ?? message.role.rawValue
        var turn: JSONObject = [roleKey: message.attributes[roleKey] ?? .string(canonical)]
        turn[textKey] = writtenText(message, textKey)
        turn.merge(message.attributes.without([roleKey, textKey]))
        return .object(turn)
      })
  }

  /// A text that no stage has changed goes back in the form it came in.
  private static func writtenText(_ message: Message, _ key: String) -> JSONValue {
    switch message.attributes[key] {
    case .null? where message.content.isEmpty: .null
    case .array(let parts)?
    where parts.compactMap { $0["text"]?.string }.joined() == message.content: .array(parts)
    default: .string(message.content)
    }
  }
}

/// `{prompt, chosen, rejected}`.
extension Schema {
  func readPreference(_ object: JSONObject) throws(SchemaError) -> RecordBody {
    let preference = Preference(
      prompt: object["prompt"] == nil
        ? Conversation() : try Self.readSide(object, "prompt", .user),
      chosen: try Self.readSide(object, "chosen", .assistant),
      rejected: try Self.readSide(object, "rejected", .assistant))
    return RecordBody(
      content: .preference(preference), label: Self.readLabel(object),
      metadata: object.without(["prompt", "chosen", "rejected"] + Self.labelKeys(object)))
  }

  /// Marks a turn that was a bare string, so that it is written as one.
  private static let bare = "anneal.bare"

  private static func readSide(
    _ object: JSONObject, _ key: String, _ role: Role
  ) throws(SchemaError) -> Conversation {
    if case .string(let text)? = object[key] {
      return Conversation([Message(role, text, attributes: [bare: true])])
    }
    return Conversation(
      try readTurnList(
        object[key], at: key, roleKey: "role", textKey: "content", roles: messageRoles))
  }

  func writePreference(_ preference: Preference) -> JSONObject {
    var object = JSONObject()
    if !preference.prompt.messages.isEmpty { object["prompt"] = Self.writeSide(preference.prompt) }
    object["chosen"] = Self.writeSide(preference.chosen)
    object["rejected"] = Self.writeSide(preference.rejected)
    return object
  }

  private static func writeSide(_ conversation: Conversation) -> JSONValue {
    if conversation.messages.count == 1, let only = conversation.messages.first,
      only.attributes[bare] != nil
    {
      return .string(only.content)
    }
    return writeTurnList(conversation, "role", "content", messageRoles)
  }
}
