/// The tokens of one text before any template is put around them.
struct TokenRun: Sendable {
  var ids: [Int32] = []
  /// Empty where offsets are not wanted, like `words`.
  var origins: [Origin] = []
  var words: [Int32] = []

  /// Some of the tokens.
  subscript(range: Range<Int>) -> TokenRun {
    guard range != 0..<ids.count else { return self }
    var part = TokenRun()
    part.ids = Array(ids[range])
    guard !origins.isEmpty else { return part }
    part.origins = Array(origins[range])
    part.words = Array(words[range])
    return part
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
  ///
  /// Where merges are left out at random, what was learned before does not count.
  mutating func tokenize(
    _ text: PreTokenizedText, _ model: any TokenModel, _ draws: inout MergeDraws?
  ) {
    tokens.removeAll(keepingCapacity: true)
    wordEnds.removeAll(keepingCapacity: true)
    let bytes = text.text.bytes.span
    for word in text.words {
      if draws != nil {
        draws?.tokenize(word, of: bytes, model, to: &tokens)
      } else if !cache.append(word, of: bytes, to: &tokens) {
        let before = tokens.count
        model.tokenize(word, of: bytes, to: &tokens)
        cache.remember(word, of: bytes, tokens[before...])
      }
      wordEnds.append(tokens.count)
    }
  }
}
