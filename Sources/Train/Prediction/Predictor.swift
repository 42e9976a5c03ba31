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
  /// What the model writes for each; nil where it is not asked to.
  public let texts: [String]?
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
  /// - Throws: `StageError` for a record that the objective cannot read.
  public func predict(_ records: RecordCollection) throws -> Predictions {
    let examples = try records.map { try objective.example(of: $0) }
    let (items, texts) = try Engine.$precision.withValue(precision.used) {
      (
        Self.predictions(objective, examples, batchSize: batchSize), try answers(examples)
      )
    }
    return Predictions(
      ids: examples.map(\.id), items: items, texts: texts, labels: labels,
      outcomes: objective.outcomes(items))
  }

  /// What the model writes, in the order of the examples; nil where the objective writes nothing.
  private func answers(_ examples: [Example]) throws(ModelError) -> [String]? {
    var texts = [String](repeating: "", count: examples.count)
    for batch in BatchOrder.sortedBatches(
      lengths: examples.map(\.tokens.count), batchSize: batchSize)
    {
      guard let own = try objective.answers(batch.map { examples[$0] }) else { return nil }
      for (place, text) in zip(batch, own) { texts[place] = text }
    }
    return texts
  }

  /// Predictions in the order of the examples, computed in batches of about equal length.
  static func predictions(
    _ objective: any TrainingObjective, _ examples: [Example], batchSize: Int
  ) -> [Prediction] {
    var items = [Prediction?](repeating: nil, count: examples.count)
    for batch in BatchOrder.sortedBatches(
      lengths: examples.map(\.tokens.count), batchSize: batchSize)
    {
      for (place, item) in zip(batch, objective.predictions(batch.map { examples[$0] })) {
        items[place] = item
      }
    }
    return items.compactMap(\.self)
  }
}
