/// How often predictions of a given confidence are right, in bins of equal width.
public struct Calibration: Sendable, Equatable {
  /// Predictions whose confidence lies in one bin.
  public struct Bin: Sendable, Equatable {
    /// How many predictions there are.
    public internal(set) var count = 0
    /// How many of them are right.
    public internal(set) var right = 0
    /// The sum of their confidences.
    public internal(set) var confidence = 0.0

    /// The share that is right; NaN in an empty bin.
    public var accuracy: Double { Double(right) / Double(count) }
    /// The mean confidence; NaN in an empty bin.
    public var meanConfidence: Double { confidence / Double(count) }
    /// How far the two are apart; NaN in an empty bin.
    public var gap: Double { abs(accuracy - meanConfidence) }
  }

  /// The bins from confidence 0 to 1; each is open below and closed above.
  public private(set) var bins: [Bin]

  /// Begins with empty bins; Guo and others use 15.
  ///
  /// - Precondition: there is at least one bin.
  public init(bins: Int = 15) {
    precondition(bins > 0, "\(bins) bins")
    self.bins = [Bin](repeating: Bin(), count: bins)
  }

  /// How many predictions were counted.
  public var count: Int { bins.reduce(0) { $0 + $1.count } }

  /// Counts one prediction; a confidence outside 0…1 is not one and is left out.
  public mutating func add(confidence: Double, isRight: Bool) {
    guard confidence >= 0, confidence <= 1 else { return }
    let bin = bin(of: confidence)
    bins[bin].count += 1
    bins[bin].confidence += confidence
    if isRight { bins[bin].right += 1 }
  }

  private func bin(of confidence: Double) -> Int {
    let place = (confidence * Double(bins.count)).rounded(.up)
    return min(max(Int(place) - 1, 0), bins.count - 1)
  }

  /// The expected calibration error; nil without predictions.
  ///
  /// Mean distance of a bin's accuracy from its mean confidence, weighted by its count: Guo and
  /// others 2017, arXiv:1706.04599.
  public var expectedError: Double? {
    guard count > 0 else { return nil }
    return bins.filter { $0.count > 0 }
      .reduce(0) { $0 + Double($1.count) / Double(count) * $1.gap }
  }

  /// The largest distance of a bin's accuracy from its mean confidence; nil without predictions.
  public var maximumError: Double? { bins.filter { $0.count > 0 }.map(\.gap).max() }
}

extension ClassificationOutcomes {
  /// How far the score of the predicted class can be trusted.
  ///
  /// - Precondition: there are ``scores``.
  public func calibration(bins: Int = 15) -> Calibration {
    var calibration = Calibration(bins: bins)
    for ((reference, row), prediction) in zip(probabilityRows, predictions) {
      calibration.add(
        confidence: Double(row[row.startIndex + prediction]), isRight: reference == prediction)
    }
    return calibration
  }
}

let calibrationMetrics = [
  MetricDescriptor(
    name: "ece",
    summary: "Expected calibration error: how far confidence is from accuracy, in 15 bins.",
    direction: .lower,
    probabilities: {
      .number($0.calibration().expectedError ?? .nan, orElse: "there are no records")
    }),
  MetricDescriptor(
    name: "calibration", summary: "Accuracy and mean confidence of predictions, in 15 bins.",
    direction: .none, probabilities: { Measurement(.calibration($0.calibration())) }),
]
