import Evaluate
import Stages

extension Ablation {
  /// - Throws: What says that the runs, which are not trained yet, would have no score of a metric.
  static func check(
    _ names: [String], of plan: PipelinePlan, providing provided: Set<MetricNeed>
  ) throws {
    let scored = try TextMetrics(named: plan.metrics.ofTexts).names
    for name in names {
      if let metrics = TextMetrics.expand(name) {
        try check(name, metrics, scored)
      } else {
        try check(name, provided)
      }
    }
  }

  /// Metrics of classes and losses, which the predictions give where they are one number.
  private static func check(_ name: String, _ provided: Set<MetricNeed>) throws(MetricError) {
    let metrics = try MetricCatalog.standard.metrics(
      named: [name], providing: provided, classes: nil)
    for metric in metrics where !metric.canSelect { throw .isTable(name: metric.name) }
  }

  /// Metrics of texts: the predictions hold what was written, but a score by a model, or of all texts
  /// together, is there only where the run was asked for it.
  private static func check(
    _ name: String, _ metrics: [String], _ scored: [String]
  ) throws(Diagnostics) {
    guard !scored.isEmpty else {
      throw fault(
        "metric '\(name)' is of texts, and the runs write none",
        "name a metric of texts under 'evaluate' of a pipeline that trains a writer")
    }
    for metric in metrics where !scored.contains(metric) {
      if MetricChoice.needsOptions(metric) {
        throw fault(
          "a model gives the scores of metric '\(metric)', and evaluate does not name it",
          "name it there with what it takes: evaluate: [{\(metric): {…}}]")
      }
      if TextMetrics.isOfWhole(metric) {
        throw fault(
          "metric '\(metric)' is of all texts together, and evaluate does not name it",
          "name it there: evaluate: [\(metric)]")
      }
    }
  }

  private static func fault(_ message: String, _ remedy: String) -> Diagnostics {
    Diagnostics([Diagnostic(message, place: Place(file: "--metric"), remedy: remedy)])
  }
}
