/// What a language model paid for a set of tokens: the sum of their losses.
///
/// Sums merge without error of averaging, whatever the batches: add them with `+`.
public struct LanguageOutcomes: Sendable, Equatable {
  /// Sum over tokens of the negative log-likelihood, in nats.
  public var totalLoss: Double
  /// Number of tokens the sum is over.
  public var tokens: Int
  /// UTF-8 bytes of the text that the tokens write; nil when unknown.
  public var bytes: Int?

  /// Gathers a summed loss in nats over a number of predicted tokens.
  ///
  /// - Precondition: `tokens` and `bytes` are not negative.
  public init(totalLoss: Double, tokens: Int, bytes: Int? = nil) {
    precondition(tokens >= 0 && bytes ?? 0 >= 0, "\(tokens) tokens, \(bytes ?? 0) bytes")
    self.totalLoss = totalLoss
    self.tokens = tokens
    self.bytes = bytes
  }

  /// The outcomes of both sets of tokens; their bytes are known where both sides' are.
  public static func + (left: LanguageOutcomes, right: LanguageOutcomes) -> LanguageOutcomes {
    LanguageOutcomes(
      totalLoss: left.totalLoss + right.totalLoss, tokens: left.tokens + right.tokens,
      bytes: left.bytes.flatMap { bytes in right.bytes.map { bytes + $0 } })
  }
}
