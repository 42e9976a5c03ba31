/// The expressions of several words that a dictionary lists: `heart_attack`, `take_care_of`.
///
/// Looked up word by word with a running hash, a polynomial of the bytes, so that a text is walked by a
/// multiplication a word; that two paths share the upper 62 bits of one is a one in 10¹³ event. Those that
/// begin with a word are added when the word is met first; all of them are 2 MB.
struct Expressions: Sendable {
  /// The hash of words so far.
  struct Path: Sendable, Hashable {
    fileprivate var hash: UInt64

    fileprivate init(hash: UInt64) { self.hash = hash }

    /// The path of an expression's first word.
    init(_ word: String) {
      hash = 1
      for byte in word.utf8 { add(byte) }
    }

    fileprivate mutating func add(_ byte: UInt8) {
      hash = hash &* Expressions.base &+ UInt64(byte)
    }
  }

  /// The first word of expressions.
  struct Start: Sendable, Hashable {
    let path: Path
    /// The marks of all second words, of which most words have none.
    let seconds: UInt64

    init(of word: String, seconds: UInt64) {
      path = Path(word)
      self.seconds = seconds
    }
  }

  /// What a word adds to a path, with the `_` before it.
  struct Step: Sendable, Hashable {
    fileprivate let hash: UInt64
    /// The base to the power of how many bytes are added.
    fileprivate let power: UInt64
    /// One of 64 bits, by which most words are told from those that stand second in expressions.
    let mark: UInt64

    init(_ word: String) {
      var path = Path(hash: 0)
      path.add(UInt8(ascii: "_"))
      var power = Expressions.base
      // A lemma may be several words itself; the first of them comes next.
      var first: UInt64?
      for byte in word.utf8 {
        if byte == UInt8(ascii: "_"), first == nil { first = path.hash }
        path.add(byte)
        power = power &* Expressions.base
      }
      (hash, self.power) = (path.hash, power)
      mark = Self.mark(first ?? path.hash)
    }

    fileprivate static func mark(_ hash: UInt64) -> UInt64 {
      1 << ((hash &* 0xC2B2_AE3D_27D4_EB4F) >> 58)
    }
  }

  /// Odd, so that nothing is lost by multiplying.
  fileprivate static let base: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// What the lowest bits of a slot say of the path in the others: 0 for an empty slot.
  private static let goesOn: UInt64 = 1
  private static let isWhole: UInt64 = 2
  private static let marks: UInt64 = 3

  /// Open addressing, at most half full.
  private var slots = [UInt64](repeating: 0, count: 1 << 10)
  private var used = 0

  /// Adds an expression, that is found by paths of at least so many bytes.
  /// - Returns: The mark of the word behind these bytes.
  @discardableResult
  mutating func insert(_ lemma: UnsafeBufferPointer<UInt8>, from length: Int) -> UInt64 {
    var path = Path("")
    // The step of the word behind the first.
    var second = Path(hash: 0)
    var blanks = 0
    for (place, byte) in lemma.enumerated() {
      if byte == UInt8(ascii: "_"), place >= length {
        mark(path, Self.goesOn)
        blanks += 1
      }
      path.add(byte)
      if blanks == 1 { second.add(byte) }
    }
    mark(path, Self.isWhole)
    return Step.mark(second.hash)
  }

  private mutating func mark(_ path: Path, _ mark: UInt64) {
    let key = Self.key(of: path)
    let place = place(of: key)
    if slots[place] == 0 {
      slots[place] = key
      used += 1
    }
    slots[place] |= mark
    if used * 2 > slots.count { grow() }
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: 0, count: old.count * 2)
    for slot in old where slot != 0 { slots[place(of: slot & ~Self.marks)] = slot }
  }

  /// What a path is known by.
  ///
  /// All of its bits are in it: paths that differ in their last letter alone do so in their lowest bits.
  @inline(__always)
  private static func key(of path: Path) -> UInt64 {
    let mixed = path.hash &* 0xC2B2_AE3D_27D4_EB4F
    return (mixed ^ (mixed >> 32)) & ~marks
  }

  /// Where a key stands, or could stand.
  @inline(__always)
  private func place(of key: UInt64) -> Int {
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: key >> 20) & mask
    while slots[place] != 0, slots[place] & ~Self.marks != key { place = (place + 1) & mask }
    return place
  }

  /// One word on: the path, nil where no expression goes on from there, and whether one ends there.
  @inline(__always)
  func step(_ step: Step, from start: Path) -> (path: Path?, isWhole: Bool) {
    let path = Path(hash: start.hash &* step.power &+ step.hash)
    let slot = slots[place(of: Self.key(of: path))]
    return (slot & Self.goesOn != 0 ? path : nil, slot & Self.isWhole != 0)
  }
}
