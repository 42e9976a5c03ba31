/// The expressions of several words that a dictionary lists: `heart_attack`, `take_care_of`.
///
/// Looked up word by word with a running hash (FNV-1a), so that a text is walked without building
/// strings; that two paths share the upper 62 bits of one is a one in 10¹³ event. Those that begin with a word are
/// added when the word is met first; all of them are 2 MB.
struct Expressions: Sendable {
  /// The hash of words so far.
  struct Path: Sendable, Hashable {
    fileprivate var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    fileprivate init(hash: UInt64) { self.hash = hash }

    /// The path of an expression's first word.
    init(_ word: String) {
      for byte in word.utf8 { add(byte) }
    }

    fileprivate mutating func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }

  /// What the lowest bits of a slot say of the path in the others: 0 for an empty slot.
  private static let goesOn: UInt64 = 1
  private static let isWhole: UInt64 = 2
  private static let marks: UInt64 = 3

  /// Open addressing, at most half full.
  private var slots = [UInt64](repeating: 0, count: 1 << 10)
  private var used = 0

  /// Adds an expression, that is found by paths of at least so many bytes.
  mutating func insert(_ lemma: UnsafeBufferPointer<UInt8>, from length: Int) {
    var path = Path("")
    for (place, byte) in lemma.enumerated() {
      if byte == UInt8(ascii: "_"), place >= length { mark(path, Self.goesOn) }
      path.add(byte)
    }
    mark(path, Self.isWhole)
  }

  private mutating func mark(_ path: Path, _ mark: UInt64) {
    let place = place(of: path)
    if slots[place] == 0 {
      slots[place] = path.hash & ~Self.marks
      used += 1
    }
    slots[place] |= mark
    if used * 2 > slots.count { grow() }
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: 0, count: old.count * 2)
    for slot in old where slot != 0 { slots[place(of: Path(hash: slot))] = slot }
  }

  /// Where a path stands, or could stand.
  @inline(__always)
  private func place(of path: Path) -> Int {
    let mask = slots.count - 1
    let key = path.hash & ~Self.marks
    var place = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    while slots[place] != 0, slots[place] & ~Self.marks != key { place = (place + 1) & mask }
    return place
  }

  /// One word on: the path, nil where no expression goes on from there, and whether one ends there.
  func step(_ word: String, from start: Path) -> (path: Path?, isWhole: Bool) {
    var path = start
    path.add(UInt8(ascii: "_"))
    for byte in word.utf8 { path.add(byte) }
    let slot = slots[place(of: path)]
    return (slot & Self.goesOn != 0 ? path : nil, slot & Self.isWhole != 0)
  }
}
