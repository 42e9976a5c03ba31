/// What a byte-pair model knows of words by its vocabulary alone.
struct BytePairWords: Sendable {
  /// Where words may be cut without changing their tokens, or nil where that is not known.
  let seams: BytePairSeams?
  /// Words that are tokens as they stand, for `ignore_merges`; their bytes are those of the input.
  private let whole: ByteStringTable?
  private var ids: [Int32] = []

  /// Reads the tokens of a vocabulary.
  ///
  /// - Parameter areIndependent: Whether the symbols of a word say nothing about one another.
  init(
    _ vocabulary: Vocabulary, _ input: ModelInput, ignoresMerges: Bool, _ areIndependent: Bool
  ) {
    var words = StringListBuilder()
    if ignoresMerges || areIndependent {
      for id in vocabulary.sortedIds {
        // What is not in the alphabet is no word of bytes, nor part of one.
        guard let token = vocabulary.token(of: id), words.add(token, input) else { continue }
        ids.append(id)
      }
    }
    let list = words.byteList()
    seams =
      areIndependent
      ? list.map { list in
        BytePairSeams((0..<list.count).lazy.map { list[$0] }, areParts: ignoresMerges)
      } : nil
    // Different tokens stand for different bytes, so that there always is a table.
    whole = ignoresMerges ? list.flatMap { ByteStringTable($0) } : nil
  }

  /// The id of a word that is a token as it stands, or nil.
  @inline(__always)
  func id(of word: ByteRange, in text: borrowing Span<UInt8>) -> Int32? {
    whole?.index(of: text, word).map { ids[$0] }
  }
}

extension StringListBuilder {
  /// Adds a token as the bytes of the input that it stands for; false, and nothing added, where it stands for
  /// none.
  fileprivate mutating func add(_ token: ArraySlice<UInt8>, _ input: ModelInput) -> Bool {
    token.withUnsafeBufferPointer { token in
      if input == .text {
        add(token)
      } else {
        let span = token.span
        var place = 0
        while place < span.count {
          let (scalar, length) = UTF8Scalars.decode(span, at: place)
          guard let byte = ByteAlphabet.byte(of: scalar) else {
            dropString()
            return false
          }
          add(byte)
          place += length
        }
      }
      endString()
      return true
    }
  }
}
