/// Who speaks in a turn.
public enum Role: String, Sendable, Hashable, CaseIterable {
  case system
  case user
  case assistant
  case tool
}

/// One turn of a conversation.
public struct Message: Sendable, Hashable {
  /// Who speaks.
  public var role: Role
  /// What is said.
  public var content: String
  /// The text an instruction is about, where the schema keeps it apart (alpaca's `input`).
  public var input: String?
  /// Whatever else the source said of this turn, kept for writing it back.
  public var attributes: JSONObject

  /// A turn.
  public init(_ role: Role, _ content: String, input: String? = nil, attributes: JSONObject = [:]) {
    self.role = role
    self.content = content
    self.input = input
    self.attributes = attributes
  }
}

extension Message {
  /// Two turns are equal when their texts have the same bytes and all else is equal.
  public static func == (left: Message, right: Message) -> Bool {
    left.role == right.role && left.content.hasSameBytes(as: right.content)
      && left.input.hasSameBytes(as: right.input) && left.attributes == right.attributes
  }
}

/// Turns in the order they were spoken.
public struct Conversation: Sendable, Hashable {
  /// The turns.
  public var messages: [Message]

  /// A conversation of the given turns.
  public init(_ messages: [Message] = []) { self.messages = messages }
}

/// One prompt with a better and a worse answer.
public struct Preference: Sendable, Hashable {
  /// What was asked.
  public var prompt: Conversation
  /// The answer people preferred.
  public var chosen: Conversation
  /// The answer they did not.
  public var rejected: Conversation

  /// A preference between two answers.
  public init(prompt: Conversation, chosen: Conversation, rejected: Conversation) {
    self.prompt = prompt
    self.chosen = chosen
    self.rejected = rejected
  }
}
