import Evaluate
import Records
import Stages
import Train

/// Predicts the evaluation sides of a run with its model, and scores them.
struct ModelScores {
  let plan: PipelinePlan
  let options: TrainingOptions
  let folder: String
  let sides: [Side: Int]
  let threads: Int
  let scoring: TextScoring
  /// The fingerprint of the model.
  let fingerprint: String
  /// Records that show what the model could do before; nil where that is not asked.
  let slice: RecordCollection?
  let observer: any RunObserver

  /// Writes `predictions.jsonl` of the test side and `metrics.json`.
  ///
  /// - Parameter training: what `metrics.json` says of the training.
  func write(model: String, training: JSONValue) throws -> JSONValue {
    let predictor = try Predictor(
      model: model, options: options, maximumLength: plan.maximumLength)
    var found: [Side: JSONValue] = [:]
    // The test side comes last: writing prepares the weights for itself.
    for side in [Side.validation, .test] where sides[side, default: 0] > 0 {
      let isScored = side == .test || sides[.test, default: 0] == 0
      let predictions = try predictor.predict(
        records(side), scoring: scoring, writes: writes(isScored), seed: plan.seed,
        journal: isScored ? journal(Self.answers) : nil)
      found[side] = try evaluate(predictions)
      if side == .test {
        try predictions.write(records(side), to: "\(folder)/predictions.jsonl")
      }
    }
    var metrics = JSONObject()
    for side in [Side.test, .validation] { metrics[side.rawValue] = found[side] }
    if let slice { metrics[Forgetting.name] = try forgetting(slice, model) }
    metrics["train"] = training
    try AtomicFile.write(JSONValue.object(metrics).prettyText.utf8, to: "\(folder)/metrics.json")
    return .object(metrics)
  }

  /// The scores of the model that training began with, and of the one it left.
  private func forgetting(_ slice: RecordCollection, _ model: String) throws -> JSONValue {
    guard let start = plan.modelFolder else { preconditionFailure("training began with no model") }
    // Each is loaded anew: writing prepares weights, after which losses may differ in their last bits.
    func scores(_ folder: String, _ answers: String) throws -> JSONValue {
      let predictor = try Predictor(
        model: folder, options: options, maximumLength: plan.maximumLength)
      return try evaluate(
        predictor.predict(
          slice, scoring: scoring, writes: writes(true), seed: plan.seed,
          journal: journal(answers)))
    }
    return Forgetting.json(
      before: try scores(start, Self.answersBefore), after: try scores(model, Self.answersAfter),
      records: slice.count)
  }

  /// What a model has written, which goes on after a kill and serves other metrics too.
  private func journal(_ name: String) -> AnswerJournal {
    let settings: JSONValue = [
      "model": .string(fingerprint), "generate": .object(scoring.writing.values.encoded),
    ]
    return AnswerJournal(path: "\(folder)/\(name)", fingerprint: settings.text)
  }

  /// The files of what models have written, below the run's folder.
  static let allAnswers = [answers, answersBefore, answersAfter]
  private static let answers = "cache/answers.jsonl"
  /// Of the model that training began with, on the data that it may forget.
  private static let answersBefore = "cache/answers-before.jsonl"
  /// Of the model that training left, on the same.
  private static let answersAfter = "cache/answers-after.jsonl"

  /// Whether a side is answered: where `generate` is written, else as the objective does.
  private func writes(_ isScored: Bool) -> Bool? {
    guard isScored else { return false }
    return plan.writing == nil ? nil : true
  }

  private func records(_ side: Side) -> RecordCollection {
    RecordCollection(
      path: RunPublisher.data(side, in: folder), count: sides[side, default: 0], threads: threads)
  }

  private func evaluate(_ predictions: Predictions) throws -> JSONValue {
    if let warning = predictions.written?.warning { observer.say(warning) }
    return try plan.metrics.evaluation(of: predictions).json
  }
}

extension [String] {
  /// The metrics asked for, or the usual ones, and the tables that the report draws.
  func evaluated(of outcomes: Outcomes) -> [String] {
    switch outcomes {
    case .classification:
      (isEmpty ? ["accuracy", "f1"] : self) + ["loss", "confusion", "classes"]
    case .language:
      (isEmpty ? ["perplexity", "bits-per-byte"] : self) + ["loss"]
    case .numbers, .retrieval:
      self
    }
  }
}

extension Outcomes {
  /// How many classes there are; nil where there are none.
  var classes: Int? {
    switch self {
    case .classification(let outcomes): outcomes.labels.count
    case .language, .numbers, .retrieval: nil
    }
  }
}
