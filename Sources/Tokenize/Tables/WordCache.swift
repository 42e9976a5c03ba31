/// The tokens of words seen before, by the words' bytes.
///
/// Natural text repeats its words, so most words cost one look-up instead of a run of the model. The
/// cache is bounded: when it is full it starts afresh.
struct WordCache: Sendable {
  private var words = ByteStringTable(capacity: 1 << 12)
  private var tokens: [PieceToken] = []
  /// Where the tokens of each word begin; one element more than there are words.
  private var starts: [Int] = [0]
  private static let mostWords = 1 << 17
  /// Longer words hardly ever come again.
  private static let longestWord = 255

  /// Appends the tokens of a word: from the cache, or from the model, which is then remembered.
  @inline(__always)
  mutating func append(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to output: inout [PieceToken],
    else model: (inout [PieceToken]) -> Void
  ) {
    guard word.indices.count <= Self.longestWord else { return model(&output) }
    let (index, isNew) = words.insert(text, word)
    if isNew {
      model(&tokens)
      starts.append(tokens.count)
    }
    for place in starts[index]..<starts[index + 1] { output.append(tokens[place]) }
    if words.count >= Self.mostWords { self = WordCache() }
  }
}
