/// The tokens of words seen before, by the words' bytes.
///
/// Natural text repeats its words, so most words cost one look-up, which reads one cache line, instead of
/// a run of the model; the most frequent ones are kept twice, close by. The table starts small and grows with what it holds, to at most 8 MB for short
/// words; then a new word takes the place of one of two.
struct WordCache: ~Copyable {
  /// A short word and its tokens, packed as `id << 8 | end`; 32 bytes, two of them a cache line.
  struct Slot: BitwiseCopyable {
    fileprivate var low: UInt64
    fileprivate(set) var high: UInt64
    /// The tokens, if there are at most three; else `first` is where they begin among the spilled ones.
    var first: UInt32
    var second: UInt32
    var third: UInt32
    var count: UInt32

    /// The most tokens that stand in the slot itself.
    static let most = 3
  }

  private var slots: UnsafeMutablePointer<Slot>
  private var table: LargeTable<Slot>
  /// Copies of the slots asked for last, few enough to stay in the processor's second cache.
  private let recent: LargeTable<Slot>
  /// 64 less the number of bits of a place.
  private var shift: UInt64
  private var used = 0
  private var spilled = RawBuffer<UInt32>()
  private static let fewestBits: UInt64 = 9
  private static let mostBits: UInt64 = 18
  private static let recentMask: UInt64 = (1 << 12) - 1
  private static let mostSpilled = 1 << 19
  private static let empty = Slot(low: 0, high: 0, first: 0, second: 0, third: 0, count: 0)

  init() {
    shift = 64 - Self.fewestBits
    table = LargeTable(repeating: Self.empty, count: 1 << Int(Self.fewestBits))
    slots = table.base
    recent = LargeTable(repeating: Self.empty, count: Int(Self.recentMask) + 1)
  }

  /// The place where `find` is going to look for a word; to be read ahead of time.
  @inline(__always)
  func place(of key: WordKey) -> UnsafePointer<Slot> {
    let hash = key.hash
    let near = recent.base + Int(truncatingIfNeeded: hash & Self.recentMask)
    let isNear = near.pointee.low == key.low
    return UnsafePointer(isNear ? near : slots + Int(truncatingIfNeeded: hash >> shift))
  }

  /// The slot of a word, or nil; valid until the next word is looked for or remembered.
  ///
  /// Which of the two places holds a word cannot be foreseen, so that both are compared without a branch.
  @inline(__always)
  func find(_ key: WordKey) -> UnsafePointer<Slot>? {
    let hash = key.hash
    let near = recent.base + Int(truncatingIfNeeded: hash & Self.recentMask)
    if near.pointee.low == key.low, near.pointee.high == key.high { return UnsafePointer(near) }
    let place = Int(truncatingIfNeeded: hash >> shift)
    let slot = slots + place
    let other = slots + (place ^ 1)
    let isHere = (slot.pointee.low ^ key.low) | (slot.pointee.high ^ key.high)
    let isThere = (other.pointee.low ^ key.low) | (other.pointee.high ^ key.high)
    if isHere != 0, isThere != 0 { return nil }
    near.pointee = (isHere == 0 ? slot : other).pointee
    return UnsafePointer(near)
  }

  /// The tokens of a slot with more than three.
  @inline(__always)
  func spilled(of slot: UnsafePointer<Slot>) -> UnsafePointer<UInt32> {
    UnsafePointer(spilled.base + Int(slot.pointee.first))
  }

  /// Keeps the tokens of a word that was not known.
  mutating func remember(_ key: WordKey, _ tokens: [PieceToken]) {
    // Spilled tokens of words that were pushed out stay until all are let go.
    if spilled.count > Self.mostSpilled { self = WordCache() }
    if used > 1 << Int(63 - shift), shift > 64 - Self.mostBits { grow() }
    var slot = Slot(
      low: key.low, high: key.high, first: 0, second: 0, third: 0, count: UInt32(tokens.count))
    if tokens.count > Slot.most {
      slot.first = UInt32(spilled.count)
      for token in tokens { spilled.append(Self.pack(token)) }
    } else {
      if tokens.count > 0 { slot.first = Self.pack(tokens[0]) }
      if tokens.count > 1 { slot.second = Self.pack(tokens[1]) }
      if tokens.count > 2 { slot.third = Self.pack(tokens[2]) }
    }
    insert(slot, at: key.hash)
  }

  private mutating func insert(_ slot: Slot, at hash: UInt64) {
    var place = slots + Int(truncatingIfNeeded: hash >> shift)
    // No word has the length 0, so that an empty slot has zeros for a key.
    if place.pointee.high != 0 { place = slots + ((place - slots) ^ 1) }
    if place.pointee.high == 0 { used += 1 }
    place.pointee = slot
  }

  private mutating func grow() {
    let old = table
    shift -= 1
    table = LargeTable(repeating: Self.empty, count: old.count * 2)
    slots = table.base
    used = 0
    for index in 0..<old.count where old.base[index].high != 0 {
      let slot = old.base[index]
      insert(slot, at: WordKey(low: slot.low, high: slot.high).hash)
    }
  }

  /// Ids are below 2²⁴ (`Vocabulary` sees to that) and ends at most 15, or for bytes that vanish less.
  private static func pack(_ token: PieceToken) -> UInt32 {
    UInt32(bitPattern: token.id) << 8 | UInt32(bitPattern: token.end)
  }
}

/// The same for words of 16 to 64 bytes; when it is full it starts afresh.
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
