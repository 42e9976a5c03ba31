import CKernels

/// The ids of tokens of at most 15 bytes, for looking up very many; a few that find no place are not known here.
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
  /// - Parameter others: Is given the numbers of the tokens that are too long, or find no place.
  init(_ tokens: StringList, ids: [Int32], others: inout [Int]) {
    self.init(room: tokens.count)
    tokens.bytes.withUnsafeBufferPointer { bytes in
      for (index, id) in ids.enumerated() where !insert(bytes, tokens.range(index), id) {
        others.append(index)
      }
    }
  }

  /// Adds a token; false where it is too long or its bucket is full.
  private func insert(_ text: UnsafeBufferPointer<UInt8>, _ range: ByteRange, _ id: Int32) -> Bool {
    guard 1...Int(ANNEAL_WORD_LONGEST) ~= range.indices.count else { return false }
    var word = anneal_word()
    anneal_word_key(
      text.baseAddress, Int64(text.count), anneal_range(start: range.start, end: range.end), 0,
      &word.low, &word.high)
    word.tokens.0 = UInt32(bitPattern: id)
    let hash = anneal_word_hash(word.low, word.high)
    let first = table.base + Self.bucket * Int(truncatingIfNeeded: hash >> shift)
    for place in 0..<Self.bucket where first[place].high == 0 {
      first[place] = word
      return true
    }
    return false
  }

  /// Writes the id of each word of a group, or -1 where it is not known here.
  @inline(__always)
  func look(
    up words: UnsafeBufferPointer<anneal_range>, in text: UnsafeBufferPointer<UInt8>,
    _ ids: UnsafeMutablePointer<Int32>
  ) {
    precondition(words.count <= Self.group, "a group of \(words.count) words")
    var known = anneal_words(slots: table.base, shift: shift, spilled: nil)
    anneal_first_tokens(
      &known, text.baseAddress, Int64(text.count), words.baseAddress, Int64(words.count), ids)
  }
}
