import Records
import Stages

/// A record as a model takes it that reads one text and writes another.
struct TextPair {
  let source: String
  let target: String

  /// What was asked and the last answer to it, or a text and its label.
  /// - Throws: `StageError` where there is no answer.
  init(_ record: Record) throws(StageError) {
    guard let (source, target) = Self.parts(record) else {
      throw StageError(
        "missing-answer", "the record has no answer to learn", source: record.source,
        remedy: "name the column with fields: {output: …}, or drop records without one")
    }
    (self.source, self.target) = (source, target)
  }

  private static func parts(_ record: Record) -> (source: String, target: String)? {
    switch record.content {
    case .text(let text): record.label.map { (text, $0.name) }
    case .conversation(let conversation): parts(conversation.messages)
    case .preference(let preference):
      parts(preference.prompt.messages + preference.chosen.messages)
    }
  }

  private static func parts(_ messages: [Message]) -> (source: String, target: String)? {
    guard let last = messages.lastIndex(where: { $0.role == .assistant }) else { return nil }
    let asked = messages[..<last].flatMap { [$0.content, $0.input].compactMap(\.self) }
    return (asked.filter { !$0.isEmpty }.joined(separator: "\n"), messages[last].content)
  }
}
