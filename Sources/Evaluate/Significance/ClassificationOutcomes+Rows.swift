extension ClassificationOutcomes {
  /// The metrics of these outcomes that are one number, ready to be resampled.
  ///
  /// Metrics of losses are left out: these outcomes hold their sum alone. Where a score is no
  /// probability, rows of metrics of probabilities define no score.
  public func rows(for metrics: [MetricDescriptor]) -> [any ScoredRows] {
    let provided = Outcomes.classification(self).provides
    let isRanked = !(scores ?? []).contains { $0.isNaN }
    var parts = ResampledParts()
    for metric in metrics
    where metric.canSelect && metric.needs != .losses && provided.contains(metric.needs) {
      switch metric.resampledForm {
      case .counts(let score): parts.counted.append((metric.resampled, score))
      case .area(.paired(let average)) where isRanked:
        parts.paired.append((metric.resampled, average))
      case .area(let area) where isRanked: parts.ranked.append((metric.resampled, area))
      case .sums(let measure): parts.sums.append((metric.resampled, measure))
      default: parts.others.append(metric)
      }
    }
    return parts.rows(of: self)
  }

  /// These records and then those of another system.
  ///
  /// - Precondition: both have the same labels, and both or neither have scores.
  public func followed(by other: ClassificationOutcomes) -> ClassificationOutcomes {
    precondition(
      labels == other.labels && (scores == nil) == (other.scores == nil),
      "outcomes of classes \(labels) and \(other.labels)")
    return ClassificationOutcomes(
      labels: labels, references: references + other.references,
      predictions: predictions + other.predictions,
      scores: scores.flatMap { scores in other.scores.map { scores + $0 } },
      exactScores: exactScores.flatMap { scores in other.exactScores.map { scores + $0 } },
      totalLoss: nil, positive: positive)
  }
}

/// Metrics by how they are resampled; those of one kind share a walk over the rows.
private struct ResampledParts {
  var counted: [(ResampledMetric, @Sendable (ClassCounts) -> Measurement)] = []
  var ranked: [(ResampledMetric, RankedArea)] = []
  var paired: [(ResampledMetric, Average)] = []
  var sums: [(ResampledMetric, @Sendable (ClassificationOutcomes) -> CorpusMeasurement)] = []
  var others: [MetricDescriptor] = []

  func rows(of outcomes: ClassificationOutcomes) -> [any ScoredRows] {
    var rows: [any ScoredRows] = []
    if !counted.isEmpty { rows.append(CountsRows(outcomes, counted)) }
    if !ranked.isEmpty { rows.append(RankedRows(outcomes, ranked)) }
    if !paired.isEmpty { rows.append(PairedRankRows(outcomes, paired)) }
    let isProbable = sums.isEmpty || outcomes.improbability == nil
    for (metric, measure) in sums {
      rows.append(
        isProbable
          ? StatisticsRows(measure(outcomes))
          : UndefinedRows(metrics: [metric], count: outcomes.count))
    }
    if !others.isEmpty { rows.append(ChosenRows(outcomes, others)) }
    return rows
  }
}

/// Rows of a classifier, for any metric: those chosen are scored as if there were no others.
struct ChosenRows: ScoredRows {
  private let outcomes: ClassificationOutcomes
  private let descriptors: [MetricDescriptor]

  init(_ outcomes: ClassificationOutcomes, _ descriptors: [MetricDescriptor]) {
    let hasScores = descriptors.contains { $0.needs == .probabilities }
    self.outcomes = hasScores ? outcomes : outcomes.withoutScores
    self.descriptors = descriptors
  }

  var metrics: [ResampledMetric] { descriptors.map(\.resampled) }
  var count: Int { outcomes.count }

  func scores(weights: [Int32]) -> [Double] {
    let chosen = Outcomes.classification(outcomes.choosing(weights))
    return descriptors.map { $0.measure(chosen).number ?? .nan }
  }
}

extension ClassificationOutcomes {
  /// What metrics of labels need, which is quicker to choose from.
  fileprivate var withoutScores: ClassificationOutcomes {
    ClassificationOutcomes(
      labels: labels, references: references, predictions: predictions, scores: nil,
      positive: positive)
  }

  /// The outcomes in which every record occurs as often as its weight says.
  fileprivate func choosing(_ weights: [Int32]) -> ClassificationOutcomes {
    var chosen: [Int] = []
    for (record, weight) in weights.enumerated() {
      for _ in 0..<weight { chosen.append(record) }
    }
    let width = labels.count
    return ClassificationOutcomes(
      labels: labels, references: chosen.map { references[$0] },
      predictions: chosen.map { predictions[$0] },
      scores: scores.map { scores in
        var rows: [Float] = []
        rows.reserveCapacity(chosen.count * width)
        for record in chosen { rows += scores[record * width..<(record + 1) * width] }
        return rows
      }, positive: positive)
  }
}
