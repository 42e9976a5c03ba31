public import Evaluate
public import Records
public import Stages

/// How what a model writes is scored: the metrics of texts, their settings, and how it writes.
public struct TextScoring: Sendable {
  /// What is computed of the test side; may be empty.
  public let metrics: TextMetrics
  /// The settings of these and of metrics that training watches.
  public let settings: TextMetricSettings
  /// How the model writes.
  public let writing: WritingOptions
  /// Changes when anything does that scores depend on.
  public let fingerprint: String

  /// No metric, and the usual way to write.
  public init() {
    (metrics, settings) = (TextMetrics(), TextMetricSettings())
    (writing, fingerprint) = (WritingOptions(), "")
  }

  /// Gathers how texts are scored.
  public init(
    metrics: TextMetrics, settings: TextMetricSettings = TextMetricSettings(),
    writing: WritingOptions = WritingOptions(), fingerprint: String = ""
  ) {
    (self.metrics, self.settings) = (metrics, settings)
    (self.writing, self.fingerprint) = (writing, fingerprint)
  }
}

extension TextScoring {
  /// Refuses a record that a model of some training could not be asked, or not be scored on.
  ///
  /// - Throws: `StageError` naming the record and what it lacks.
  public func check(_ record: Record, _ options: TrainingOptions) throws(StageError) {
    try options.objectivePlan.checkQuestion(record)
    try AnswerGoal(record).require(metrics, settings, of: record)
  }
}

/// What a model wrote for some records, and how good it is.
public struct WrittenTexts: Sendable {
  /// The text for each record.
  public let texts: [String]
  /// What each record wanted.
  let goals: [AnswerGoal]
  /// What the metrics found.
  public let scores: [TextScore]
  /// The scores of each record alone, of metrics that have such.
  let recordScores: [(name: String, scores: [Double])]
  /// What metrics tell of each record besides.
  var details: [(key: String, values: [JSONValue])] { scores.compactMap(\.details) }
  /// How many questions were too long and lost their beginning.
  public let cutQuestions: Int

  /// What people should know of it; nil where there is nothing.
  public var warning: String? {
    guard cutQuestions > 0 else { return nil }
    return "warning: \(cutQuestions) of \(texts.count) questions were too long for the model and "
      + "lost their beginning"
  }

  init(
    _ texts: [String], _ goals: [AnswerGoal], _ metrics: TextMetrics,
    _ settings: TextMetricSettings, cutQuestions: Int
  ) throws {
    (self.texts, self.goals, self.cutQuestions) = (texts, goals, cutQuestions)
    scores = try goals.scores(of: texts, metrics, settings)
    recordScores = scores.compactMap { score in
      score.measurement.map { (score.name, $0.recordScores) }
    }
  }
}
