/// Numbers by pairs of ids, in open addressing.
struct PairTable: Sendable {
  /// What is known of a pair.
  struct Entry: Sendable {
    var key: UInt64
    var rank: Int32
    var id: Int32
  }

  private var entries: [Entry]
  private(set) var count = 0
  private static let empty = Entry(key: .max, rank: .max, id: -1)

  init(capacity: Int) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    entries = [Entry](repeating: Self.empty, count: size)
  }

  @inline(__always)
  static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  /// What is known of a pair; the rank is `.max` for an unknown one.
  @inline(__always)
  subscript(left: Int32, right: Int32) -> Entry {
    let key = Self.key(left, right)
    let mask = entries.count - 1
    var slot = Int(truncatingIfNeeded: ByteHash.mix(key)) & mask
    while entries[slot].key != key, entries[slot].id >= 0 { slot = (slot + 1) & mask }
    return entries[slot]
  }

  /// Stores what is known of a pair; the last one stored counts.
  ///
  /// The capacity must not be exceeded.
  mutating func insert(_ left: Int32, _ right: Int32, rank: Int32, id: Int32) {
    let key = Self.key(left, right)
    let mask = entries.count - 1
    var slot = Int(truncatingIfNeeded: ByteHash.mix(key)) & mask
    while entries[slot].key != key, entries[slot].id >= 0 { slot = (slot + 1) & mask }
    if entries[slot].id < 0 { count += 1 }
    precondition(count < entries.count, "\(count) pairs in a table for \(entries.count / 2)")
    entries[slot] = Entry(key: key, rank: rank, id: id)
  }
}
