public import Evaluate
public import Records
import Stages

/// Scores hypotheses against references: what `anneal score` does.
///
/// ```swift
/// let tool = try ScoreTool(files: ["references.txt", "hypotheses.txt"], metrics: ["bleu", "f1"])
/// print(try tool.run().scores)
/// ```
public struct ScoreTool: Sendable {
  /// Which fields of JSON lines are read, where they are not the usual ones.
  public struct Fields: Sendable {
    /// The field of references.
    public var reference: String?
    /// The field of hypotheses.
    public var hypothesis: String?

    /// The usual fields.
    public init() {}
  }

  /// What was found.
  public struct Result: Sendable {
    /// Name and value of each score, in the order asked; what belongs to a group stands together.
    public var scores: [(name: String, value: Double)] = []
    /// The settings behind scores, by name.
    public var signatures: [(name: String, signature: String)] = []
    /// What the tables and notes of class metrics say besides.
    public var remarks: [String] = []
    /// Scores of each record, by name.
    public var records: [(name: String, scores: [Double])] = []
    /// How many records were scored.
    public var count = 0

    /// Adds what a text metric found.
    fileprivate mutating func add(_ score: TextScore) {
      scores.append((score.name, score.score))
      signatures.append((score.name, score.signature))
      if let measurement = score.measurement {
        records.append((score.name, measurement.recordScores))
      }
    }

    /// One flat object.
    public var json: JSONValue {
      .object(JSONObject(scores.map { ($0.name, .real($0.value)) }))
    }
  }

  private let references: [ScoreFile]
  private let hypotheses: ScoreFile
  private let texts: TextMetrics
  private let classes: [String]
  /// The names of metrics as they were given.
  private let asked: [String]
  private let fields: Fields
  private let labels: [String]?
  private let settings: TextMetricSettings

  private static let referenceFields = [
    "references", "reference", "refs", "target", "targets", "answers", "answer", "summary",
    "label", "output", "text",
  ]
  private static let hypothesisFields = [
    "hypothesis", "prediction", "generated", "response", "output", "summary", "text", "label",
  ]

  /// Reads files: references, of which there may be several, and last the hypotheses; or one file with
  /// both as fields, such as the `predictions.jsonl` of a run.
  ///
  /// - Parameters:
  ///   - labels: all classes, in order; by default those that occur.
  /// - Throws: `MetricError` for an unknown metric, `StageError` for files that do not fit together or
  ///   hold what cannot be read, `FileError` for one that cannot be opened.
  public init(
    files: [String], metrics: [String], fields: Fields = Fields(), labels: [String]? = nil,
    settings: TextMetricSettings = TextMetricSettings()
  ) throws {
    precondition(!files.isEmpty && !metrics.isEmpty, "\(files.count) files, metrics \(metrics)")
    let read = try files.map { try ScoreFile($0) }
    references = read.count == 1 ? read : Array(read.dropLast())
    hypotheses = read[read.count - 1]
    texts = try TextMetrics(named: metrics.filter { TextMetrics.expand($0) != nil })
    classes = metrics.filter { TextMetrics.expand($0) == nil }
    asked = metrics
    (self.fields, self.labels, self.settings) = (fields, labels, settings)
    try Self.checkNames(classes)
    if isOfSearches {
      try Self.checkSearches(classes, texts.names, files: files.count)
      return
    }
    try checkCounts()
    if files.count == 1 { try checkHasBoth() }
    if references.count > 1, !classes.isEmpty {
      throw StageError(
        "too-many-files",
        "\(classes[0]) compares with one file of true classes, "
          + "of which \(references.count) are given",
        remedy: "anneal score REFERENCES HYPOTHESES")
    }
  }

  /// One file alone must hold references besides the hypotheses, where any metric asks for them.
  private func checkHasBoth() throws(StageError) {
    guard !classes.isEmpty || texts.names.contains(where: needsReference) else { return }
    let remedy = "anneal score REFERENCES HYPOTHESES"
    guard hypotheses.hasFields else {
      throw StageError(
        "missing-file", "there are hypotheses but no references", source: hypotheses.source(0),
        remedy: remedy)
    }
    if areOnlyKeywords { return }
    let (reference, hypothesis) = (try referenceField(hypotheses), try hypothesisField)
    guard reference != hypothesis else {
      throw StageError(
        "missing-field", "would be compared with itself", source: hypotheses.source(0),
        field: reference,
        remedy: "name two fields with --reference-field and --hypothesis-field, or: \(remedy)")
    }
  }

  /// Whether keywords are all that is compared with, and have a field of their own.
  private var areOnlyKeywords: Bool {
    references.allSatisfy { $0.has("keywords") } && classes.isEmpty
      && texts.names.allSatisfy { !needsReference($0) || TextMetrics.isOfKeywords($0) }
  }

  private func referenceField(_ file: ScoreFile) throws(StageError) -> String? {
    try file.field(
      fields.reference, among: usualNumbers + Self.referenceFields, option: "--reference-field")
  }

  private var hypothesisField: String? {
    get throws(StageError) {
      let scores = classes.isEmpty ? [] : ["scores", "probabilities"]
      return try hypotheses.field(
        fields.hypothesis, among: Self.hypothesisFields + scores + usualNumbers,
        option: "--hypothesis-field")
    }
  }

  /// Whether the files hold queries, whose lines need not be as many.
  private var isOfSearches: Bool { classes.contains { Self.needs($0).contains(.rankings) } }

  /// What the metrics of a name need.
  private static func needs(_ name: String) -> Set<MetricNeed> {
    let metrics = try? MetricCatalog.standard.metrics(
      named: [name], providing: Set(MetricNeed.allCases), classes: nil)
    return Set((metrics ?? []).map(\.needs))
  }

