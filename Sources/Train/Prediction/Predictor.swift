public import Evaluate
import Models
import Records
public import Stages
import Tensors
import Tokenize

/// Predictions for a side of the data, in the order of its records.
public struct Predictions: Sendable {
  /// The records' ids.
  public let ids: [String]
  /// What the model says of each.
  public let items: [Prediction]
  /// What the model writes, and how good it is; nil where it is not asked to write.
  public let written: WrittenTexts?
  /// The class names in the order of the probabilities; nil for language models.
  public let labels: [String]?
  /// What metrics need.
  public let outcomes: Outcomes
}

/// A trained model applied to records.
///
/// ```swift
/// let predictor = try Predictor(model: result.modelFolder, options: options)
/// let predictions = try predictor.predict(test)
/// ```
public struct Predictor: Sendable {
  private let objective: any TrainingObjective
  private let labels: [String]?
  private let batchSize: Int
  private let precision: PrecisionChoice

  /// Loads the model and tokenizer of a folder.
  /// - Parameters:
  ///   - options: The options it was trained with: objective, length, batch size.
  ///   - maximumLength: Where the options name no length; the model's own if nil.
  /// - Throws: `ModelError`, `TokenizerError` or `TrainingError` where the folder does not fit.
  public init(model folder: String, options: TrainingOptions, maximumLength: Int? = nil) throws {
    let plan = options.objectivePlan
    let model = try plan.trainedModel(folder)
    objective = try plan.bind(
      model, ModelTokenizer.load(folder),
      maximumLength: options.length(of: model, otherwise: maximumLength))
    labels = (model as? any SequenceClassifier)?.labels
    batchSize = max(options.values[TrainingOptions.Keys.batchSize], 32)
    precision = options.precision
  }

  /// Predicts every record; memory grows with the token ids of the side.
  ///
  /// What the model writes comes last: it prepares the weights, after which losses may differ in their
  /// last bits.
  /// - Parameters:
  ///   - scoring: How what the model writes is scored, for models that write.
  ///   - writes: Whether it writes; by default where a metric is of it, and always where a model
  ///     reads one sequence and writes another.
  ///   - seed: Keys what is drawn.
  ///   - journal: Where what it writes is kept as it comes, and found that an earlier run wrote.
  /// - Throws: `StageError` for a record that the objective cannot read, or that asks nothing.
  public func predict(
    _ records: RecordCollection, scoring: TextScoring = TextScoring(), writes: Bool? = nil,
    seed: UInt64 = 0, journal: AnswerJournal? = nil
  ) throws -> Predictions {
    let examples = try records.map { try objective.example(of: $0) }
    return try Engine.$precision.withValue(precision.used) {
      let items = Self.predictions(objective, examples, batchSize: batchSize)
      return Predictions(
        ids: examples.map(\.id), items: items,
        written: try written(records, scoring, writes: writes, seed: seed, journal), labels: labels,
        outcomes: objective.outcomes(items))
    }
  }

  /// What the model writes; nil where it is not asked to, or cannot.
  private func written(
    _ records: RecordCollection, _ scoring: TextScoring, writes: Bool?, seed: UInt64,
    _ journal: AnswerJournal?
  ) throws -> WrittenTexts? {
    guard let objective = objective as? any WritingObjective,
      writes ?? (objective.writesUnasked || !scoring.metrics.names.isEmpty)
    else { return nil }
    let writer = try objective.writer(scoring.writing, seed: seed)
    let asked = try records.map { record in
      let question = try objective.question(of: record, for: writer)
      let goal = try AnswerGoal(record)
      try goal.require(scoring.metrics, scoring.settings, of: record)
      return (question: question, goal: goal)
    }
    let questions = asked.map(\.question)
    return try WrittenTexts(
      writer.answers(questions, journal: journal), asked.map(\.goal), scoring.metrics,
      scoring.settings,
      cutQuestions: questions.count(where: \.isCut))
  }

  /// Predictions in the order of the examples, computed in batches of about equal length.
  static func predictions(
    _ objective: any TrainingObjective, _ examples: [Example], batchSize: Int
  ) -> [Prediction] {
    predictions(
      BatchOrder.sortedBatches(lengths: examples.map(\.tokens.count), batchSize: batchSize)
    ) { batch in objective.predictions(batch.map { examples[$0] }) }
  }

  /// Predictions in the order of places, computed in batches of these.
  static func predictions(
    _ batches: [[Int]], _ predict: ([Int]) throws -> [Prediction]
  ) rethrows -> [Prediction] {
    var items = [Prediction?](repeating: nil, count: batches.reduce(0) { $0 + $1.count })
    for batch in batches {
      for (place, item) in zip(batch, try predict(batch)) { items[place] = item }
    }
    return items.compactMap(\.self)
  }
}
