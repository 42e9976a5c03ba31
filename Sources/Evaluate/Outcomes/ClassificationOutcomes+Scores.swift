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
    self.init(
      labels: labels, references: references,
      predictions: Self.highest(of: scores, references.count, labels.count), scores: scores,
      totalLoss: totalLoss, positive: positive)
  }

  /// The same of scores in double precision, which losses of probabilities and calibration are then
  /// computed of; rankings are of the scores rounded to single precision.
  ///
  /// - Precondition: there is at least one class, and one score a record and class.
  public init(
    labels: [String], references: [Int], highestOfExact scores: [Double], positive: Int = 1
  ) {
    self.init(
      labels: labels, references: references,
      predictions: Self.highest(of: scores, references.count, labels.count),
      scores: scores.map { Float($0) }, exactScores: scores, totalLoss: nil, positive: positive)
  }

  /// The score of a class for a record, as precise as it was given.
  ///
  /// - Precondition: there are ``scores``.
  func score(of label: Int, in record: Int) -> Double {
    let place = record * labels.count + label
    if let exactScores { return exactScores[place] }
    guard let scores else { preconditionFailure("these outcomes hold no scores") }
    return Double(scores[place])
  }

  /// The place of the highest value of each record's row; 0 when none is a number.
  private static func highest<Score: BinaryFloatingPoint>(
    of scores: [Score], _ records: Int, _ classes: Int
  ) -> [Int] {
    precondition(
      classes > 0 && scores.count == records * classes,
      "\(scores.count) scores for \(records) records × \(classes) classes")
    return (0..<records).map { record in
      var best = -Score.infinity
      var place = 0
      for label in 0..<classes {
        let score = scores[record * classes + label]
        if score > best { (best, place) = (score, label) }
      }
      return place
    }
  }
}
