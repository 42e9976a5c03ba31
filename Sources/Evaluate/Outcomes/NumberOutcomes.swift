/// Numbers a model gave to records, beside the true ones: how similar two sentences are, a grade.
public struct NumberOutcomes: Sendable, Equatable {
  /// The true number of each record.
  public let references: [Double]
  /// The model's number of each record.
  public let predictions: [Double]

  /// Number of records.
  public var count: Int { references.count }

  /// Gathers numbers.
  ///
  /// - Precondition: there are as many references as predictions.
  public init(references: [Double], predictions: [Double]) {
    precondition(
      references.count == predictions.count,
      "\(references.count) references but \(predictions.count) predictions")
    self.references = references
    self.predictions = predictions
  }
}
