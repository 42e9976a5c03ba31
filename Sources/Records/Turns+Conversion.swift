/// Turns on their way from one spelling to another.
extension Conversation {
  /// All texts, a blank line between them.
  var joined: String {
    joiningInputs.messages.map(\.content).joined(separator: "\n\n")
  }

  /// The turns as a form spells them: calls of functions in its way, no mark of another form.
  func inForm(of form: TurnForm) -> Conversation {
    Conversation(messages.map { $0.inForm(of: form) })
  }

  /// The turns without all that plain texts cannot say.
  func plain(_ losses: inout [String]) -> Conversation {
    var turns: [Message] = []
    for message in messages { turns.append(message.plain(&losses)) }
    return Conversation(turns)
  }

  /// The turns with instruction and input as one text.
  var joiningInputs: Conversation {
    Conversation(
      messages.map {
        var message = $0
        message.joinInput()
        return message
      })
  }

  /// The turns, those behind the last question marked as its answer.
  var markingAnswer: Conversation {
    let last = messages.lastIndex { $0.role == .user || $0.role == .tool }
    guard let last, last + 1 < messages.count else { return self }
    var copy = self
    for index in (last + 1)..<messages.count {
      copy.messages[index].attributes[TurnForm.answerMark] = true
    }
    return copy
  }
}

extension Message {
  private static let callsKey = "tool_calls"

  /// Makes instruction and input one text, as LLaMA-Factory does.
  mutating func joinInput() {
    guard let input else { return }
    if !input.isEmpty { content = content.isEmpty ? input : "\(content)\n\(input)" }
    self.input = nil
  }

  func inForm(of form: TurnForm) -> Message {
    var message = self
    message.attributes = JSONObject(
      unique: attributes.members.filter { !TurnForm.marks.contains($0.key) })
    if form.roleKey == TurnForm.sharegpt.roleKey {
      message.spellCall()
    } else {
      message.readCall()
    }
    return message
  }

  /// A turn that calls functions as ShareGPT has it: its text is the call, as JSON.
  private mutating func spellCall() {
    guard let calls = attributes[Self.callsKey]?.array, !calls.isEmpty, content.isEmpty else {
      return
    }
    let spelled = calls.map { call -> JSONValue in
      let function = call["function"] ?? call
      let arguments = function["arguments"] ?? .null
      // OpenAI has the arguments as a text of JSON.
      let parsed = arguments.string.flatMap { try? JSONValue.parse($0) }
      return ["name": function["name"] ?? .null, "arguments": parsed ?? arguments]
    }
    content = (spelled.count == 1 ? spelled[0] : .array(spelled)).text
    attributes[TurnForm.messages.textKey] = nil
    attributes[TurnForm.sharegpt.roleKey] = .string(TurnForm.callNames[0])
  }

  /// A `function_call` turn as OpenAI has it: calls beside an empty text.
  private mutating func readCall() {
    guard isSpelledCall else { return }
    guard attributes[Self.callsKey]?.array == nil else { return restoreCall() }
    guard let value = try? JSONValue.parse(content) else { return }
    let calls = value.array ?? [value]
    guard calls.allSatisfy({ $0["name"]?.string != nil }) else { return }
    attributes[Self.callsKey] = .array(
      calls.map { call in
        let arguments = call["arguments"] ?? [:]
        return [
          "type": "function",
          "function": [
            "name": call["name"] ?? .null,
            "arguments": arguments.string.map { .string($0) } ?? .string(arguments.text),
          ],
        ]
      })
    restoreCall()
  }

  private mutating func restoreCall() {
    content = ""
    attributes[TurnForm.sharegpt.roleKey] = nil
    attributes[TurnForm.messages.roleKey] = nil
    attributes[TurnForm.messages.textKey] = .null
  }

  /// The turn with its text alone; what says nothing goes without a word.
  func plain(_ losses: inout [String]) -> Message {
    for member in attributes.members where !TurnForm.marks.contains(member.key) {
      switch member.value {
      case .null: continue
      case .array(let elements) where elements.isEmpty: continue
      default: break
      }
      let isSpelling = [TurnForm.sharegpt.roleKey, TurnForm.messages.roleKey].contains(member.key)
      if isSpelling, !isSpelledCall { continue }
      losses.append("the attribute '\(member.key)' of a turn")
    }
    return Message(role, content, input: input)
  }
}

extension Message {
  /// Whether the speaker's name says that the text is a call of functions, as JSON.
  package var isSpelledCall: Bool {
    [TurnForm.sharegpt, .messages].contains { form in
      attributes[form.roleKey]?.string.map { TurnForm.callNames.contains($0.lowercased()) } == true
    }
  }
}
