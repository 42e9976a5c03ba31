/// The tokens of one text before any template is put around them.
struct TokenRun: Sendable {
  var ids: [Int32] = []
  /// Empty where offsets are not wanted, like `words`.
  var origins: [Origin] = []
  var words: [Int32] = []
  /// The origins that the tokens have where a window begins with them; empty where these are the same.
  var firstOrigins: [Origin] = []

  /// Some of the tokens.
  subscript(range: Range<Int>) -> TokenRun {
    guard range != 0..<ids.count else { return self }
    var part = TokenRun()
    part.ids = Array(ids[range])
    guard !origins.isEmpty else { return part }
    part.origins = Array(origins[range])
    part.words = Array(words[range])
    if !firstOrigins.isEmpty, !range.isEmpty { part.origins[0] = firstOrigins[range.lowerBound] }
    return part
  }
}
