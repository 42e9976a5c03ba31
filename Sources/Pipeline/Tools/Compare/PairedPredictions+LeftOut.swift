import Evaluate
import Records

extension PairedPredictions {
  /// The metrics that would be compared, were it not for what one run lacks and the other has, or for
  /// scores that are no probabilities.
  ///
  /// - Parameters:
  ///   - metrics: those that were compared.
  ///   - isUsual: whether none was named, so that a lack leaves metrics out.
  func leftOut(_ metrics: [ResampledMetric], isUsual: Bool) -> [RunComparison.LeftOut] {
    let ofProbabilities = MetricCatalog.standard.metrics.filter { metric in
      metric.isOfProbabilities && metrics.contains { $0.name == metric.name }
    }
    return (isUsual ? lacking : []) + improbable(ofProbabilities.map(\.name))
  }

  /// What one record or one run lacks.
  private var lacking: [RunComparison.LeftOut] {
    let found =
      labels == nil
      ? [
        lacking(["bits-per-byte"], "bytes") { $0.bytes != nil },
        lacking(usualTextMetrics.filter { !Self.readsWithModel($0) }, "generated text") {
          $0.generated != nil
        },
      ] + usualRecordedMetrics.map(unrecorded)
      : [
        lacking(usualOfScores, "scores") { $0.scores != nil },
        lacking(["loss"], "loss") { $0.loss != nil },
      ]
    return found.compactMap(\.self)
  }

  /// A metric whose scores a model gave, and that one run lacks or had another model for.
  private func unrecorded(_ name: String) -> RunComparison.LeftOut? {
    if areOtherOptions(of: name) {
      return RunComparison.LeftOut(metrics: [name], reason: Self.otherOptions(name))
    }
    return lacking([name], "scores of \(name)") { $0.textScores[name] != nil }
  }

  private func lacking(
    _ metrics: [String], _ what: String, _ has: (PredictedRecord) -> Bool
  ) -> RunComparison.LeftOut? {
    let runs = [(names.first, first), (names.second, second)]
    guard runs.contains(where: { $0.1.contains(where: has) }) else { return nil }
    for (name, records) in runs {
      guard let record = records.first(where: { !has($0) }) else { continue }
      let isAll = !records.contains(where: has)
      let subject = isAll ? "'\(name)'" : "record \(record.id) of '\(name)'"
      return RunComparison.LeftOut(metrics: metrics, reason: "\(subject) has no \(what)")
    }
    return nil
  }

  /// Metrics of probabilities where scores are none.
  private func improbable(_ metrics: [String]) -> [RunComparison.LeftOut] {
    guard !metrics.isEmpty, let outcomes, outcomes.first.scores != nil else { return [] }
    let runs = [(names.first, outcomes.first), (names.second, outcomes.second)]
    for (name, outcomes) in runs {
      let reason = outcomes.improbability { "record \(first[$0].id) of '\(name)'" }
      if let reason { return [RunComparison.LeftOut(metrics: metrics, reason: reason)] }
    }
    return []
  }
}

extension PredictedRecord {
  fileprivate var scores: [Float]? {
    if case .label(_, let scores, _) = answer { scores } else { nil }
  }

  fileprivate var loss: Double? {
    if case .label(_, _, let loss) = answer { loss } else { nil }
  }

  fileprivate var bytes: Int? {
    if case .text(let outcomes, _) = answer { outcomes.bytes } else { nil }
  }

  fileprivate var generated: String? {
    if case .text(_, let generated) = answer { generated } else { nil }
  }
}
