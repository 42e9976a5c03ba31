import Tensors
package import Tokenize

/// Tokens of a causal example under construction, and which of them are learned.
///
/// Each exchange is encoded as one text, so that tokens are the model's own even where the prompt
/// meets the answer; offsets then tell which tokens belong to the answer.
package struct CausalText {
  package private(set) var tokens: [Int32] = []
  package private(set) var isLearned: [Bool] = []
  package private(set) var isTruncated = false
  private let limit: Int
  private let end: Int32

  /// An empty text of at most `limit` tokens whose turns end with the token `end`.
  package init(limit: Int, end: Int32) {
    self.limit = limit
    self.end = end
  }

  /// Appends a whole text, all of it learned, and its end; a text that does not fit loses its end.
  package mutating func append(text: String, _ tokenizer: Tokenizer) {
    var ids = tokenizer.ids(of: text)
    if ids.last != end { ids.append(end) }
    isTruncated = ids.count > limit
    tokens = Array(ids.prefix(limit))
    isLearned = tokens.map { _ in true }
  }

  /// Appends an exchange; false where nothing more fits.
  ///
  /// What does not fit is cut from the beginning of the prompt and from the end of the answer, in
  /// proportion as LLaMA-Factory does it, but never the answer's end-of-turn token.
  package mutating func append(
    _ turn: RenderedTurn, learnsPrompt: Bool, learnsAnswer: Bool = true, _ tokenizer: Tokenizer
  ) -> Bool {
    let room = limit - tokens.count
    guard room >= 2 else {
      isTruncated = true
      return false
    }
    let encoding = tokenizer.encode(
      turn.prompt + turn.answer, options: Self.options(addSpecialTokens: tokens.isEmpty))
    let boundary = Int32(turn.prompt.unicodeScalars.count)
    let first = encoding.offsets.firstIndex { $0.upperBound > boundary } ?? encoding.count
    var answer = Array(encoding.ids[first...])
    if answer.last != end { answer.append(end) }
    let kept = Self.kept(prompt: first, answer: answer.count, room: room)
    isTruncated = isTruncated || kept != (first, answer.count)
    if kept.answer < answer.count { answer = answer.prefix(kept.answer - 1) + [end] }
    tokens += encoding.ids[first - kept.prompt..<first] + answer
    isLearned +=
      Array(repeating: learnsPrompt, count: kept.prompt) + answer.map { _ in learnsAnswer }
    return true
  }

  /// How exchanges are encoded: what a user writes is text, whatever special token it spells.
  package static func options(addSpecialTokens: Bool) -> EncodingOptions {
    var options = EncodingOptions()
    options.addSpecialTokens = addSpecialTokens
    options.treatsSpecialTokensAsText = true
    return options
  }

  /// How many tokens of prompt and answer are kept; the answer keeps at least one.
  package static func kept(prompt: Int, answer: Int, room: Int) -> (prompt: Int, answer: Int) {
    guard prompt + answer > room else { return (prompt, answer) }
    let most: Int
    if answer * 2 < room {
      most = room
    } else if prompt * 2 < room {
      most = room - prompt
    } else {
      most = room * answer / (prompt + answer)
    }
    let kept = max(1, min(most, answer))
    return (min(prompt, room - kept), kept)
  }

  /// What each token predicts: the next one where that is learned.
  package var targets: [Int32] {
    zip(tokens, isLearned).dropFirst().map { $1 ? $0 : Tape.ignoredTarget } + [Tape.ignoredTarget]
  }
}
