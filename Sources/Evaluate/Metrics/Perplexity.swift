import Foundation

extension LanguageOutcomes {
  /// Mean loss a token, in nats; NaN without tokens.
  public var meanLoss: Double { totalLoss / Double(tokens) }

  /// Perplexity a token: e to the mean loss.
  ///
  /// NaN without tokens, infinite past 709 nats.
  public var perplexity: Double { exp(meanLoss) }
}

let perplexityMetric = MetricDescriptor(
  name: "perplexity", summary: "e to the mean loss a token: how many tokens it hesitates between.",
  needs: .losses, direction: .lower, isOfTokens: true
) { outcomes in
  guard case .language(let outcomes) = outcomes else {
    return .unavailable("perplexity is of tokens; these outcomes are of \(outcomes.subject)")
  }
  guard outcomes.tokens > 0 else { return .unavailable("there are no tokens") }
  return .number(
    outcomes.perplexity, orElse: "a mean loss of \(outcomes.meanLoss) nats has no finite perplexity"
  )
}
