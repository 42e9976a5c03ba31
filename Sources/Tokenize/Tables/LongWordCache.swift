/// The numbers of words of 16 to 64 bytes met before; when it is full it starts afresh.
struct LongWordCache: ~Copyable {
  private var words = ByteStringTable()
  private var numbers: [UInt32] = []
  private static let mostWords = 1 << 15
  /// Longer words hardly ever come again.
  static let longest = 64

  /// The number of a word, or nil.
  func find(_ word: ByteRange, of text: borrowing Span<UInt8>) -> UInt32? {
    words.index(of: text, word).map { numbers[$0] }
  }

  /// Keeps the number of a word that was not known.
  mutating func remember(_ word: ByteRange, of text: borrowing Span<UInt8>, _ number: UInt32) {
    if words.count >= Self.mostWords { self = LongWordCache() }
    words.insert(text, word)
    numbers.append(number)
  }
}
