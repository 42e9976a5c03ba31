import Evaluate
import Records
import Stages

/// Records of the validation side that are answered after each epoch, because training watches how
/// good the answers are.
struct ValidationTexts: Sendable {
  private let writer: AnswerWriter
  private let questions: [Question]
  private let goals: [AnswerGoal]
  private let metrics: TextMetrics
  private let settings: TextMetricSettings

  /// - Parameter watched: The metrics of texts that choose the model and end training.
  /// - Throws: `StageError` for a record that asks nothing, `ModelError` for options of no sense.
  init(
    _ objective: any WritingObjective, _ records: RecordCollection, watched: TextMetrics,
    _ scoring: TextScoring, seed: UInt64
  ) throws {
    let writer = try objective.writer(scoring.writing, seed: seed)
    let all = try records.map { record in
      let question = try objective.question(of: record, for: writer)
      let goal = try AnswerGoal(record)
      try goal.require(watched, scoring.settings, of: record)
      return (question: question, goal: goal)
    }
    // Evenly over the side, whose order may be that of its files.
    let count = min(scoring.writing.validationRecords, all.count)
    let chosen = (0..<count).map { all[$0 * all.count / count] }
    (self.writer, metrics, settings) = (writer, watched, scoring.settings)
    (questions, goals) = (chosen.map(\.question), chosen.map(\.goal))
  }

  /// The metrics' names and values as the model is now; what is undefined is left out.
  func scores() throws -> [(name: String, value: Double)] {
    let texts = try writer.answers(questions, inTraining: true)
    return try goals.scores(of: texts, metrics, settings)
      .filter(\.score.isFinite).map { ($0.name, $0.score) }
  }
}
