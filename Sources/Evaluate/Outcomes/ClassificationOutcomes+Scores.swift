extension ClassificationOutcomes {
  /// Gathers outcomes whose prediction is the class with the highest score.
  ///
  /// Of equal scores the first class wins, as in NumPy's `argmax`; a score that is not a number
  /// never wins.
  ///
  /// - Parameter scores: records × classes values, row by row; probabilities or logits.
  /// - Precondition: there is at least one class, and one score a record and class.
  public init(
    labels: [String], references: [Int], highestOf scores: [Float], totalLoss: Double? = nil,
    positive: Int = 1
  ) {
    precondition(
      !labels.isEmpty && scores.count == references.count * labels.count,
      "\(scores.count) scores for \(references.count) records × \(labels.count) classes")
    let predictions = references.indices.map { record in
      Self.highest(scores[record * labels.count..<(record + 1) * labels.count])
    }
    self.init(
      labels: labels, references: references, predictions: predictions, scores: scores,
      totalLoss: totalLoss, positive: positive)
  }

  /// The place of the highest value from the row's start; 0 when none is a number.
  private static func highest(_ row: ArraySlice<Float>) -> Int {
    var best = -Float.infinity
    var place = 0
    for (index, score) in row.enumerated() where score > best { (best, place) = (score, index) }
    return place
  }
}
