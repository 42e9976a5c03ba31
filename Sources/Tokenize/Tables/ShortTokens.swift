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
    var bits: UInt64 = 2
    while Self.bucket << bits < vocabulary.count * 2 { bits += 1 }
    let table = LargeTable(repeating: anneal_word(), count: Self.bucket << bits)
    let shift = 64 - bits
    vocabulary.forEachToken { text, range, id in
      guard 1...Int(ANNEAL_WORD_LONGEST) ~= range.indices.count else { return }
      var word = anneal_word()
      anneal_word_key(
        text.baseAddress, Int64(text.count), anneal_range(start: range.start, end: range.end), 0,
        &word.low, &word.high)
      word.tokens.0 = UInt32(bitPattern: id)
      let hash = anneal_word_hash(word.low, word.high)
      let first = table.base + Self.bucket * Int(truncatingIfNeeded: hash >> shift)
      // Tokens of full buckets are left to the vocabulary.
      for place in 0..<Self.bucket where first[place].high == 0 {
        first[place] = word
        return
      }
    }
    self.table = table
    self.shift = shift
  }

  /// Writes the id of each word of a group, or -1 where it is not known here.
  @inline(__always)
  func look(
    up words: UnsafeBufferPointer<anneal_range>, in text: UnsafeBufferPointer<UInt8>,
    _ keys: UnsafeMutablePointer<anneal_word_keys>, _ ids: UnsafeMutablePointer<Int32>
  ) {
    precondition(words.count <= Self.group, "a group of \(words.count) words")
    var known = anneal_words(slots: table.base, shift: shift, spilled: nil)
    anneal_key_words(
      &known, text.baseAddress, Int64(text.count), words.baseAddress, Int64(words.count), keys)
    anneal_first_tokens(&known, keys, Int64(words.count), ids)
  }
}
