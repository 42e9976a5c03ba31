/// What a metric needs to be computed again and again, of records drawn anew.
enum ResampledForm: Sendable {
  /// How often classes are true, predicted, and both.
  case counts(@Sendable (ClassCounts) -> Measurement)
  /// Sums over records of a few numbers each; the metric is of probabilities.
  case sums(@Sendable (ClassificationOutcomes) -> CorpusMeasurement)
  /// Rankings, sorted once.
  case area(RankedArea)
  /// The outcomes of those records.
  case outcomes

  /// A mean over records, of which lower is better.
  static func mean(
    _ name: String, _ values: @escaping @Sendable (ClassificationOutcomes) -> [Double]
  ) -> ResampledForm {
    .sums { outcomes in
      MeanMetric(name: name, signature: name, direction: .lower, scale: 1)
        .measurement(of: values(outcomes))
    }
  }
}

/// Which area a metric of rankings is, and how classes are averaged.
enum RankedArea: Sendable {
  /// Under the ROC curve of each class against the rest.
  case receiver(Average)
  /// Under the steps of precision over recall of each class against the rest.
  case precision(Average)
  /// Under the ROC curve of each class against each other.
  case paired(Average)
  /// Under the ROC curve of all decisions pooled.
  case pooled

  var isBinary: Bool {
    switch self {
    case .receiver(.binary), .precision(.binary): true
    default: false
    }
  }
}

extension MetricDescriptor {
  /// Whether scores must be probabilities, which lie in 0…1 and sum to 1.
  package var isOfProbabilities: Bool {
    if case .sums = resampledForm { true } else { false }
  }

  /// Whether nothing but the order of scores counts.
  package var isOfOrder: Bool {
    if case .area = resampledForm { true } else { false }
  }

  var resampled: ResampledMetric { ResampledMetric(name: name, direction: direction) }
}
