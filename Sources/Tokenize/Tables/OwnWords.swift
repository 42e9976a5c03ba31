import CKernels

/// The tokens of words that are not looked up by their bytes, of one thread.
struct OwnWords: ~Copyable {
  private var words = RawBuffer<anneal_word>()
  /// The tokens of words with more than three.
  private var spilled = RawBuffer<UInt32>()

  private static let mostWords = 1 << 16
  private static let mostSpilled = 1 << 20

  /// Whether it is time to forget them, so that no more memory is taken.
  var areMany: Bool { words.count >= Self.mostWords || spilled.count >= Self.mostSpilled }

  /// Adds a word whose tokens fit in eight bits of place and 24 of id, and returns its number.
  mutating func add(_ tokens: [PieceToken]) -> UInt32 {
    precondition(words.count <= Int(ANNEAL_NUMBER_OWN_REST), "\(words.count) words of one thread")
    let number = UInt32(ANNEAL_NUMBER_OWN) | UInt32(words.count)
    var word = anneal_word()
    word.count = UInt32(tokens.count)
    if tokens.count > Int(ANNEAL_WORD_TOKENS) {
      word.tokens.0 = UInt32(spilled.count)
      for token in tokens { spilled.append(token.packed) }
    } else {
      withUnsafeMutableBytes(of: &word.tokens) { kept in
        let kept = kept.bindMemory(to: UInt32.self)
        for (place, token) in tokens.enumerated() { kept[place] = token.packed }
      }
    }
    words.append(word)
    return number
  }

  /// The words as the kernels see them, for as long as none is added.
  var kernel: anneal_own_words { anneal_own_words(words: words.base, spilled: spilled.base) }
}
