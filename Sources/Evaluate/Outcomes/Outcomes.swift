/// What a model did on one side of the data, of whichever task.
public enum Outcomes: Sendable {
  /// One class a record.
  case classification(ClassificationOutcomes)
  /// Losses of predicted tokens.
  case language(LanguageOutcomes)
  /// One number a record.
  case numbers(NumberOutcomes)
  /// Documents found for queries.
  case retrieval(RetrievalOutcomes)

  /// What these outcomes hold, among what metrics can ask for.
  public var provides: Set<MetricNeed> {
    switch self {
    case .language: return [.losses]
    case .numbers: return [.numbers]
    case .retrieval: return [.rankings]
    case .classification(let outcomes):
      var needs: Set<MetricNeed> = [.labels]
      if outcomes.scores != nil { needs.insert(.probabilities) }
      if outcomes.totalLoss != nil { needs.insert(.losses) }
      return needs
    }
  }

  /// What they are of, for messages.
  var subject: String {
    switch self {
    case .classification: "classes"
    case .language: "tokens"
    case .numbers: "numbers"
    case .retrieval: "searches"
    }
  }
}