  private static func checkSearches(
    _ names: [String], _ texts: [String], files: Int
  ) throws(StageError) {
    let others = texts + names.filter { !needs($0).contains(.rankings) }
    if let other = others.first {
      throw StageError(
        "mixed-metrics", "'\(other)' is not of searches, as the others are",
        remedy: "score it in a command of its own")
    }
    guard files == 2 else {
      throw StageError(
        "missing-file", "there must be one file of relevances and one of what was found",
        remedy: "anneal score --metrics mrr,ndcg@10 QRELS.jsonl RUN.jsonl")
    }
  }

  private func needsReference(_ name: String) -> Bool { settings.needsReference(name) }

  /// Names of class metrics must be known, whether or not their outcomes allow them.
  private static func checkNames(_ names: [String]) throws(MetricError) {
    for name in names {
      do {
        _ = try MetricCatalog.standard.metrics(
          named: [name], providing: Set(MetricNeed.allCases), classes: nil)
      } catch {
        guard case .unknown(let name, let suggestion, let known) = error else { continue }
        let all = TextMetrics.known + known
        throw .unknown(
          name: name, suggestion: suggestion ?? Suggestion.nearest(to: name, among: all),
          known: all)
      }
    }
  }

  /// Every file must have one line a record.
  private func checkCounts() throws(StageError) {
    for file in references where file.count != hypotheses.count {
      throw StageError(
        "different-lengths",
        "\(file.path) has \(file.count) \(file.count == 1 ? "record" : "records") but "
          + "\(hypotheses.path) has \(hypotheses.count)",
        remedy: "give one line a record, in the same order, in each file")
    }
    guard hypotheses.count > 0 else {
      throw StageError(
        "no-records", "there is nothing to score", source: Source(file: hypotheses.path, line: 0))
    }
  }

  /// Scores by every metric.
  /// - Throws: `StageError` naming the line and field at fault, `MetricError` for a metric that the
  ///   data does not allow.
  public func run(threads: Int? = nil) throws -> Result {
    var result = Result()
    result.count = hypotheses.count
    if isOfSearches {
      let found = try ScoreRankings.outcomes(relevances: references[0], found: hypotheses)
      result.count = found.queries.count
      for name in classes { try add(name, .retrieval(found), &result) }
      return result
    }
    var found = texts.names.isEmpty ? [] : try textScores(threads)
    for name in asked {
      if let names = TextMetrics.expand(name) {
        for score in found where names.contains(score.name) { result.add(score) }
        found.removeAll { names.contains($0.name) }
      } else {
        try add(name, try outcomes(for: name), &result)
      }
    }
    return result
  }

  // MARK: - Texts

  private func textScores(_ threads: Int?) throws -> [TextScore] {
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

  // MARK: - Classes and numbers

  /// The fields that hold classes or numbers, of the references and of the hypotheses.
  private func recordFields() throws(StageError) -> (reference: String?, hypothesis: String?) {
    (try referenceField(references[0]), try hypothesisField)
  }

  private func outcomes(for name: String) throws(StageError) -> Outcomes {
    let fields = try recordFields()
    guard Self.needs(name).contains(.numbers) else {
      let reader = ScoreLabels(
        reference: references[0], hypothesis: hypotheses, referenceField: fields.reference,
        hypothesisField: fields.hypothesis, labels: labels)
      return .classification(try outcomes(for: name, reader))
    }
    return .numbers(
      try ScoreNumbers(
        reference: references[0], hypothesis: hypotheses, referenceField: fields.reference,
        hypothesisField: fields.hypothesis
      ).outcomes())
  }

  /// Where files of numbers have them.
  private var usualNumbers: [String] {
    classes.contains { Self.needs($0).contains(.numbers) } ? ["score", "similarity", "value"] : []
  }

  /// What a metric looks at: predicted classes, scores, or the order that scores give.
  private func outcomes(
    for name: String, _ reader: ScoreLabels
  ) throws(StageError) -> ClassificationOutcomes {
    let catalog = MetricCatalog.standard
    let canonical = catalog.canonicalName(name)
    let ofScores = catalog.metrics.filter { metric in
      metric.needs == .probabilities
        && (metric.name == canonical || metric.name.hasPrefix("\(canonical)."))
    }
    guard !ofScores.isEmpty else { return try reader.outcomes() }
    return try reader.scoredOutcomes(ranked: ofScores.allSatisfy(\.isOfOrder))
  }

  /// Adds the metrics of a name; a group's name itself stands for the member that selects models.
  private func add(_ name: String, _ outcomes: Outcomes, _ result: inout Result) throws {
    let catalog = MetricCatalog.standard
    let metrics = try catalog.metrics(
      named: [name], providing: outcomes.provides, classes: outcomes.classes)
    let evaluation = Evaluation(of: outcomes, metrics: metrics)
    if metrics.count > 1 || catalog.groups.contains(where: { $0.name == name }) {
      let selector = try catalog.selector(
        named: name, providing: outcomes.provides, classes: outcomes.classes)
      if let value = evaluation[selector.name] { result.scores.append((name, value)) }
      result.signatures.append((name, selector.name))
    }
    for entry in evaluation.entries {
      switch entry.measurement.value {
      case .number(let value): result.scores.append((entry.name, value))
      case .unavailable(let reason):
        throw StageError("undefined-metric", "\(entry.name): \(reason)")
      case .confusion, .classes, .calibration: result.remarks.append("\(entry.name) is a table")
      }
      if let note = entry.measurement.note { result.remarks.append("\(entry.name): \(note)") }
    }
  }
}
