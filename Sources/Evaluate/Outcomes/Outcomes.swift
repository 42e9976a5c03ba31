/// What a model did on one side of the data, of whichever task.
public enum Outcomes: Sendable {
  /// One class a record.
  case classification(ClassificationOutcomes)
  /// Losses of predicted tokens.
  case language(LanguageOutcomes)

  /// What these outcomes hold, among what metrics can ask for.
  public var provides: Set<MetricNeed> {
    switch self {
    case .language:
      return [.losses]
    case .classification(let outcomes):
      var needs: Set<MetricNeed> = [.labels]
      if outcomes.scores != nil { needs.insert(.probabilities) }
      if outcomes.totalLoss != nil { needs.insert(.losses) }
      return needs
    }
  }
}
