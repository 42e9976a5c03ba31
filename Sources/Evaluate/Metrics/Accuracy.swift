extension ClassificationOutcomes {
  /// Share of records whose prediction is right; NaN without records.
  public var accuracy: Double {
    Double(tallies.reduce(0) { $0 + $1.hits }) / Double(count)
  }
}

let accuracyMetric = MetricDescriptor(
  name: "accuracy", summary: "Share of records whose prediction is right.", direction: .greater
) { Measurement(.number($0.accuracy)) }
