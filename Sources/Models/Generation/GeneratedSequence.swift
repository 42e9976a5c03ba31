/// The tokens that a model generated for a prompt.
public struct GeneratedSequence: Sendable, Equatable {
  /// Why a sequence ended.
  public enum Reason: String, Sendable {
    /// Its last token is one that ends sequences.
    case end
    /// It is as long as it may be.
    case length
    /// It holds a text that ends sequences.
    case stopString
  }

  /// The new tokens, the one that ends the sequence included.
  public let tokens: [Int32]
  /// Why it ended.
  public let reason: Reason
  /// The sum of its log-probabilities divided by its length to the length penalty; nil without beams.
  public let score: Float?

  /// A generated sequence.
  public init(tokens: [Int32], reason: Reason, score: Float? = nil) {
    self.tokens = tokens
    self.reason = reason
    self.score = score
  }
}
