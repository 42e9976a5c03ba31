/// Numbers by pairs of ids, in open addressing; grows as needed.
struct PairTable: Sendable {
  /// What is known of a pair.
  struct Entry: Sendable {
    var key: UInt64
    var rank: Int32
    var id: Int32
  }

  private var entries: [Entry]
  private var count = 0
  private static let empty = Entry(key: .max, rank: .max, id: -1)

  init(capacity: Int = 0) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    entries = [Entry](repeating: Self.empty, count: size)
  }

  @inline(__always)
  static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  /// What is known of a pair; an unknown one has the rank `.max` and the id -1.
  @inline(__always)
  subscript(left: Int32, right: Int32) -> Entry { entries[slot(of: Self.key(left, right))] }

  /// Stores what is known of a pair; the last one stored counts.
  mutating func insert(_ left: Int32, _ right: Int32, rank: Int32 = 0, id: Int32) {
    let key = Self.key(left, right)
    let slot = slot(of: key)
    if entries[slot].id < 0 { count += 1 }
    entries[slot] = Entry(key: key, rank: rank, id: id)
    if count * 2 > entries.count { grow() }
  }

  @inline(__always)
  private func slot(of key: UInt64) -> Int {
    let mask = entries.count - 1
    var slot = Int(truncatingIfNeeded: ByteHash.mix(key)) & mask
    while entries[slot].key != key, entries[slot].id >= 0 { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    let old = entries
    entries = [Entry](repeating: Self.empty, count: old.count * 2)
    for entry in old where entry.id >= 0 { entries[slot(of: entry.key)] = entry }
  }
}
