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

  private static let field = "keywords"

  /// - Throws: `StageError` for a record without an answer.
  init(_ record: Record) throws(StageError) {
    let pair = try TextPair(record)
    (input, reference) = (pair.source, pair.target)
    keywords = Self.keywords(of: record)
  }

  /// Keywords are metadata: a text, or a list of them.
  private static func keywords(of record: Record) -> [String]? {
    guard let value = record.metadata[field] else { return nil }
    let words = value.string.map { [$0] } ?? value.array?.compactMap(\.string) ?? []
    return words.isEmpty || words.count != value.array?.count ?? 1 ? nil : words
  }

  /// Refuses a record without keywords where a metric is of them; no other metric looks at them.
  func require(_ metrics: TextMetrics, of record: Record) throws(StageError) {
    guard keywords == nil, let name = metrics.names.first(where: { TextMetrics.isOfKeywords($0) })
    else { return }
    if let value = record.metadata[Self.field], !value.isNull {
      throw StageError(
        "invalid-record", "holds no keywords, which metric '\(name)' is of",
        source: record.source, field: Self.field, remedy: "write a text or a list of texts")
    }
    throw StageError(
      "missing-field", "is missing, which metric '\(name)' is of", source: record.source,
      field: Self.field,
      remedy: "give each record the words its answer must mention, or leave "
        + "the metric out")
  }
}

extension [AnswerGoal] {
  /// The scores of what was written for these goals.
  func scores(
    of texts: [String], _ metrics: TextMetrics, _ settings: TextMetricSettings
  ) throws(EmbeddingError) -> [TextScore] {
    guard !isEmpty else { return [] }
    let corpus = TextCorpus(hypotheses: texts, references: map(\.reference))
    let isKeyed = metrics.names.contains { TextMetrics.isOfKeywords($0) }
    let keywords =
      isKeyed
      ? TextCorpus(hypotheses: texts, references: map { $0.keywords ?? [$0.reference] }) : nil
    return try metrics.scores(
      of: corpus, keywords: keywords, settings: settings, threads: Engine.threads)
  }
}
