/// The tokens of one text before any template is put around them.
struct TokenRun: Sendable {
  var ids: [Int32] = []
  /// Empty where offsets are not wanted, like `words`.
  var origins: [Origin] = []
  var words: [Int32] = []

  /// Keeps so many tokens at the end or the beginning.
  mutating func truncate(to count: Int, cutsLeft: Bool) {
    guard count < ids.count else { return }
    let kept = cutsLeft ? ids.count - count..<ids.count : 0..<count
    ids = Array(ids[kept])
    guard !origins.isEmpty else { return }
    origins = Array(origins[kept])
    words = Array(words[kept])
  }
}

/// What one thread keeps between texts.
struct Workspace: Sendable {
  private var cache = WordCache()
  /// The tokens of the words of one piece of text.
  private(set) var tokens: [PieceToken] = []
  /// Where each word's tokens end.
  private(set) var wordEnds: [Int] = []

  /// Replaces the tokens by those of the words of a piece.
  mutating func tokenize(_ text: PreTokenizedText, _ model: any TokenModel) {
    tokens.removeAll(keepingCapacity: true)
    wordEnds.removeAll(keepingCapacity: true)
    let bytes = text.text.bytes.span
    for word in text.words {
      if !cache.append(word, of: bytes, to: &tokens) {
        let before = tokens.count
        model.tokenize(word, of: bytes, to: &tokens)
        cache.remember(word, of: bytes, tokens[before...])
      }
      wordEnds.append(tokens.count)
    }
  }
}
