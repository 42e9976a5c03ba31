package import Records
package import Stages

/// What a record offers a classifier: a text or a pair of sentences, and its label.
package struct LabelledText {
  let text: ClassifiedText
  let label: String

  /// Reads a text record, a pair of sentences, or the question of a conversation whose answer is the
  /// label.
  /// - Throws: `StageError` where there is no text or no label.
  init(_ record: Record) throws(StageError) {
    text = try Self.text(of: record)
    guard let label = record.label?.name ?? Self.answer(record) else {
      throw StageError(
        "missing-label", "the record has no label", source: record.source, field: "label",
        remedy: "name the column with fields: {label: …}")
    }
    self.label = label
  }

  /// What a classifier reads of a record.
  /// - Throws: `StageError` for a preference, which is no text.
  package static func text(of record: Record) throws(StageError) -> ClassifiedText {
    switch record.content {
    case .text(let text): return ClassifiedText(text)
    case .conversation(let conversation):
      if let pair = pair(record.schema, conversation) { return pair }
      return ClassifiedText(
        conversation.messages.filter { $0.role != .assistant }
          .flatMap { [$0.content, $0.input].compactMap(\.self) }
          .filter { !$0.isEmpty }.joined(separator: "\n"))
    case .preference:
      throw StageError(
        "no-text", "a preference is no text to classify", source: record.source,
        remedy: "use records with text and label")
    }
  }

  /// Two sentences that are compared, where the record is written as such.
  private static func pair(_ schema: Schema, _ conversation: Conversation) -> ClassifiedText? {
    guard [.sentencePair, .scoredPair].contains(schema), conversation.messages.count == 2 else {
      return nil
    }
    return ClassifiedText(
      conversation.messages[0].content, pair: conversation.messages[1].content)
  }

  private static func answer(_ record: Record) -> String? {
    guard case .conversation(let conversation) = record.content else { return nil }
    return conversation.messages.last { $0.role == .assistant }?.content
  }

  /// Labels in the order of their numbers where all are numbers, else of their bytes.
  static func sorted(_ labels: Set<[UInt8]>) -> [String] {
    let ordered = labels.sorted { $0.lexicographicallyPrecedes($1) }
      .map { String(decoding: $0, as: UTF8.self) }
    let numbers = ordered.compactMap { label in Int(label).map { ($0, label) } }
    guard numbers.count == ordered.count else { return ordered }
    return numbers.sorted { $0.0 < $1.0 }.map(\.1)
  }
}
