import Records

/// Makes values of Jinja from what is given.
enum ChatValues {
  /// Roles that templates compare with or write; they are the template's own words.
  private static let roles: Set<String> = [
    "system", "user", "assistant", "tool", "developer", "function", "model", "ipython",
    "tool_calls",
    "tools", "documents", "observation", "environment",
  ]

  /// The variables of a conversation that do not change with how much of it is written.
  static func variables(_ request: ChatRequest) -> [String: JinjaValue] {
    var variables = ["tools": list(request.tools), "documents": list(request.documents)]
    for member in request.variables.members {
      variables[member.key] = value(member.value, source: ChatSource.template)
    }
    return variables
  }

  private static func list(_ values: [JSONValue]?) -> JinjaValue {
    values.map { .list($0.map { value($0, source: ChatSource.input) }) } ?? .none
  }

  /// The messages, each with a mark of its own.
  static func messages(_ messages: [JSONObject]) -> [JinjaValue] {
    messages.enumerated().map { message(withReasoning(withoutNulls($1)), at: $0) }
  }

  private static func message(_ message: JSONObject, at index: Int) -> JinjaValue {
    var dictionary = JinjaDictionary()
    for member in message.members {
      var source = ChatSource.message(index)
      if member.key == "role" {
        let isKnown = member.value.string.map { roles.contains($0) } ?? false
        source = isKnown ? ChatSource.template : ChatSource.input
      }
      dictionary.set(name: member.key, value(member.value, source: source))
    }
    return .dictionary(dictionary)
  }

  /// A JSON value whose characters have a mark.
  static func value(_ value: JSONValue, source: Int32) -> JinjaValue {
    switch value {
    case .null: return .none
    case .bool(let value): return .bool(value)
    case .number(let number): return self.number(number)
    case .string(let text): return .text(MarkedText(text, source: source))
    case .array(let values): return .list(values.map { self.value($0, source: source) })
    case .object(let object):
      var dictionary = JinjaDictionary()
      for member in object.members {
        dictionary.set(
          name: member.key, source: source, self.value(member.value, source: source))
      }
      return .dictionary(dictionary)
    }
  }

  private static func number(_ number: JSONNumber) -> JinjaValue {
    guard number.literal.contains(where: { ".eE".contains($0) }) else {
      return Int(number.literal).map { .integer($0) } ?? .large(number.literal)
    }
    return .float(number.double)
  }

  /// A message without the keys that are `null`, which APIs write and few templates expect.
  private static func withoutNulls(_ message: JSONObject) -> JSONObject {
    message.without(message.members.filter(\.value.isNull).map(\.key))
  }

  /// A message whose reasoning stands under the names that templates read.
  private static func withReasoning(_ message: JSONObject) -> JSONObject {
    let reasoning = ["reasoning_content", "thinking", "reasoning"].lazy
      .compactMap { message[$0] }.first { !$0.isNull }
    guard let reasoning else { return message }
    // In Transformers' order, which templates show that write a message as JSON.
    var aliased = JSONObject([("thinking", reasoning)])
    aliased.merge(message)
    aliased["reasoning_content"] = reasoning
    return aliased
  }
}

extension JinjaDictionary {
  /// Sets the value under a name.
  mutating func set(name: String, source: Int32 = ChatSource.template, _ value: JinjaValue) {
    set(.text(Array(name.utf8)), .text(MarkedText(name, source: source)), value)
  }
}

/// Text that ends in its last message, as Transformers' `continue_final_message` cuts it.
enum ChatContinuation {
  private static let tag = "CONTINUE_FINAL_MESSAGE_TAG "

  /// Puts the tag behind the text of the last message.
  static func mark(_ messages: inout [JSONObject]) throws(ChatTemplateError) {
    guard var last = messages.last else { throw .value("there is no message to go on with") }
    switch last["content"] {
    case .string(let text)?: last["content"] = .string(text + tag)
    case .array(var parts)?:
      guard let place = parts.lastIndex(where: { $0["text"]?.string != nil }),
        case .object(var part) = parts[place], let text = part["text"]?.string
      else { throw .value("the last message has no text to go on with") }
      part["text"] = .string(text + tag)
      parts[place] = .object(part)
      last["content"] = .array(parts)
    default: throw .value("the last message has no text to go on with")
    }
    messages[messages.count - 1] = last
  }

  /// The text up to the tag, and up to the last character where the template trims.
  static func cut(
    _ units: [MarkedScalar], _ messages: [JSONObject]
  ) throws(ChatTemplateError) -> [MarkedScalar] {
    let text = MarkedText(units)
    let tag = MarkedText(tag)
    let word = tag.stripped(nil, left: true, right: true)
    let content = messages.last?["content"]
    let final =
      content?.string ?? content?.array?.last { $0["text"]?.string != nil }?["text"]?.string
    guard let place = text.lastRange(of: word),
      text.range(of: MarkedText(final ?? "").stripped(nil, left: true, right: true)) != nil
    else {
      throw .value(
        "the template leaves out or changes the last message, which is to be gone on with")
    }
    let head = MarkedText(units[..<place])
    return text.matches(tag, at: place)
      ? head.units : head.stripped(nil, left: false, right: true).units
  }
}
