import Evaluate
import Records
import Stages

// MARK: - Classes and numbers

extension ScoreTool {
  /// The fields that hold classes or numbers, of the references and of the hypotheses.
  private func recordFields() throws(StageError) -> (reference: String?, hypothesis: String?) {
    (try referenceField(references[0]), try hypothesisField)
  }

  /// What a metric of classes or numbers is computed of.
  func outcomes(for name: String) throws(StageError) -> Outcomes {
    let fields = try recordFields()
    guard Self.needs(name).contains(.numbers) else {
      let reader = ScoreLabels(
        reference: references[0], hypothesis: hypotheses, referenceField: fields.reference,
        hypothesisField: fields.hypothesis, labels: labels)
      return .classification(try outcomes(for: name, reader))
    }
    return .numbers(
      try ScoreNumbers(
        reference: references[0], hypothesis: hypotheses, referenceField: fields.reference,
        hypothesisField: fields.hypothesis
      ).outcomes())
  }

  /// What a metric looks at: predicted classes, scores, or the order that scores give.
  private func outcomes(
    for name: String, _ reader: ScoreLabels
  ) throws(StageError) -> ClassificationOutcomes {
    let catalog = MetricCatalog.standard
    let canonical = catalog.canonicalName(name)
    let ofScores = catalog.metrics.filter { metric in
      metric.needs == .probabilities
        && (metric.name == canonical || metric.name.hasPrefix("\(canonical)."))
    }
    guard !ofScores.isEmpty else { return try reader.outcomes() }
    return try reader.scoredOutcomes(ranked: ofScores.allSatisfy(\.isOfOrder))
  }
}
