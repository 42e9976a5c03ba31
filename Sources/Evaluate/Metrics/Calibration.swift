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

  func bin(of confidence: Double) -> Int {
    let place = (confidence * Double(bins.count)).rounded(.up)
    return min(max(Int(place) - 1, 0), bins.count - 1)
  }

  /// The expected calibration error; nil without predictions.
  ///
  /// Mean distance of a bin's accuracy from its mean confidence, weighted by its count: Guo and
  /// others 2017, arXiv:1706.04599.
  public var expectedError: Double? {
    guard count > 0 else { return nil }
    // A bin's gap times its count is how far its sums are apart.
    return bins.reduce(0) { $0 + abs(Double($1.right) - $1.confidence) } / Double(count)
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
    for (record, prediction) in predictions.enumerated() {
      calibration.add(
        confidence: score(of: prediction, in: record), isRight: references[record] == prediction)
    }
    return calibration
  }
}

/// The expected calibration error as a function of sums over records.
///
/// A record's numbers are 1, then for each bin its confidence and whether it is right.
struct CalibrationSums: CorpusMetric {
  let name = "ece"
  let signature = "ece"
  let direction = MetricDirection.lower
  let bins = 15

  var width: Int { 1 + 2 * bins }

  func score(of sums: [Double]) -> Double {
    var gaps = 0.0
    for bin in 0..<bins { gaps += abs(sums[2 + 2 * bin] - sums[1 + 2 * bin]) }
    return gaps / sums[0]
  }

  /// - Precondition: there are scores, and they are probabilities.
  func measurement(of outcomes: ClassificationOutcomes) -> CorpusMeasurement {
    let calibration = Calibration(bins: bins)
    var values = [Double](repeating: 0, count: outcomes.count * width)
    for (record, prediction) in outcomes.predictions.enumerated() {
      let confidence = outcomes.score(of: prediction, in: record)
      let place = record * width
      let bin = calibration.bin(of: confidence)
      values[place] = 1
      values[place + 1 + 2 * bin] = confidence
      values[place + 2 + 2 * bin] = outcomes.references[record] == prediction ? 1 : 0
    }
    return CorpusMeasurement(self, RecordStatistics(width: width, values: values))
  }
}

let calibrationMetrics = [
  MetricDescriptor.ofProbabilities(
    "ece", "Expected calibration error: how far confidence is from accuracy, in 15 bins.",
    direction: .lower, resampledForm: .sums { CalibrationSums().measurement(of: $0) }
  ) { .number($0.calibration().expectedError ?? .nan, orElse: "there are no records") },
  MetricDescriptor.ofProbabilities(
    "calibration", "Accuracy and mean confidence of predictions, in 15 bins.", direction: .none
  ) { Measurement(.calibration($0.calibration())) },
]
