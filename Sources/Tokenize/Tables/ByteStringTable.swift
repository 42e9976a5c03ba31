/// A set of byte strings numbered from 0 in the order they came.
///
/// Keys are bytes, never `String`: canonical equivalence would make one key of what are two tokens.
/// Open addressing over hashes; the bytes lie one after the other in one buffer.
package struct ByteStringTable: Sendable {
  /// One place of the table: part of the hash, and the number of the string or -1.
  private struct Slot: Sendable {
    var tag: UInt32
    var index: Int32
  }

  private var slots: [Slot]
  private var bytes: [UInt8] = []
  /// Where each string begins; one element more than there are strings.
  private var starts: [Int] = [0]

  /// A table with room for some strings.
  package init(capacity: Int = 0) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    slots = [Slot](repeating: Slot(tag: 0, index: -1), count: size)
    starts.reserveCapacity(capacity + 1)
  }

  /// The number of strings.
  package var count: Int { starts.count - 1 }

  /// The bytes of a string by its number.
  package subscript(index: Int) -> ArraySlice<UInt8> {
    bytes[starts[index]..<starts[index + 1]]
  }

  /// The number of a string, or nil.
  package func index(of key: [UInt8]) -> Int? {
    index(of: key.span, ByteRange(0, key.count))
  }

  /// The number of the string that part of a buffer holds, or nil.
  @inline(__always)
  func index(of key: borrowing Span<UInt8>, _ range: ByteRange) -> Int? {
    let place = find(key, range, ByteHash.hash(key, range))
    return place.found ? Int(slots[place.slot].index) : nil
  }

  /// Adds a string unless it is there, and says its number and whether it is new.
  @discardableResult
  package mutating func insert(_ key: [UInt8]) -> (index: Int, isNew: Bool) {
    insert(key.span, ByteRange(0, key.count))
  }

  /// Adds the string that part of a buffer holds.
  @discardableResult
  @inline(__always)
  mutating func insert(
    _ key: borrowing Span<UInt8>, _ range: ByteRange
  ) -> (index: Int, isNew: Bool) {
    let hash = ByteHash.hash(key, range)
    let place = find(key, range, hash)
    if place.found { return (Int(slots[place.slot].index), false) }
    let index = count
    for position in range.indices { bytes.append(key[position]) }
    starts.append(bytes.count)
    slots[place.slot] = Slot(tag: UInt32(truncatingIfNeeded: hash >> 32), index: Int32(index))
    if starts.count * 2 > slots.count { grow() }
    return (index, true)
  }

  @inline(__always)
  private func find(
    _ key: borrowing Span<UInt8>, _ range: ByteRange, _ hash: UInt64
  ) -> (slot: Int, found: Bool) {
    let mask = slots.count - 1
    let tag = UInt32(truncatingIfNeeded: hash >> 32)
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot].index >= 0 {
      if slots[slot].tag == tag, isEqual(Int(slots[slot].index), key, range) { return (slot, true) }
      slot = (slot + 1) & mask
    }
    return (slot, false)
  }

  @inline(__always)
  private func isEqual(_ index: Int, _ key: borrowing Span<UInt8>, _ range: ByteRange) -> Bool {
    let start = starts[index]
    guard starts[index + 1] - start == range.indices.count else { return false }
    let shift = start - Int(range.start)
    for position in range.indices where bytes[position + shift] != key[position] { return false }
    return true
  }

  private mutating func grow() {
    let size = slots.count * 2
    slots = [Slot](repeating: Slot(tag: 0, index: -1), count: size)
    for index in 0..<count {
      let hash = ByteHash.hash(bytes.span, ByteRange(starts[index], starts[index + 1]))
      var slot = Int(truncatingIfNeeded: hash) & (size - 1)
      while slots[slot].index >= 0 { slot = (slot + 1) & (size - 1) }
      slots[slot] = Slot(tag: UInt32(truncatingIfNeeded: hash >> 32), index: Int32(index))
    }
  }
}

/// A fast hash of bytes, the same in every process.
enum ByteHash {
  @inline(__always)
  static func hash(_ bytes: borrowing Span<UInt8>, _ range: ByteRange) -> UInt64 {
    var hash = UInt64(truncatingIfNeeded: range.indices.count) &* 0x9E37_79B9_7F4A_7C15
    var word: UInt64 = 0
    var filled = 0
    for position in range.indices {
      word = word << 8 | UInt64(bytes[position])
      filled += 1
      if filled == 8 {
        hash = mix(hash ^ word)
        word = 0
        filled = 0
      }
    }
    return filled > 0 ? mix(hash ^ word) : hash
  }

  /// Multiplies to 128 bits and folds the halves together.
  @inline(__always)
  static func mix(_ value: UInt64) -> UInt64 {
    let product = (value ^ 0x2D35_8DCC_AA6C_78A5).multipliedFullWidth(by: 0x8BB8_4B93_962E_ACC9)
    return product.high ^ product.low
  }
}
