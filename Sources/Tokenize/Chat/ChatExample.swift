/// A conversation as tokens, with its turns.
public struct ChatExample: Sendable {
  /// The tokens of one message, from where the model would begin to write.
  public struct Turn: Sendable, Equatable {
    /// The message's place in the conversation.
    public let message: Int
    /// Whether the assistant speaks.
    public let isAnswer: Bool
    /// Its characters, then its tokens.
    public internal(set) var range: Range<Int>
    /// Whether a token that ends the turn is the last of them.
    public let hasEnd: Bool
  }

  /// The tokens.
  public let ids: [Int32]
  /// The turns that have tokens, in order; each with the range of its tokens.
  public let turns: [Turn]
  /// Which tokens stand for text that was given rather than for the template's own.
  public let isGiven: [Bool]
  /// Which tokens the template says the assistant generates; nil where it says nothing of that.
  public let isGenerated: [Bool]?

  init(_ chat: RenderedChat, _ tokens: ChatTokens, _ turns: [Turn], marksGeneration: Bool) {
    ids = tokens.ids
    self.turns = turns.compactMap { turn in
      // A token belongs to a turn by its last character, so that one that begins with the blank
      // before an answer is the answer's.
      let places = tokens.offsets.indices.filter {
        tokens.offsets[$0].upperBound > turn.range.lowerBound
          && tokens.offsets[$0].lowerBound < turn.range.upperBound
      }
      guard let first = places.first, let last = places.last else { return nil }
      return Turn(
        message: turn.message, isAnswer: turn.isAnswer, range: first..<(last + 1),
        hasEnd: turn.hasEnd)
    }
    let units = chat.units
    isGiven = tokens.offsets.map { range in
      units[range].contains { $0.source != ChatSource.template }
    }
    isGenerated =
      marksGeneration
      ? tokens.offsets.map { range in units[range].contains { $0.isGenerated } } : nil
  }
}
