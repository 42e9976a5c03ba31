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

  let references: [ScoreFile]
  let hypotheses: ScoreFile
  let texts: TextMetrics
  let classes: [String]
  /// Whether one file holds references and hypotheses.
  let isOneFile: Bool
  /// The names of metrics as they were given.
  private let asked: [String]
  let fields: Fields
  let labels: [String]?
  let settings: TextMetricSettings

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
    isOneFile = read.count == 1
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
    if isOneFile { try checkHasBoth() }
    if references.count > 1, !classes.isEmpty {
      throw StageError(
        "too-many-files",
        "\(classes[0]) compares with one file of true classes, "
          + "of which \(references.count) are given",
        remedy: "anneal score REFERENCES HYPOTHESES")
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

  /// Whether the files hold queries, whose lines need not be as many.
  var isOfSearches: Bool { classes.contains { Self.needs($0).contains(.rankings) } }

  /// What the metrics of a name need.
  static func needs(_ name: String) -> Set<MetricNeed> {
    let metrics = try? MetricCatalog.standard.metrics(
      named: [name], providing: Set(MetricNeed.allCases), classes: nil)
    return Set((metrics ?? []).map(\.needs))
  }

  /// Whether keywords are all that is compared with, and have a field of their own.
  var areOnlyKeywords: Bool {
    references.allSatisfy { $0.has("keywords") } && classes.isEmpty
      && texts.names.allSatisfy { !needsReference($0) || TextMetrics.isOfKeywords($0) }
  }

  /// Whether a metric of texts compares with anything.
  func needsReference(_ name: String) -> Bool { settings.needsReference(name) }

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
