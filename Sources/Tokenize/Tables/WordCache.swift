/// The tokens of words seen before, by the words' bytes.
///
/// Natural text repeats its words, so most words cost one look-up, which reads one cache line, instead of
/// a run of the model. Memory is bounded: about 2 MB for short words, and as much for long ones.
struct WordCache: Sendable {
  /// A short word and its tokens, packed as `id << 8 | end`; 32 bytes.
  private struct Slot: Sendable {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var length: UInt32 = 0
    var count: UInt32 = 0
    /// The tokens, if there are at most two; else where they begin among the spilled ones.
    var first: UInt32 = 0
    var second: UInt32 = 0
  }

  private var slots: [Slot]
  private var spilled: [PieceToken] = []
  private var long = LongWordCache()
  private static let slotCount = 1 << 16
  private static let mostSpilled = 1 << 17

  init() { slots = [Slot](repeating: Slot(), count: Self.slotCount) }

  /// Appends the tokens of a word if it is known, and says whether it is.
  @inline(__always)
  mutating func append(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to output: inout [PieceToken]
  ) -> Bool {
    if word.end &- word.start > Int32(WordKey.longest) {
      return long.append(word, of: text, to: &output)
    }
    let key = WordKey(text, word)
    var place = Int(truncatingIfNeeded: key.hash) & (Self.slotCount - 1)
    if !holds(place, key) {
      place ^= 1
      if !holds(place, key) { return false }
    }
    let count = slots[place].count
    if count == 1 {
      output.append(Self.unpack(slots[place].first))
    } else if count == 2 {
      output.append(Self.unpack(slots[place].first))
      output.append(Self.unpack(slots[place].second))
    } else {
      let start = Int(slots[place].first)
      for index in start..<start + Int(count) { output.append(spilled[index]) }
    }
    return true
  }

  @inline(__always)
  private func holds(_ place: Int, _ key: WordKey) -> Bool {
    slots[place].low == key.low && slots[place].high == key.high
      && slots[place].length == key.length
  }

  /// Keeps the tokens of a word that was not known.
  mutating func remember(
    _ word: ByteRange, of text: borrowing Span<UInt8>, _ tokens: ArraySlice<PieceToken>
  ) {
    if word.end - word.start > Int32(WordKey.longest) {
      return long.remember(word, of: text, tokens)
    }
    // Spilled tokens of words that were pushed out stay until all are let go.
    if spilled.count > Self.mostSpilled { self = WordCache() }
    let key = WordKey(text, word)
    var slot = Slot(
      low: key.low, high: key.high, length: key.length, count: UInt32(tokens.count))
    if tokens.count > 2 {
      slot.first = UInt32(spilled.count)
      spilled.append(contentsOf: tokens)
    } else {
      slot.first = tokens.first.map(Self.pack) ?? 0
      slot.second = tokens.last.map(Self.pack) ?? 0
    }
    let place = Int(truncatingIfNeeded: key.hash) & (Self.slotCount - 1)
    slots[slots[place].length == 0 ? place : place ^ 1] = slot
  }

  /// Ids are below 2²⁴ (`Vocabulary` sees to that) and ends at most 16.
  private static func pack(_ token: PieceToken) -> UInt32 {
    UInt32(token.id) << 8 | UInt32(token.end)
  }

  @inline(__always)
  private static func unpack(_ packed: UInt32) -> PieceToken {
    PieceToken(
      id: Int32(truncatingIfNeeded: packed >> 8), end: Int32(truncatingIfNeeded: packed & 0xFF))
  }
}

/// The same for words of more than 16 bytes; when it is full it starts afresh.
private struct LongWordCache: Sendable {
  private var words = ByteStringTable()
  private var tokens: [PieceToken] = []
  /// Where the tokens of each word begin; one element more than there are words.
  private var starts: [Int32] = [0]
  private static let mostWords = 1 << 14
  /// Longer words hardly ever come again.
  private static let longestWord = 64

  func append(
    _ word: ByteRange, of text: borrowing Span<UInt8>, to output: inout [PieceToken]
  ) -> Bool {
    guard word.indices.count <= Self.longestWord, let index = words.index(of: text, word) else {
      return false
    }
    output.append(contentsOf: tokens[Int(starts[index])..<Int(starts[index + 1])])
    return true
  }

  mutating func remember(
    _ word: ByteRange, of text: borrowing Span<UInt8>, _ added: ArraySlice<PieceToken>
  ) {
    guard word.indices.count <= Self.longestWord else { return }
    if words.count >= Self.mostWords { self = LongWordCache() }
    words.insert(text, word)
    tokens += added
    starts.append(Int32(tokens.count))
  }
}
