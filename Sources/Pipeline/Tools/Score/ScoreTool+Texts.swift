import Evaluate
import Records
import Stages

// MARK: - Texts

extension ScoreTool {
  /// What the metrics of texts give.
  func textScores(_ threads: Int?) throws -> [TextScore] {
    let isKeyed = texts.names.contains { TextMetrics.isOfKeywords($0) }
    let keywords =
      isKeyed && references.contains { $0.has("keywords") } ? try corpus(keywords: true) : nil
    let corpus = areOnlyKeywords ? keywords : nil
    let material = TextMaterial(
      try corpus ?? self.corpus(keywords: false), keywords: keywords, inputs: texts(in: "input"),
      contexts: texts(in: "context"), topics: texts(in: "topic"))
    return try texts.scores(of: material, settings: settings, threads: threads)
  }

  /// The texts of a field beside the hypotheses, or else the references; nil where neither has it.
  private func texts(in field: String) -> [String?]? {
    guard let file = [hypotheses, references[0]].first(where: { $0.has(field) }) else { return nil }
    var texts: [String?] = []
    for record in 0..<file.count { texts.append(try? file.value(record, field: field).string) }
    return texts
  }

  private func corpus(keywords: Bool) throws(StageError) -> TextCorpus {
    let isOne = references.count == 1 && !references[0].hasFields && !hypotheses.hasFields
    if isOne, references[0].path != hypotheses.path {
      return TextCorpus(
        hypotheses: hypotheses.column, references: references[0].column,
        counts: [Int](repeating: 1, count: hypotheses.count))
    }
    let field = try hypothesisField
    var written: [String] = []
    var expected: [[String]] = []
    for record in 0..<hypotheses.count {
      written.append(try text(hypotheses, record, field))
      expected.append(try referenceTexts(record, keywords: keywords))
    }
    return TextCorpus(hypotheses: written, references: expected)
  }

  /// The references of a record in all files; null stands for none.
  private func referenceTexts(_ record: Int, keywords: Bool) throws(StageError) -> [String] {
    var texts: [String] = []
    // Metrics of the hypotheses alone have no references to look for.
    if !self.texts.names.contains(where: needsReference) { return [""] }
    for file in references {
      let field =
        keywords && file.has("keywords")
        ? "keywords" : try referenceField(file)
      let value = try file.value(record, field: field)
      if let list = value.array {
        for element in list { texts.append(try Self.text(element, file, record, field)) }
      } else if !value.isNull {
        texts.append(try Self.text(value, file, record, field))
      }
    }
    guard !texts.isEmpty else {
      throw StageError(
        "missing-reference", "the record has no reference", source: references[0].source(record))
    }
    return texts
  }

  private func text(
    _ file: ScoreFile, _ record: Int, _ field: String?
  ) throws(StageError) -> String {
    try Self.text(try file.value(record, field: field), file, record, field)
  }

  private static func text(
    _ value: JSONValue, _ file: ScoreFile, _ record: Int, _ field: String?
  ) throws(StageError) -> String {
    if let text = value.string { return text }
    if case .number(let number) = value { return number.literal }
    if let truth = value.bool { return truth ? "true" : "false" }
    throw StageError(
      "invalid-record", "is \(value.kindName), not a text", source: file.source(record),
      field: field)
  }
}
