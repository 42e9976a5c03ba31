import Evaluate
import Records
import Stages
import Tensors

/// What a model is asked by a record, and what it should write.
struct AnswerGoal: Sendable {
  /// What was asked, as a person reads it.
  let input: String
  /// The true answer.
  let reference: String
  /// The words the answer has to mention; nil where the record holds none, or other things there.
  let keywords: [String]?
  /// What the record gives to answer from; nil where it gives nothing.
  let context: String?
  /// What the record says it is about; nil where it does not.
  let topic: String?

  private static let field = "keywords"
  private static let contextField = "context"

  /// - Throws: `StageError` for a record without an answer.
  init(_ record: Record) throws(StageError) {
    let pair = try TextPair(record)
    (input, reference) = (pair.source, pair.target)
    keywords = Self.keywords(of: record)
    context = Self.context(of: record)
    topic = record.metadata["topic"]?.string
  }

  /// The record's field, or what its last question is about: alpaca's input, dolly's context.
  private static func context(of record: Record) -> String? {
    if let text = record.metadata[contextField]?.string { return text }
    guard case .conversation(let conversation) = record.content else { return nil }
    return conversation.messages.last { $0.role == .user }?.input
  }

  /// Keywords are metadata: a text, or a list of them.
  private static func keywords(of record: Record) -> [String]? {
    guard let value = record.metadata[field] else { return nil }
    let words = value.string.map { [$0] } ?? value.array?.compactMap(\.string) ?? []
    return words.isEmpty || words.count != value.array?.count ?? 1 ? nil : words
  }

  /// Refuses a record that lacks what a metric compares with; no other metric looks at it.
  func require(
    _ metrics: TextMetrics, _ settings: TextMetricSettings, of record: Record
  ) throws(StageError) {
    if keywords == nil, let name = metrics.names.first(where: { TextMetrics.isOfKeywords($0) }) {
      if let value = record.metadata[Self.field], !value.isNull {
        throw StageError(
          "invalid-record", "holds no keywords, which metric '\(name)' is of",
          source: record.source, field: Self.field, remedy: "write a text or a list of texts")
      }
      throw Self.missing(
        Self.field, name, record,
        remedy: "give each record the words its answer must mention, or leave the metric out")
    }
    if context == nil, let name = metrics.names.first(where: { settings.needsContext($0) }) {
      throw Self.missing(
        Self.contextField, name, record,
        remedy: "give each record the text that its answer must follow from, or leave it out")
    }
  }

  private static func missing(
    _ field: String, _ metric: String, _ record: Record, remedy: String
  ) -> StageError {
    StageError(
      "missing-field", "is missing, which metric '\(metric)' is of", source: record.source,
      field: field, remedy: remedy)
  }
}

extension [AnswerGoal] {
  /// The scores of what was written for these goals.
  func scores(
    of texts: [String], _ metrics: TextMetrics, _ settings: TextMetricSettings
  ) throws -> [TextScore] {
    guard !isEmpty else { return [] }
    let corpus = TextCorpus(hypotheses: texts, references: map(\.reference))
    let isKeyed = metrics.names.contains { TextMetrics.isOfKeywords($0) }
    let keywords =
      isKeyed
      ? TextCorpus(hypotheses: texts, references: map { $0.keywords ?? [$0.reference] }) : nil
    let material = TextMaterial(
      corpus, keywords: keywords, inputs: map(\.input), contexts: map(\.context),
      topics: map(\.topic))
    return try metrics.scores(of: material, settings: settings, threads: Engine.threads)
  }
}
