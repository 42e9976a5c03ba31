import Evaluate

/// Metrics of two runs that are computed together, ready to be resampled.
struct PairedMeasurement: Sendable {
  let first: any ScoredRows
  let second: any ScoredRows
  /// The first run's records and then the second's, for the metrics that are tested by resampling.
  let both: (any ScoredRows)?
}

extension PairedPredictions {
  /// The metrics asked for, or all that both runs' predictions allow.
  ///
  /// - Throws: `MetricError` for a name that is unknown or asks for what the predictions lack;
  ///   `Diagnostic` for metrics of texts where there are none.
  func measurements(_ names: [String]) throws -> [PairedMeasurement] {
    let textual = names.filter { TextMetrics.expand($0) != nil }
    let others = names.filter { TextMetrics.expand($0) == nil }
    let isUsual = names.isEmpty && corpora != nil
    return try measurements(names.isEmpty || !others.isEmpty ? chosen(others) : [])
      + textMeasurements(isUsual ? usualTextMetrics : textual)
  }

  /// Metrics of classes and of losses.
  private func measurements(_ metrics: [MetricDescriptor]) -> [PairedMeasurement] {
    var measurements: [PairedMeasurement] = []
    if let outcomes {
      let both = outcomes.first.followed(by: outcomes.second)
      for (first, second) in zip(
        outcomes.first.rows(for: metrics), outcomes.second.rows(for: metrics))
      {
        // McNemar's test of accuracy is exact.
        let tested = metrics.filter { metric in
          metric.name != "accuracy" && first.metrics.contains { $0.name == metric.name }
        }
        measurements.append(
          PairedMeasurement(first: first, second: second, both: both.rows(for: tested).first))
      }
    }
    if let losses {
      for metric in metrics where metric.needs == .losses {
        measurements.append(PairedMeasurement(metric, losses.first, losses.second))
      }
    }
    return measurements
  }

  /// The metrics of the catalog that are one number.
  private func chosen(_ names: [String]) throws(MetricError) -> [MetricDescriptor] {
    let catalog = MetricCatalog.standard
    guard names.isEmpty else {
      let asked = try catalog.metrics(named: names, providing: provided, classes: labels?.count)
      for metric in asked where !metric.canSelect { throw .isTable(name: metric.name) }
      return asked
    }
    return usual(provided)
  }

  /// The metrics that are compared where none is named.
  private func usual(_ provided: Set<MetricNeed>) -> [MetricDescriptor] {
    MetricCatalog.standard.metrics.filter { metric in
      metric.canSelect && provided.contains(metric.needs)
        && !(metric.binaryOnly && labels?.count != 2) && !(metric.isOfTokens && labels != nil)
        && Self.isUsual(metric.name, classes: labels?.count)
        && (metric.name != "bits-per-byte" || hasBytes)
        && (metric.name != "log-loss" || losses == nil)
    }
  }

  /// Those of them that are of scores.
  var usualOfScores: [String] { usual([.probabilities]).map(\.name) }

  /// What both runs' predictions hold.
  private var provided: Set<MetricNeed> {
    var provided: Set<MetricNeed> = losses == nil ? [] : [.losses]
    if let outcomes { provided.formUnion(Outcomes.classification(outcomes.first).provides) }
    return provided
  }

  /// Averages that say the same as another metric, or only fit classes with an order, are left for
  /// those who ask: every metric more is one more chance to find a difference that is none.
  private static func isUsual(_ name: String, classes: Int?) -> Bool {
    let said = ["precision.micro", "recall.micro", "recall.macro", "recall.weighted", "f1.micro"]
    let ordered = ["kappa.linear", "kappa.quadratic"]
    let ofMany = ["auc.macro", "auc.weighted", "ap.macro", "ap.weighted", "auc.ovo-weighted"]
    let isSaid =
      said.contains(name) || ordered.contains(name)
      || name.hasPrefix("auc.ovo") || name == "auc.micro"
    return !isSaid && !(classes == 2 && ofMany.contains(name))
  }

  /// Whether the bytes of all texts are known.
  var hasBytes: Bool {
    guard let losses else { return false }
    return (losses.first + losses.second).allSatisfy { $0.bytes != nil }
  }

  /// The records that exactly one run classifies rightly; nil of texts.
  var mcNemar: McNemarTest? {
    outcomes.map { outcomes in
      McNemarTest(
        first: zip(outcomes.first.references, outcomes.first.predictions).map(==),
        second: zip(outcomes.second.references, outcomes.second.predictions).map(==))
    }
  }
}

extension PairedMeasurement {
  /// A metric of losses.
  fileprivate init(
    _ metric: MetricDescriptor, _ first: [LanguageOutcomes], _ second: [LanguageOutcomes]
  ) {
    let hasBytes = (first + second).allSatisfy { $0.bytes != nil }
    let loss = LossMetric(metric, hasBytes: hasBytes)
    self.init(loss.measurement(of: first), loss.measurement(of: second))
  }

  /// A metric of sums.
  init(_ first: CorpusMeasurement, _ second: CorpusMeasurement) {
    self.init(
      first: StatisticsRows(first), second: StatisticsRows(second),
      both: StatisticsRows(first, second))
  }
}
