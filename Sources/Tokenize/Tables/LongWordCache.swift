/// The tokens of words of 16 to 64 bytes seen before; when it is full it starts afresh.
struct LongWordCache: ~Copyable {
  private var words = ByteStringTable()
  private var tokens: [PieceToken] = []
  /// Where the tokens of each word begin; one element more than there are words.
  private var starts: [Int32] = [0]
  private static let mostWords = 1 << 15
  /// Longer words hardly ever come again.
  static let longest = 64

  /// The tokens of a word, or nil.
  func find(_ word: ByteRange, of text: borrowing Span<UInt8>) -> ArraySlice<PieceToken>? {
    words.index(of: text, word).map { tokens[Int(starts[$0])..<Int(starts[$0 + 1])] }
  }

  /// Keeps the tokens of a word that was not known.
  mutating func remember(
    _ word: ByteRange, of text: borrowing Span<UInt8>, _ added: [PieceToken]
  ) {
    if words.count >= Self.mostWords { self = LongWordCache() }
    words.insert(text, word)
    tokens.append(contentsOf: added)
    starts.append(Int32(tokens.count))
  }
}
