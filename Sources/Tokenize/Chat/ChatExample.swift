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
  /// Which tokens the template says the assistant generates; nil where it says it of none.
  public let isGenerated: [Bool]?

  init(_ chat: RenderedChat, _ tokens: ChatTokens, _ turns: [Turn], marksGeneration: Bool) {
    ids = tokens.ids
    // Blanks whose offsets were trimmed away stand where they end.
    let places = tokens.offsets.map { range in
      range.isEmpty && range.lowerBound > 0 ? range.lowerBound - 1..<range.lowerBound : range
    }
    self.turns = turns.compactMap { turn in
      // A token belongs to a turn by its last character, so that one that begins with the blank
      // before an answer is the answer's.
      let first = places.beginning { $0.upperBound > turn.range.lowerBound }
      let end = places.beginning { $0.lowerBound >= turn.range.upperBound }
      guard first < end else { return nil }
      return Turn(
        message: turn.message, isAnswer: turn.isAnswer, range: first..<end, hasEnd: turn.hasEnd)
    }
    let units = chat.units
    isGiven = places.map { range in units[range].contains { $0.source != ChatSource.template } }
    let marks = marksGeneration ? places.map { units[$0].contains(where: \.isGenerated) } : []
    isGenerated = marks.contains(true) ? marks : nil
  }

  /// The tokens of a turn that a model learns to write, the one that ends it among them.
  ///
  /// All of the turn. Where the template marks what is generated, what it marks: some leave out
  /// turns or parts of them, some mark the header before an answer or the line break behind its end.
  public func learned(of turn: Turn) -> [Int] {
    guard let isGenerated, turn.isAnswer else { return Array(turn.range) }
    let range = widened(turn, isGenerated)
    let end = turn.hasEnd ? turn.range.upperBound - 1 : nil
    let isWritten = range.contains { isGenerated[$0] } || end == turn.range.lowerBound
    return isWritten ? range.filter { isGenerated[$0] || $0 == end } : []
  }

  /// The tokens of an answer, and those beside it that the same mark holds.
  private func widened(_ turn: Turn, _ isGenerated: [Bool]) -> Range<Int> {
    let answers = turns.filter(\.isAnswer).map(\.range)
    let before = answers.last { $0.upperBound <= turn.range.lowerBound }?.upperBound ?? 0
    let behind =
      answers.first { $0.lowerBound >= turn.range.upperBound }?.lowerBound ?? ids.count
    var (first, last) = (turn.range.lowerBound, turn.range.upperBound)
    while first > before, isGenerated[first], isGenerated[first - 1] { first -= 1 }
    while last < behind, isGenerated[last], isGenerated[last - 1] { last += 1 }
    // A mark that reaches the next turn is that turn's.
    let isNext = last == behind && last < ids.count && isGenerated[last]
    return first..<(isNext ? turn.range.upperBound : last)
  }
}

extension [Range<Int>] {
  /// The first place from which on something holds, which holds for all behind that too.
  fileprivate func beginning(where holds: (Range<Int>) -> Bool) -> Int {
    var places = 0..<count
    while !places.isEmpty {
      let middle = (places.lowerBound + places.upperBound) / 2
      places =
        holds(self[middle]) ? places.lowerBound..<middle : middle + 1..<places.upperBound
    }
    return places.lowerBound
  }
}
