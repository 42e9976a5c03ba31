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
        records(side), scoring: scoring, writes: writes(isScored), seed: plan.seed)
      found[side] = try evaluate(predictions)
      if side == .test {
        try predictions.write(records(side), to: "\(folder)/predictions.jsonl")
      }
    }
    var metrics = JSONObject()
    for side in [Side.test, .validation] { metrics[side.rawValue] = found[side] }
    metrics["train"] = training
    try AtomicFile.write(JSONValue.object(metrics).prettyText.utf8, to: "\(folder)/metrics.json")
    return .object(metrics)
  }

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
