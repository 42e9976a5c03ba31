/// The expressions of several words that a dictionary lists: `heart_attack`, `take_care_of`.
///
/// Looked up word by word with a running hash (FNV-1a), so that a text is walked without building
/// strings: two sets of 64-bit hashes, in which a false match is a one in 10¹⁴ event.
struct Expressions: Sendable {
  /// The hash of words so far.
  struct Path: Sendable, Hashable {
    fileprivate var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    fileprivate mutating func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }

  private var beginnings: Set<UInt64> = []
  private var wholes: Set<UInt64> = []

  /// The lemmas with `_` in them.
  init(_ tables: [LineTable]) {
    beginnings.reserveCapacity(1 << 17)
    wholes.reserveCapacity(1 << 17)
    for table in tables {
      table.forEachWord { insert($0) }
    }
  }

  private mutating func insert(_ lemma: ArraySlice<UInt8>) {
    var path = Path()
    for byte in lemma {
      if byte == UInt8(ascii: "_") { beginnings.insert(path.hash) }
      path.add(byte)
    }
    if lemma.contains(UInt8(ascii: "_")) { wholes.insert(path.hash) }
  }

  /// One word on: the path, nil where no expression goes on from there, and whether one ends there.
  func step(_ word: String, from start: Path?) -> (path: Path?, isWhole: Bool) {
    var path = start ?? Path()
    if start != nil { path.add(UInt8(ascii: "_")) }
    for byte in word.utf8 { path.add(byte) }
    return (
      beginnings.contains(path.hash) ? path : nil, start != nil && wholes.contains(path.hash)
    )
  }
}
