/// Schemas whose turns stand in lists, or in answers that may be lists.
extension Schema {
  private static let conversationsKey = "conversations"

  /// ShareGPT's list, and the system prompt that may stand beside it.
  func readConversations(_ object: JSONObject) throws(SchemaError) -> Conversation {
    var conversation = try TurnForm.sharegpt.read(
      object[Self.conversationsKey], at: Self.conversationsKey)
    if let system = object[Self.systemKey]?.string {
      conversation.messages.insert(
        Message(.system, system, attributes: [TurnForm.besideMark: true]), at: 0)
    }
    return conversation
  }

  /// Writes the list, and beside it a system prompt that stood there.
  func writeConversations(_ conversation: Conversation) -> JSONObject {
    var turns = conversation
    var object = JSONObject()
    if let first = turns.messages.first, first.role == .system, first.input == nil,
      first.attributes[TurnForm.besideMark] != nil, first.hasOnlyMarks
    {
      turns.messages.removeFirst()
      object[Self.systemKey] = .string(first.content)
    }
    object[Self.conversationsKey] = TurnForm.sharegpt.write(turns)
    return object
  }

  // MARK: - Prompt and completion

  private static let completionKey = "completion"

  /// Two texts, or lists of turns on either side.
  func readCompletion(_ object: JSONObject) throws(SchemaError) -> Conversation {
    let isText = [Self.promptKey, Self.completionKey].allSatisfy { key in
      switch object[key] {
      case .array?, .object?: false
      default: true
      }
    }
    if isText { return try readTurns(object) }
    let prompt = try TurnForm.messages.readSide(
      object[Self.promptKey], at: Self.promptKey, .user)
    var answer = try TurnForm.messages.readSide(
      object[Self.completionKey], at: Self.completionKey, .assistant)
    guard !answer.messages.isEmpty else {
      throw SchemaError(field: Self.completionKey, reason: "is a list of no turns")
    }
    for index in answer.messages.indices {
      answer.messages[index].attributes[TurnForm.answerMark] = true
    }
    return Conversation(prompt.messages + answer.messages)
  }

  /// Whether prompt and completion have a place for each turn.
  func holdsCompletion(_ conversation: Conversation) -> Bool {
    if holds(conversation) { return true }
    let isAnswer = conversation.messages.map { $0.attributes[TurnForm.answerMark] != nil }
    // The answer is what stands last; without one, nothing says where it would begin.
    guard let first = isAnswer.firstIndex(of: true) else { return false }
    return isAnswer[first...].allSatisfy { $0 }
  }

  func writeCompletion(_ conversation: Conversation) -> JSONObject {
    if holds(conversation) { return writeTurns(conversation) }
    let isAnswer = { (message: Message) in message.attributes[TurnForm.answerMark] != nil }
    let prompt = conversation.messages.prefix { !isAnswer($0) }
    let answer = conversation.messages[prompt.endIndex...]
    return [
      Self.promptKey: TurnForm.messages.writeSide(Conversation(Array(prompt)), .user),
      Self.completionKey: TurnForm.messages.writeSide(Conversation(Array(answer)), .assistant),
    ]
  }
}

extension Message {
  /// Whether the source said nothing of this turn but how it was spelled.
  var hasOnlyMarks: Bool { attributes.members.allSatisfy { TurnForm.marks.contains($0.key) } }
}
