extension ClassCounts {
  /// Share of records whose prediction is right; NaN without records.
  public var accuracy: Double { Double(hits) / Double(count) }

  /// The mean over classes of the share of their records that are found; NaN without records.
  ///
  /// Classes without records are left out, as in scikit-learn's `balanced_accuracy_score`.
  ///
  /// - Parameter adjusted: whether chance is 0 rather than one over the number of such classes; then
  ///   a single class has no score.
  public func balancedAccuracy(adjusted: Bool = false) -> Double {
    let recalls = tallies.filter { $0.support > 0 }.map { Double($0.hits) / Double($0.support) }
    let mean = recalls.reduce(0, +) / Double(recalls.count)
    guard adjusted else { return mean }
    guard recalls.count > 1 else { return .nan }
    let chance = 1 / Double(recalls.count)
    return (mean - chance) / (1 - chance)
  }
}

extension ClassificationOutcomes {
  /// Share of records whose prediction is right; NaN without records.
  public var accuracy: Double { counts.accuracy }
}

let accuracyMetrics = [
  MetricDescriptor(
    name: "accuracy", summary: "Share of records whose prediction is right.", direction: .greater
  ) { (counts: ClassCounts) in Measurement(.number(counts.accuracy)) },
  MetricDescriptor(
    name: "balanced-accuracy", summary: "Mean over classes of the share of their records found.",
    direction: .greater
  ) { (counts: ClassCounts) in Measurement(.number(counts.balancedAccuracy())) },
]
