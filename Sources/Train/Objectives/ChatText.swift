import Tensors
package import Tokenize

/// A conversation of a chat template as a causal example: what is learned, and what is cut.
package struct ChatText {
  package private(set) var tokens: [Int32] = []
  package private(set) var isLearned: [Bool] = []
  package private(set) var isTruncated = false

  /// Marks what is learned and cuts to a length.
  /// - Parameters:
  ///   - learned: Which messages are learned, by their place.
  ///   - learnsAll: Whether every token is learned, whoever speaks.
  package init(_ example: ChatExample, learned: [Bool], learnsAll: Bool, limit: Int) {
    var mask = [Bool](repeating: learnsAll, count: example.ids.count)
    for turn in example.turns where learned[turn.message] {
      for place in example.learned(of: turn) { mask[place] = true }
    }
    let kept = ChatCut(example, limit: limit).kept
    isTruncated = kept.count < example.ids.count
    tokens = kept.map { example.ids[$0] }
    isLearned = kept.map { mask[$0] }
  }

  /// What each token predicts: the next one where that is learned.
  package var targets: [Int32] {
    zip(tokens, isLearned).dropFirst().map { $1 ? $0 : Tape.ignoredTarget } + [Tape.ignoredTarget]
  }
}

/// Which tokens of a conversation fit a length.
///
/// Exchanges are kept from the first on. The first that does not fit whole gives up text of its
/// prompt, oldest first, and the end of its answer, in the proportion that LLaMA-Factory has; what
/// the template writes stays, and so does the token that ends the answer.
private struct ChatCut {
  private(set) var kept: [Int] = []
  private let example: ChatExample
  private let limit: Int

  init(_ example: ChatExample, limit: Int) {
    self.example = example
    self.limit = limit
    let count = example.ids.count
    guard count > limit else {
      kept = Array(0..<count)
      return
    }
    var start = 0
    // A turn of someone else is part of the prompt of the answer behind it.
    for turn in example.turns where turn.isAnswer {
      guard turn.range.lowerBound >= start else { continue }
      let exchange = start..<turn.range.upperBound
      guard kept.count + exchange.count <= limit else {
        cut(exchange, turn)
        return
      }
      kept += exchange
      start = exchange.upperBound
    }
    kept += (start..<count).prefix(limit - kept.count)
  }

  /// Cuts an exchange to what is left, or leaves it out where only the template's part would fit.
  private mutating func cut(_ exchange: Range<Int>, _ turn: ChatExample.Turn) {
    let room = limit - kept.count
    let prompt = exchange.lowerBound..<turn.range.lowerBound
    let written = prompt.filter { !example.isGiven[$0] }
    guard room >= written.count + 2 || kept.isEmpty, room >= 1 else { return }
    let share = CausalText.kept(prompt: prompt.count, answer: turn.range.count, room: room)
    // The template's part of the prompt goes before the answer's text, as far as there is room.
    let most = max(share.prompt, min(written.count, room - 1))
    let answer = max(1, min(share.answer, room - most))
    var surplus = prompt.count - most
    var head: [Int] = []
    for place in prompt {
      let isCut = surplus > 0 && (example.isGiven[place] || most < written.count)
      if isCut { surplus -= 1 } else { head.append(place) }
    }
    kept += head + tail(turn, answer)
  }

  /// The first tokens of an answer and the one that ends it.
  private func tail(_ turn: ChatExample.Turn, _ count: Int) -> [Int] {
    guard count < turn.range.count, turn.hasEnd else { return Array(turn.range.prefix(count)) }
    return Array(turn.range.prefix(count - 1)) + [turn.range.upperBound - 1]
  }
}
