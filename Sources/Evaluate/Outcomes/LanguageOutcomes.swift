/// What a language model paid for a set of tokens: the sum of their losses.
///
/// Sums merge without error of averaging, whatever the batches: add them with `+`.
public struct LanguageOutcomes: Sendable, Equatable {
  /// Sum over tokens of the negative log-likelihood, in nats.
  public var totalLoss: Double
  /// Number of tokens the sum is over.
  public var tokens: Int

  /// Gathers a summed loss in nats over a number of predicted tokens.
  ///
  /// - Precondition: `tokens` is not negative.
  public init(totalLoss: Double, tokens: Int) {
    precondition(tokens >= 0, "\(tokens) tokens")
    self.totalLoss = totalLoss
    self.tokens = tokens
  }

  /// The outcomes of both sets of tokens.
  public static func + (left: LanguageOutcomes, right: LanguageOutcomes) -> LanguageOutcomes {
    LanguageOutcomes(
      totalLoss: left.totalLoss + right.totalLoss, tokens: left.tokens + right.tokens)
  }
}
