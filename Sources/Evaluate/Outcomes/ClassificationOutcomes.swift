/// What a classifier said about a set of records, beside what is true.
///
/// Classes are positions in ``labels``. With two classes the second (index 1) is the positive
/// one, as in scikit-learn, unless ``positive`` says otherwise.
///
///     let outcomes = ClassificationOutcomes(
///       labels: ["cardiology", "neurology"], references: [0, 1, 1], predictions: [0, 1, 0])
public struct ClassificationOutcomes: Sendable {
  /// Name of each class, in the order of the model's outputs.
  public let labels: [String]
  /// The true class of each record.
  public let references: [Int]
  /// The predicted class of each record.
  public let predictions: [Int]
  /// Score of every class for each record, records × classes, row by row; nil when unknown.
  public let scores: [Float]?
  /// The same in double precision, where they were given so: ``scores`` are these, rounded.
  let exactScores: [Double]?
  /// Sum of the records' losses in nats; nil when unknown.
  public let totalLoss: Double?
  /// Index of the positive class in two-class averages.
  public let positive: Int
  /// Counts of hits, predictions and references of each class, in the order of ``labels``.
  public let tallies: [ClassTally]

  /// Number of records.
  public var count: Int { references.count }

  /// Gathers outcomes whose scores lie in one array, and counts them: O(records + classes).
  ///
  /// - Parameters:
  ///   - scores: records × classes values, row by row; probabilities or logits alike, since
  ///     ranking metrics use their order alone.
  ///   - totalLoss: sum of the records' losses in nats.
  ///   - positive: index of the positive class; it matters with two classes only.
  /// - Precondition: references, predictions and `positive` are positions in `labels`; the
  ///   counts of references, predictions and scores agree.
  public init(
    labels: [String], references: [Int], predictions: [Int], scores: [Float]?,
    totalLoss: Double? = nil, positive: Int = 1
  ) {
    self.init(
      labels: labels, references: references, predictions: predictions, scores: scores,
      exactScores: nil, totalLoss: totalLoss, positive: positive)
  }

  /// The same with the scores in double precision besides.
  init(
    labels: [String], references: [Int], predictions: [Int], scores: [Float]?,
    exactScores: [Double]?, totalLoss: Double?, positive: Int
  ) {
    precondition(
      references.count == predictions.count,
      "\(references.count) references but \(predictions.count) predictions")
    if let scores {
      precondition(
        scores.count == references.count * labels.count,
        "\(scores.count) scores for \(references.count) records × \(labels.count) classes")
    }
    self.labels = labels
    self.references = references
    self.predictions = predictions
    self.scores = scores
    self.exactScores = exactScores
    self.totalLoss = totalLoss
    self.positive = positive
    self.tallies = ClassTally.count(
      references: references, predictions: predictions, classes: labels.count)
  }

  /// Gathers outcomes whose probabilities come as one row a record.
  ///
  /// - Precondition: every row has one value a class.
  public init(
    labels: [String], references: [Int], predictions: [Int], probabilities: [[Float]]? = nil,
    totalLoss: Double? = nil, positive: Int = 1
  ) {
    if let probabilities {
      for (record, row) in probabilities.enumerated() {
        precondition(
          row.count == labels.count,
          "record \(record) has \(row.count) probabilities for \(labels.count) classes")
      }
    }
    self.init(
      labels: labels, references: references, predictions: predictions,
      scores: probabilities.map { Array($0.joined()) }, totalLoss: totalLoss, positive: positive)
  }
}
