import CKernels

/// The ids of tokens of at most 15 bytes, for looking up very many.
///
/// Of `Vocabulary`, which knows all tokens, a look-up reads four places that depend on each other; here it is
/// one, and the processor is asked for those of a whole group before the first is read.
struct ShortTokens: Sendable {
  private let table: LargeTable<anneal_word>
  /// 64 less the number of bits of a bucket's number.
  private let shift: UInt64
  private static let bucket = 4
  /// How many are looked up at once.
  static let group = Int(ANNEAL_WORD_GROUP)

  init(_ vocabulary: Vocabulary) {
    self.init(room: vocabulary.count)
    vocabulary.forEachToken { text, range, id in _ = insert(text, range, id) }
  }

  /// A table with room for some tokens.
  private init(room count: Int) {
    var bits: UInt64 = 2
    while Self.bucket << bits < count * 2 { bits += 1 }
    table = LargeTable(zeros: Self.bucket << Int(bits), of: anneal_word())
    shift = 64 - bits
  }

  /// Takes the bytes of tokens, no two of which are equal, and their ids.
  ///
  /// - Parameter others: Is given the numbers of the tokens that are empty or too long.
  init(_ tokens: StringList, ids: [Int32], others: inout [Int]) {
    self.init(room: tokens.count)
    tokens.bytes.withUnsafeBufferPointer { bytes in
      for (index, id) in ids.enumerated() where !insert(bytes, tokens.range(index), id) {
        others.append(index)
      }
    }
  }

  /// Adds a token; false where it is empty or too long.
  private func insert(_ text: UnsafeBufferPointer<UInt8>, _ range: ByteRange, _ id: Int32) -> Bool {
    guard 1...Int(ANNEAL_WORD_LONGEST) ~= range.indices.count else { return false }
    var word = anneal_word()
    anneal_word_key(
      text.baseAddress, Int64(text.count), anneal_range(start: range.start, end: range.end),
      &word.low, &word.high)
    word.tokens.0 = UInt32(bitPattern: id)
    // Half of the places stay free, so that one is found.
    let hash = anneal_word_hash(word.low, word.high)
    var place = Self.bucket * Int(truncatingIfNeeded: hash >> shift)
    while table.base[place].high != 0 { place = (place + 1) & (table.count - 1) }
    table.base[place] = word
    return true
  }

  /// The id of a word of 1 to 15 bytes, or nil.
  func id(of word: ByteRange, in text: borrowing Span<UInt8>) -> Int32? {
    var low: UInt64 = 0
    var high: UInt64 = 0
    text.withUnsafeBufferPointer { text in
      anneal_word_key(
        text.baseAddress, Int64(text.count), anneal_range(start: word.start, end: word.end), &low,
        &high)
    }
    return withKernel { known in
      withUnsafePointer(to: known) { anneal_find_word($0, low, high) }.map {
        Int32(bitPattern: $0.pointee.tokens.0)
      }
    }
  }

  /// Hands the table as the kernels see it to `body`.
  func withKernel<Result>(_ body: (anneal_words) -> Result) -> Result {
    withExtendedLifetime(table) { body(anneal_words(slots: table.base, shift: shift)) }
  }

  /// Writes the id of each word of a group, or -1 where it is not known here.
  @inline(__always)
  func look(
    up words: UnsafeBufferPointer<anneal_range>, in text: UnsafeBufferPointer<UInt8>,
    _ ids: UnsafeMutablePointer<Int32>
  ) {
    precondition(words.count <= Self.group, "a group of \(words.count) words")
    withKernel { known in
      withUnsafePointer(to: known) {
        anneal_first_tokens(
          $0, text.baseAddress, Int64(text.count), words.baseAddress, Int64(words.count), ids)
      }
    }
  }
}
