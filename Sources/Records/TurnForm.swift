/// How a list of turns spells its keys and its speakers: `{from, value}` or `{role, content}`.
///
/// A turn is written back as it was read: a less common name of its speaker, a text that was `null`,
/// absent or a list of parts, and keys of the other form are kept as attributes of the turn.
struct TurnForm: Sendable {
  let roleKey: String
  let textKey: String
  /// Names of speakers, the canonical one of each role first.
  let names: [(name: String, role: Role)]

  /// ShareGPT's spelling.
  static let sharegpt = TurnForm(
    roleKey: "from", textKey: "value",
    names: [
      ("human", .user), ("gpt", .assistant), ("system", .system), ("observation", .tool),
      ("user", .user), ("assistant", .assistant), ("chatgpt", .assistant), ("bing", .assistant),
      ("bard", .assistant), ("model", .assistant), ("function_call", .assistant), ("tool", .tool),
      ("function_response", .tool), ("tool_call", .assistant), ("tool_response", .tool),
      ("prompter", .user), ("bot", .assistant), ("ai", .assistant),
    ])

  /// The spelling of OpenAI's API and of chat templates.
  static let messages = TurnForm(
    roleKey: "role", textKey: "content",
    names: [
      ("user", .user), ("assistant", .assistant), ("system", .system), ("tool", .tool),
      ("developer", .system), ("function", .tool), ("model", .assistant), ("ipython", .tool),
      ("tool_call", .assistant), ("tool_response", .tool), ("prompter", .user),
      ("bot", .assistant), ("ai", .assistant),
    ])

  /// The other spelling, which some files use under this one's key.
  private var other: TurnForm { roleKey == "from" ? .messages : .sharegpt }

  /// Speakers whose turns call functions; ShareGPT's is the first.
  static let callNames = ["function_call", "tool_call"]

  private static let inputKey = "input"
  /// Marks a turn that was spelled in the other form.
  private static let formMark = "anneal.form"
  /// Marks a turn whose text was absent.
  private static let absentMark = "anneal.absent"
  /// Marks a turn that stood alone, and how.
  static let sideMark = "anneal.side"
  /// Marks a system prompt that stood beside the list of turns.
  static let besideMark = "anneal.beside"
  /// Marks the turns of an answer that is a list of turns.
  static let answerMark = "anneal.answer"
  static let marks = [formMark, absentMark, sideMark, besideMark, answerMark]

  /// The role of a speaker's name, whatever its letters: some files write `User`, others `HUMAN`.
  func role(of name: String) -> Role? {
    if let known = names.first(where: { $0.name == name }) { return known.role }
    let name = name.lowercased()
    return (names.first { $0.name == name } ?? other.names.first { $0.name == name })?.role
  }

  private func name(of role: Role) -> String {
    names.first { $0.role == role }?.name ?? role.rawValue
  }
}

// MARK: - Reading

extension TurnForm {
  func read(_ value: JSONValue?, at path: String) throws(SchemaError) -> Conversation {
    guard let turns = value?.array else {
      throw SchemaError(
        field: path, reason: value.map { "is \($0.kindName), not a list of turns" } ?? "is missing")
    }
    var messages: [Message] = []
    messages.reserveCapacity(turns.count)
    for (index, turn) in turns.enumerated() {
      guard let turn = turn.object else {
        throw SchemaError(
          field: "\(path)[\(index)]", reason: "is \(turn.kindName), not an object")
      }
      messages.append(try read(turn, at: "\(path)[\(index)]"))
    }
    return Conversation(messages)
  }

  /// Reads one turn, in the other spelling where only that names a speaker.
  func read(_ turn: JSONObject, at place: String) throws(SchemaError) -> Message {
    guard turn[roleKey] == nil, turn[other.roleKey] != nil else {
      return try readOwn(turn, at: place)
    }
    var message = try other.readOwn(turn, at: place)
    message.attributes[Self.formMark] = true
    return message
  }

  private func readOwn(_ turn: JSONObject, at place: String) throws(SchemaError) -> Message {
    let speaker = try turn.text(roleKey, path: "\(place).\(roleKey)")
    guard let role = role(of: speaker) else {
      throw SchemaError(
        field: "\(place).\(roleKey)",
        reason: "is '\(speaker)'; expected one of \(names.map(\.name).joined(separator: ", "))")
    }
    var attributes = turn.without([roleKey, textKey])
    let input = attributes[Self.inputKey]?.string
    if input != nil { attributes[Self.inputKey] = nil }
    if name(of: role) != speaker { attributes[roleKey] = .string(speaker) }
    let text = try readText(turn, at: "\(place).\(textKey)", &attributes)
    return Message(role, text, input: input, attributes: attributes)
  }

  /// A turn's text: a string, `null` or nothing beside tool calls, or a list of parts.
  private func readText(
    _ turn: JSONObject, at path: String, _ attributes: inout JSONObject
  ) throws(SchemaError) -> String {
    switch turn[textKey] {
    case .string(let text)?: return text
    case .null?:
      attributes[textKey] = .null
      return ""
    case .array(let parts)?:
      attributes[textKey] = .array(parts)
      return try TurnParts.text(parts, at: path)
    case let other?:
      throw SchemaError(field: path, reason: "is \(other.kindName), not a string")
    case nil:
      guard turn["tool_calls"] != nil || turn["function_call"] != nil else {
        throw SchemaError(field: path, reason: "is missing")
      }
      attributes[Self.absentMark] = true
      return ""
    }
  }
}

// MARK: - Writing

extension TurnForm {
  func write(_ conversation: Conversation) -> JSONValue {
    .array(conversation.messages.map { .object(write($0)) })
  }

  func write(_ message: Message) -> JSONObject {
    guard message.attributes[Self.formMark] == nil else { return other.writeOwn(message) }
    return writeOwn(message)
  }

  private func writeOwn(_ message: Message) -> JSONObject {
    var turn: JSONObject = [roleKey: .string(speaker(of: message))]
    if let text = text(of: message) { turn[textKey] = text }
    if let input = message.input { turn[Self.inputKey] = .string(input) }
    let own = turn
    for member in message.attributes.members
    where own[member.key] == nil && !Self.marks.contains(member.key) {
      turn.append(new: member)
    }
    return turn
  }

  /// The speaker as it was spelled, unless a stage gave the turn to someone else.
  private func speaker(of message: Message) -> String {
    if let spelled = message.attributes[roleKey]?.string, role(of: spelled) == message.role {
      return spelled
    }
    return name(of: message.role)
  }

  private func text(of message: Message) -> JSONValue? {
    switch message.attributes[textKey] {
    case .null? where message.content.isEmpty: .null
    case .array(let parts)?: .array(TurnParts.replacing(parts, by: message.content))
    case nil where message.content.isEmpty && message.attributes[Self.absentMark] != nil: nil
    default: .string(message.content)
    }
  }
}
