/// Schemas of several texts under one key, or of texts that are no dialogue: pairs of sentences,
/// ranked answers, steps, segments, triplets.
extension Schema {
  /// What is said of one answer, step or segment.
  private static let partLabel = "label"
  private static let segmentsKey = "segments"

  /// The keys of the answers and of what is said of each.
  private var listKeys: (texts: String, labels: String) {
    self == .stepwise ? ("completions", "labels") : ("responses", "scores")
  }

  func readParts(_ object: JSONObject) throws(SchemaError) -> Conversation {
    switch self {
    case .segments: return Conversation(try readSegments(object))
    case .stepwise, .ranking: return Conversation(try readLists(object))
    default:
      return Conversation([
        Message(.user, try object.text("sentence1")), Message(.user, try object.text("sentence2")),
      ])
    }
  }

  private func readSegments(_ object: JSONObject) throws(SchemaError) -> [Message] {
    guard let segments = object[Self.segmentsKey]?.array else {
      throw SchemaError(field: Self.segmentsKey, reason: "is no list of segments")
    }
    var messages: [Message] = []
    for (index, segment) in segments.enumerated() {
      let place = "\(Self.segmentsKey)[\(index)]"
      guard let segment = segment.object, let isTrained = segment[Self.partLabel]?.bool else {
        throw SchemaError(field: place, reason: "is no object with a text and a label")
      }
      messages.append(
        Message(
          isTrained ? .assistant : .user, try segment.text("text", path: "\(place).text"),
          attributes: segment.without(["text", Self.partLabel])))
    }
    return messages
  }

  private func readLists(_ object: JSONObject) throws(SchemaError) -> [Message] {
    let keys = listKeys
    guard let texts = object[keys.texts]?.array, let labels = object[keys.labels]?.array else {
      throw SchemaError(field: keys.texts, reason: "or '\(keys.labels)' is no list")
    }
    guard texts.count == labels.count else {
      throw SchemaError(
        field: keys.labels, reason: "has \(labels.count) values for \(texts.count) texts")
    }
    var messages = [Message(.user, try object.text(Self.promptKey))]
    for (index, text) in texts.enumerated() {
      guard let text = text.string else {
        throw SchemaError(
          field: "\(keys.texts)[\(index)]", reason: "is \(text.kindName), not a string")
      }
      messages.append(Message(.assistant, text, attributes: [Self.partLabel: labels[index]]))
    }
    return messages
  }

  /// Whether the schema has a place for each turn.
  func holdsParts(_ conversation: Conversation) -> Bool {
    let turns = conversation.messages
    guard turns.allSatisfy({ $0.input == nil }) else { return false }
    switch self {
    case .segments:
      return turns.allSatisfy {
        [.user, .assistant].contains($0.role) && $0.attributes["text"] == nil
          && $0.attributes[Self.partLabel] == nil && !$0.hasMarks
      }
    case .stepwise, .ranking:
      guard let prompt = turns.first, prompt.role == .user, prompt.attributes.isEmpty else {
        return false
      }
      return turns.dropFirst().allSatisfy {
        $0.role == .assistant && $0.attributes.count == 1 && $0.attributes[Self.partLabel] != nil
      }
    default:
      return turns.count == 2 && turns.allSatisfy { $0.role == .user && $0.attributes.isEmpty }
    }
  }

  func writeParts(_ conversation: Conversation) -> JSONObject {
    let turns = conversation.messages
    switch self {
    case .segments:
      let segments = turns.map { turn -> JSONValue in
        var segment: JSONObject = [
          "text": .string(turn.content), Self.partLabel: .bool(turn.role == .assistant),
        ]
        segment.merge(turn.attributes)
        return .object(segment)
      }
      return [Self.segmentsKey: .array(segments)]
    case .stepwise, .ranking:
      let keys = listKeys
      return [
        Self.promptKey: .string(turns.first?.content ?? ""),
        keys.texts: .array(turns.dropFirst().map { .string($0.content) }),
        keys.labels: .array(turns.dropFirst().map { $0.attributes[Self.partLabel] ?? .null }),
      ]
    default:
      return [
        "sentence1": .string(turns.first?.content ?? ""),
        "sentence2": .string(turns.last?.content ?? ""),
      ]
    }
  }

  // MARK: - Triplets

  func readTriplet(_ object: JSONObject) throws(SchemaError) -> Preference {
    Preference(
      prompt: Conversation([Message(.user, try object.text("anchor"))]),
      chosen: Conversation([Message(.assistant, try object.text("positive"))]),
      rejected: Conversation([Message(.assistant, try object.text("negative"))]))
  }

  /// Whether a preference is three plain texts.
  func holdsTriplet(_ preference: Preference) -> Bool {
    func isText(_ side: Conversation, _ role: Role) -> Bool {
      side.messages.count == 1
        && side.messages.allSatisfy {
          $0.role == role && $0.input == nil && $0.attributes.isEmpty
        }
    }
    return isText(preference.prompt, .user) && isText(preference.chosen, .assistant)
      && isText(preference.rejected, .assistant)
  }

  func writeTriplet(_ preference: Preference) -> JSONObject {
    func text(_ side: Conversation) -> JSONValue { .string(side.messages.first?.content ?? "") }
    return [
      "anchor": text(preference.prompt), "positive": text(preference.chosen),
      "negative": text(preference.rejected),
    ]
  }
}

extension Message {
  /// Whether the turn is marked as spelled in a way of its own.
  fileprivate var hasMarks: Bool {
    attributes.members.contains { TurnForm.marks.contains($0.key) }
  }
}
