/// A record written in another schema, and what that schema has no place for.
public struct SchemaConversion: Sendable {
  /// The object in the schema, or in the nearest one that holds the content.
  public let object: JSONObject
  /// What the object does not say, as clauses: "the attribute 'weight' of a turn".
  public let losses: [String]
}

extension Schema {
  /// Writes in this schema a body that was read in another one.
  ///
  /// Names of speakers, calls of functions (`function_call` turns and `tool_calls`), lists of tools
  /// and system prompts take the target's spelling; an instruction and its input become one text, a
  /// line's end between them, where the target has one place for both. What has no place is said in
  /// `losses`.
  public func convert(_ body: RecordBody, from source: Schema) -> SchemaConversion {
    if source == self, form(for: body.content) == self {
      return finish(body.content, body, [])
    }
    var losses: [String] = []
    var body = body
    body.metadata = convertTools(body.metadata)
    let content: Content
    switch body.content {
    case .text(let text): content = convert(text, &losses)
    case .conversation(let turns): content = convert(turns, from: source, &losses)
    case .preference(let preference): content = convert(preference, from: source, &losses)
    }
    return finish(content, body, losses)
  }

  /// The object of a content, with the metadata for which there is room.
  private func finish(
    _ content: Content, _ body: RecordBody, _ losses: [String]
  ) -> SchemaConversion {
    let form = form(for: content)
    var losses = losses
    let own = form.write(content, body.label)
    var object = own
    for member in body.metadata.members {
      if form.reads(member) {
        losses.append("the field '\(member.key)', which it would read as its own")
      } else if !own.holds(member.key) {
        object.append(new: member)
      } else if own[member.key] != member.value {
        losses.append("the field '\(member.key)', whose name it needs")
      }
    }
    if form != self, losses.isEmpty { losses.append("its content") }
    return SchemaConversion(object: object, losses: losses)
  }

  // MARK: - Kinds of content

  private var wantsPreference: Bool {
    [.preference, .alpacaPreference, .sharegptPreference, .triplet].contains(self)
  }

  private func convert(_ text: String, _ losses: inout [String]) -> Content {
    if self != .text { losses.append("a text without turns") }
    return .text(text)
  }

  private func convert(
    _ turns: Conversation, from source: Schema, _ losses: inout [String]
  ) -> Content {
    if self == .text {
      losses.append("who says what")
      return .text(turns.joined)
    }
    if wantsPreference {
      losses.append("a conversation without a rejected answer")
      return .conversation(turns)
    }
    return .conversation(convertTurns(turns, from: source, &losses))
  }

  private func convert(
    _ preference: Preference, from source: Schema, _ losses: inout [String]
  ) -> Content {
    guard wantsPreference else {
      losses.append("the rejected answer")
      let chosen = Conversation(preference.prompt.messages + preference.chosen.messages)
      return self == .text
        ? .text(chosen.joined) : .conversation(convertTurns(chosen, from: source, &losses))
    }
    var pair = preference.withPrompt
    // A bare text stays one where it can; the other forms of an answer are lists of turns.
    let isBare = pair.isBare && self != .sharegptPreference
    pair.prompt = convertSide(pair.prompt, isBare, from: source, &losses)
    pair.chosen = convertSide(pair.chosen, isBare, from: source, &losses)
    pair.rejected = convertSide(pair.rejected, isBare, from: source, &losses)
    return .preference(pair)
  }

  private func convertSide(
    _ side: Conversation, _ isBare: Bool, from source: Schema, _ losses: inout [String]
  ) -> Conversation {
    var side = side.inForm(of: self == .sharegptPreference ? .sharegpt : .messages)
    guard side.messages.count == 1 else { return side }
    if self == .triplet || self == .alpacaPreference { side = side.plain(&losses) }
    if self == .triplet { return side }
    let isPrompt = side.messages[0].role == .user
    if isPrompt, self == .alpacaPreference { return side }
    if isPrompt { side.messages[0].joinInput() }
    if isBare || self == .alpacaPreference {
      side.messages[0].attributes[TurnForm.sideMark] = TurnForm.bare
    } else if !isPrompt, self == .sharegptPreference {
      side.messages[0].attributes[TurnForm.sideMark] = TurnForm.single
    }
    return side
  }

  private func convertTurns(
    _ turns: Conversation, from source: Schema, _ losses: inout [String]
  ) -> Conversation {
    switch self {
    case .sharegpt, .sharegptKTO: return turns.inForm(of: .sharegpt).joiningInputs
    case .messages, .messagesKTO: return turns.inForm(of: .messages).joiningInputs
    case .completion, .kto:
      let plain = turns.inForm(of: .messages).joiningInputs
      return holds(plain) ? plain : plain.markingAnswer
    case .alpaca, .alpacaKTO: return shortened(turns.plain(&losses), &losses)
    case .dolly: return shortened(turns.plain(&losses), &losses)
    default: return shortened(turns.plain(&losses).joiningInputs, &losses)
    }
  }

  /// The last question with its answer, where there is no room for what is before.
  private func shortened(_ turns: Conversation, _ losses: inout [String]) -> Conversation {
    let isPart = [.sentencePair, .scoredPair, .ranking, .stepwise, .segments].contains(self)
    if isPart ? holdsParts(turns) : holds(turns) { return turns }
    guard !isPart, let question = turns.messages.lastIndex(where: { $0.role == .user }) else {
      losses.append("turns of this order")
      return turns
    }
    var kept = [turns.messages[question]]
    let answer = turns.messages[question...].dropFirst().first { $0.role == .assistant }
    if let answer { kept.append(Message(.assistant, answer.content)) }
    losses.append("turns beside one question and its answer")
    return Conversation(kept)
  }

  // MARK: - Tools

  private var isShareGPT: Bool {
    [.sharegpt, .sharegptKTO, .sharegptPreference].contains(self)
  }

  /// ShareGPT's files have the list of tools as a text of JSON, others as a list.
  private func convertTools(_ metadata: JSONObject) -> JSONObject {
    var metadata = metadata
    let key = "tools"
    switch metadata[key] {
    case .array(let tools)? where isShareGPT:
      metadata[key] = .string(JSONValue.array(tools).text)
    case .string(let text)? where [.messages, .messagesKTO, .preference].contains(self):
      if let tools = try? JSONValue.parse(text), tools.array != nil { metadata[key] = tools }
    default: break
    }
    return metadata
  }
}

extension Preference {
  /// The preference with the turns that both answers begin with as its prompt, where it has none.
  fileprivate var withPrompt: Preference {
    guard prompt.messages.isEmpty else { return self }
    let shared = zip(chosen.messages, rejected.messages).prefix { $0 == $1 }.count
    let count = min(shared, min(chosen.messages.count, rejected.messages.count) - 1)
    guard count > 0 else { return self }
    return Preference(
      prompt: Conversation(Array(chosen.messages.prefix(count))),
      chosen: Conversation(Array(chosen.messages.dropFirst(count))),
      rejected: Conversation(Array(rejected.messages.dropFirst(count))))
  }

  /// Whether prompt and answers are one plain text each.
  fileprivate var isBare: Bool {
    [(prompt, Role.user), (chosen, .assistant), (rejected, .assistant)].allSatisfy { side, role in
      side.messages.count == 1 && side.messages[0].role == role && side.messages[0].hasOnlyMarks
        && (side.messages[0].attributes.isEmpty
          || side.messages[0].attributes[TurnForm.sideMark] == TurnForm.bare)
    }
  }
}
