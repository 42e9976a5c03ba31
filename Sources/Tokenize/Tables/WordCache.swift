import CKernels

/// The tokens of words seen before, by the words' bytes.
///
/// Natural text repeats its words, so most words cost one look-up, which reads one cache line, instead of
/// a run of the model. The table starts small and grows with what it holds, to at most 16 MB for short
/// words; then a new word takes the place of another.
struct WordCache: ~Copyable {
  private var table: LargeTable<anneal_word>
  /// The same table as the kernels see it.
  private(set) var known: anneal_words
  private var used = 0
  private var victim = 0
  private var spilled = RawBuffer<UInt32>()
  /// Bits of a bucket's number.
  private static let fewestBits = 8
  private static let mostBits = 17
  private static let mostSpilled = 1 << 19
  private static let bucket = 4
  private static let tokensInSlot = Int(ANNEAL_WORD_TOKENS)
  /// The longest word that is kept here.
  static let longestWord = Int(ANNEAL_WORD_LONGEST)

  init() {
    table = LargeTable(zeros: Self.bucket << Self.fewestBits, of: anneal_word())
    known = anneal_words(
      slots: table.base, shift: UInt64(64 - Self.fewestBits), spilled: spilled.base)
  }

  /// The tokens of a word, packed as `id << 8 | end`, or nil; valid until the next word is remembered.
  func find(_ key: WordKey) -> UnsafeBufferPointer<UInt32>? {
    withUnsafePointer(to: known) { known -> UnsafeBufferPointer<UInt32>? in
      guard let slot = anneal_find_word(known, key.low, key.high) else { return nil }
      let count = Int(slot.pointee.count)
      if count > Self.tokensInSlot {
        return UnsafeBufferPointer(
          start: spilled.base + Int(slot.pointee.tokens.0), count: count)
      }
      // The tokens are the third member of a slot, behind two numbers of eight bytes.
      let tokens = UnsafeRawPointer(slot) + 16
      return UnsafeBufferPointer(
        start: tokens.assumingMemoryBound(to: UInt32.self), count: count)
    }
  }

  /// Keeps the tokens of a word that was not known.
  ///
  /// Words whose tokens do not fit stay unknown, which costs time and nothing else: no model has such words so
  /// far, as every token has a byte of its own and ids are below 2²⁴ (`Vocabulary` sees to that).
  mutating func remember(_ key: WordKey, _ tokens: [PieceToken]) {
    guard tokens.count <= Self.longestWord,
      tokens.allSatisfy({ 0..<1 << 24 ~= $0.id && 0..<1 << 8 ~= $0.end })
    else { return }
    makeRoom()
    var word = anneal_word(
      low: key.low, high: key.high, tokens: (0, 0, 0), count: UInt32(tokens.count))
    if tokens.count > Self.tokensInSlot {
      word.tokens.0 = UInt32(spilled.count)
      for token in tokens { spilled.append(Self.pack(token)) }
      known.spilled = UnsafePointer(spilled.base)
    } else {
      if tokens.count > 0 { word.tokens.0 = Self.pack(tokens[0]) }
      if tokens.count > 1 { word.tokens.1 = Self.pack(tokens[1]) }
      if tokens.count > 2 { word.tokens.2 = Self.pack(tokens[2]) }
    }
    insert(word)
  }

  /// Keeps the tokens of a word, unless it is known.
  mutating func remember(_ key: WordKey, _ merged: UnsafePointer<anneal_merged>) {
    if withUnsafePointer(to: known, { anneal_find_word($0, key.low, key.high) }) != nil { return }
    makeRoom()
    var word = anneal_word(
      low: key.low, high: key.high, tokens: (0, 0, 0), count: merged.pointee.count)
    if merged.pointee.count <= Self.tokensInSlot {
      let tokens = merged.pointee.tokens
      word.tokens = (tokens.0, tokens.1, tokens.2)
    } else {
      word.tokens.0 = UInt32(spilled.count)
      let count = Int(merged.pointee.count)
      // The tokens are what such a word begins with.
      let tokens = UnsafeRawPointer(merged).assumingMemoryBound(to: UInt32.self)
      spilled.reserve(count)
      spilled.next.update(from: tokens, count: count)
      spilled.advance(count)
      known.spilled = UnsafePointer(spilled.base)
    }
    insert(word)
  }

  private mutating func makeRoom() {
    // Spilled tokens of words that were pushed out stay until all are let go.
    if spilled.count > Self.mostSpilled { self = WordCache() }
    if used * 2 > table.count, known.shift > UInt64(64 - Self.mostBits) { grow() }
  }

  private mutating func insert(_ word: anneal_word) {
    let hash = anneal_word_hash(word.low, word.high)
    let first = table.base + Self.bucket * Int(truncatingIfNeeded: hash >> known.shift)
    for place in 0..<Self.bucket where first[place].high == 0 {
      // No word has the length 0, so that an empty slot has zeros for a key.
      first[place] = word
      used += 1
      return
    }
    victim = (victim + 1) % Self.bucket
    first[victim] = word
  }

  private mutating func grow() {
    let old = table
    // Four times as large, so that little is written again and again.
    let bits = min(64 - Int(known.shift) + 2, Self.mostBits)
    table = LargeTable(zeros: Self.bucket << bits, of: anneal_word())
    known.slots = table.base
    known.shift = UInt64(64 - bits)
    used = 0
    for index in 0..<old.count where old.base[index].high != 0 { insert(old.base[index]) }
  }

  private static func pack(_ token: PieceToken) -> UInt32 {
    UInt32(bitPattern: token.id) << 8 | UInt32(bitPattern: token.end)
  }
}

/// A word of at most 15 bytes and its length as two numbers.
struct WordKey {
  private(set) var low: UInt64 = 0
  /// The bytes from the ninth on; the uppermost byte is the length, and more than 128 for marked words.
  private(set) var high: UInt64 = 0

  /// The key of part of a text, 1 to 15 bytes long.
  ///
  /// - Parameter isPart: Whether the word is to differ from equal ones that are no parts.
  init(_ text: UnsafeBufferPointer<UInt8>, _ word: ByteRange, isPart: Bool) {
    anneal_word_key(
      text.baseAddress, Int64(text.count), anneal_range(start: word.start, end: word.end),
      isPart ? 0x80 : 0, &low, &high)
  }
}
