import CKernels

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

  /// A table of the strings of a list, or nil where two are equal.
  init?(_ list: StringList) {
    self.init(capacity: list.count)
    bytes = list.bytes
    starts = list.starts.map(Int.init)
    let span = list.bytes.span
    let hashes = (0..<list.count).map { ByteHash.hash(span, list.range($0)) }
    for index in 0..<list.count {
      let range = list.range(index)
      let hash = hashes[index]
      ask(for: hashes[min(index + Self.ahead, list.count - 1)])
      let place = find(span, range, hash)
      if place.found { return nil }
      slots[place.slot] = Slot(tag: UInt32(truncatingIfNeeded: hash >> 32), index: Int32(index))
    }
  }

  /// How many strings ahead places are asked for.
  private static let ahead = 8

  /// Asks for the place where the search for a string with some hash begins.
  private func ask(for hash: UInt64) {
    slots.withUnsafeBufferPointer { slots in
      guard let base = slots.baseAddress else { return }
      anneal_prefetch(base + (Int(truncatingIfNeeded: hash) & (slots.count - 1)))
    }
  }

  /// The number of strings.
  package var count: Int { starts.count - 1 }

  /// The bytes of a string by its number.
  package subscript(index: Int) -> ArraySlice<UInt8> {
    bytes[starts[index]..<starts[index + 1]]
  }

  /// Hands every string's number and place in a buffer to `visit`; there are less than 2 GiB.
  func withRanges(_ visit: (UnsafeBufferPointer<UInt8>, Int, ByteRange) -> Void) {
    bytes.withUnsafeBufferPointer { bytes in
      for index in 0..<count { visit(bytes, index, ByteRange(starts[index], starts[index + 1])) }
    }
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
    return bytes.span.isEqual(start, key, range)
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
    let count = range.indices.count
    var hash = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
    var place = Int(range.start)
    let end = Int(range.end)
    while place &+ 8 <= end {
      hash = mix(hash ^ bytes.eight(at: place))
      place &+= 8
    }
    guard place < end else { return hash }
    // The last eight bytes at once where there are as many; some of them count twice.
    if count >= 8 { return mix(hash ^ bytes.eight(at: end &- 8)) }
    var word: UInt64 = 0
    while place < end {
      word = word << 8 | UInt64(bytes[place])
      place &+= 1
    }
    return mix(hash ^ word)
  }

  /// Multiplies to 128 bits and folds the halves together.
  @inline(__always)
  static func mix(_ value: UInt64) -> UInt64 {
    let product = (value ^ 0x2D35_8DCC_AA6C_78A5).multipliedFullWidth(by: 0x8BB8_4B93_962E_ACC9)
    return product.high ^ product.low
  }
}

extension Span<UInt8> {
  /// Eight bytes as one number.
  @inline(__always)
  fileprivate func eight(at place: Int) -> UInt64 {
    precondition(place >= 0 && place + 8 <= count, "8 bytes at \(place) of \(count)")
    // Inside the bounds, as was just seen.
    return UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self))
  }

  /// Whether the bytes from a place on are those of a range of others.
  @inline(__always)
  fileprivate func isEqual(
    _ start: Int, _ other: borrowing Span<UInt8>, _ range: ByteRange
  ) -> Bool {
    let count = range.indices.count
    let first = Int(range.start)
    var place = 0
    while place &+ 8 <= count {
      if eight(at: start &+ place) != other.eight(at: first &+ place) { return false }
      place &+= 8
    }
    while place < count {
      if self[start &+ place] != other[first &+ place] { return false }
      place &+= 1
    }
    return true
  }
}
