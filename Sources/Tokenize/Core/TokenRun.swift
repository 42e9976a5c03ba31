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
  var cache = WordCache()
  var tokens: [PieceToken] = []
}
