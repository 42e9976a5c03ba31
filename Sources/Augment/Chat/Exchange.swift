import Records

/// What a record asks of an assistant: the first turn of the user, and what the assistant is told before it.
struct Exchange: Sendable, Hashable {
  /// What the system says before.
  let system: String?
  /// What the user asks, with what that is about in a paragraph of its own.
  let instruction: String
  /// Whether the record's form has a place for what the instruction is about.
  let hasInput: Bool
  /// Whether the record is one question and one answer.
  let isSingle: Bool

  /// Nil for a record that asks nothing.
  init?(_ record: Record) {
    guard case .conversation(let conversation) = record.content else { return nil }
    let turns = conversation.messages
    let spoken = turns.drop { $0.role == .system }
    guard let first = spoken.first, first.role == .user else { return nil }
    let text = first.input.map { $0.isEmpty ? first.content : "\(first.content)\n\n\($0)" }
    instruction = text ?? first.content
    hasInput = first.input != nil
    guard !RoundTripContract.skeleton(instruction).isEmpty else { return nil }
    let told = turns.prefix { $0.role == .system }.map(\.content)
    system = told.isEmpty ? nil : told.joined(separator: "\n\n")
    isSingle = spoken.map(\.role) == [.user, .assistant]
  }

  /// What a model that is to answer an instruction is asked.
  static func question(_ instruction: String, system: String?) -> Conversation {
    Conversation(
      [system.map { Message(.system, $0) }, Message(.user, instruction)].compactMap(\.self))
  }
}
