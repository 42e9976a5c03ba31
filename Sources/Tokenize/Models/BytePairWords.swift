/// What a byte-pair model knows of words by its vocabulary alone.
struct BytePairWords: Sendable {
  /// Where words may be cut without changing their tokens, or nil where that is not known.
  let seams: BytePairSeams?
  /// Words that are tokens as they stand, for `ignore_merges`.
  let whole: WholeWords?

  /// Reads the tokens of a vocabulary.
  ///
  /// - Parameter areIndependent: Whether the symbols of a word say nothing about one another.
  init(
    _ vocabulary: Vocabulary, _ input: ModelInput, ignoresMerges: Bool, _ areIndependent: Bool
  ) {
    var words = StringListBuilder()
    var ids: [Int32] = []
    if ignoresMerges || areIndependent {
      for id in vocabulary.sortedIds {
        // What is not in the alphabet is no word of bytes, nor part of one.
        guard let token = vocabulary.token(of: id), words.add(token, input) else { continue }
        ids.append(id)
      }
    }
    guard let list = words.byteList() else {
      (seams, whole) = (nil, nil)
      return
    }
    (seams, whole) = Together.both {
      areIndependent
        ? BytePairSeams((0..<list.count).lazy.map { list[$0] }, areParts: ignoresMerges) : nil
    } _: { [ids] in
      ignoresMerges ? WholeWords(list, ids: ids) : nil
    }
  }
}

/// Words that are tokens as they stand; their bytes are those of the input.
struct WholeWords: Sendable {
  private let short: ShortTokens
  private var long = ByteStringTable()
  private var longIds: [Int32] = []

  /// Takes the bytes of tokens, no two of which are equal, and their ids.
  init(_ list: StringList, ids: [Int32]) {
    var others: [Int] = []
    short = ShortTokens(list, ids: ids, others: &others)
    let span = list.bytes.span
    for index in others {
      long.insert(span, list.range(index))
      longIds.append(ids[index])
    }
  }

  /// The id of a word, or nil.
  func id(of word: ByteRange, in text: borrowing Span<UInt8>) -> Int32? {
    if 1...WordMemory.longestWord ~= word.indices.count { return short.id(of: word, in: text) }
    return long.index(of: text, word).map { longIds[$0] }
  }

  /// Gives the open words of a memory that are tokens as they stand those tokens.
  func keep(in memory: inout WordMemory) {
    short.withKernel { memory.keepWhole($0) }
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
