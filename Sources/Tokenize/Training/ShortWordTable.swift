import CKernels

/// How often words of at most 16 bytes occur, in open addressing; a word costs one cache line.
///
/// Words lie in the order of their hashes, so that several threads can read parts of a table that have nothing
/// in common; in a table that they are collected in, that order would have all of them stand in one place while it
/// is small, so there it is another one.
///
/// Sending a table is safe: it is written by one thread at a time, which has the lock of the worker that owns it, and
/// shared only when it has been taken from the worker, from when on it is read only.
final class ShortWordTable: @unchecked Sendable {
  /// A word and its count in 32 bytes; a length of 0 marks a free place.
  private struct Slot: BitwiseCopyable {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var count: Int64 = 0
    var length: UInt32 = 0
  }

  private var slots: LargeTable<Slot>
  /// What hashes are multiplied by.
  private let factor: UInt64
  private var bits: UInt64 = 8
  private(set) var count = 0

  private let reserve: MemoryReserve

  /// A table; `collects` says that it takes words in the order of their hashes.
  init(collects: Bool = false, from reserve: MemoryReserve) {
    factor = collects ? 0x9E37_79B9_7F4A_7C15 : 1
    slots = LargeTable(1 << 8, of: Slot(), from: reserve)
    self.reserve = reserve
  }

  /// The place where a word of this hash is looked for first.
  @inline(__always)
  private func home(_ hash: UInt64) -> Int {
    Int(truncatingIfNeeded: (hash &* factor) >> (64 - bits))
  }

  /// Adds a word, whose hash the caller knows.
  @inline(__always)
  func add(_ key: CountKey, hash: UInt64, _ count: Int64) {
    let slot = slots.base + place(of: key, hash)
    slot.pointee.count += count
    if slot.pointee.length == 0 { occupy(slot, key) }
  }

  /// Asks for the place where a word of this hash is looked for first.
  @inline(__always)
  func expect(_ hash: UInt64) { anneal_prefetch(slots.base + home(hash)) }

  @inline(__always)
  private func place(of key: CountKey, _ hash: UInt64) -> Int {
    let mask = 1 << Int(bits) - 1
    var place = home(hash)
    while true {
      let slot = slots.base + place
      if slot.pointee.low == key.low, slot.pointee.high == key.high,
        slot.pointee.length == key.length
      {
        return place
      }
      if slot.pointee.length == 0 { return place }
      place = (place + 1) & mask
    }
  }

  private func occupy(_ slot: UnsafeMutablePointer<Slot>, _ key: CountKey) {
    slot.pointee.low = key.low
    slot.pointee.high = key.high
    slot.pointee.length = key.length
    count += 1
    // Rather a few steps more than half as much room again: most words are found at once anyway.
    if count * 8 > slots.count * 5 { grow() }
  }

  private func grow() {
    let old = slots
    bits += 1
    slots = LargeTable(1 << Int(bits), of: Slot(), from: reserve)
    for index in 0..<old.count where old.base[index].length != 0 {
      let key = Self.key(of: old.base[index])
      slots.base[place(of: key, key.hash)] = old.base[index]
    }
  }

  private static func key(of slot: Slot) -> CountKey {
    CountKey(low: slot.low, high: slot.high, length: slot.length)
  }

  /// Visits every word and its count, in no order that means anything.
  @inline(__always)
  func forEach(_ visit: (CountKey, Int64) -> Void) {
    for index in 0..<slots.count where slots.base[index].length != 0 {
      visit(Self.key(of: slots.base[index]), slots.base[index].count)
    }
  }

  /// Visits the words of a part, told by the highest bits of their hashes, and their hashes and counts.
  func forEach(inPart part: Int, bits partBits: UInt64, _ visit: (CountKey, UInt64, Int64) -> Void)
  {
    let size = slots.count >> Int(partBits)
    var place = part * size
    var left = size
    // Words that found no room in their part lie behind it without a gap.
    while left > 0 || slots.base[place].length != 0 {
      let slot = slots.base[place]
      if slot.length != 0 {
        let key = Self.key(of: slot)
        let hash = key.hash
        if hash >> (64 - partBits) == UInt64(part) { visit(key, hash, slot.count) }
      }
      place = (place + 1) & (slots.count - 1)
      left -= 1
    }
  }
}

/// A word of at most 16 bytes as two numbers and its length.
struct CountKey: BitwiseCopyable {
  /// The longest word there is a key for.
  static let longest = 16

  /// The first eight bytes, the lowest first.
  let low: UInt64
  /// The rest.
  let high: UInt64
  let length: UInt32

  init(low: UInt64, high: UInt64, length: UInt32) {
    self.low = low
    self.high = high
    self.length = length
  }

  /// The key of part of a buffer, 1 to 16 bytes long.
  @inline(__always)
  init(_ bytes: borrowing Span<UInt8>, _ range: ByteRange) {
    let start = Int(range.start)
    let count = Int(range.end) - start
    length = UInt32(truncatingIfNeeded: count)
    if start + Self.longest <= bytes.count {
      let raw = bytes.bytes
      let (first, second) = (
        UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)),
        UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: start + 8, as: UInt64.self))
      )
      // Shifts by 64 and more give 0, so that whole halves stay and what is behind the word goes.
      low = first & ~(UInt64.max << UInt64(count * 8))
      high = second & ~(UInt64.max << UInt64(max(0, count - 8) * 8))
    } else {
      low = Self.assemble(bytes, start, min(count, 8))
      high = Self.assemble(bytes, start + 8, count - 8)
    }
  }

  /// The same near the end of the buffer, where a load would reach beyond it.
  private static func assemble(
    _ bytes: borrowing Span<UInt8>, _ start: Int, _ count: Int
  ) -> UInt64 {
    var word: UInt64 = 0
    for index in stride(from: count - 1, through: 0, by: -1) {
      word = word << 8 | UInt64(bytes[start + index])
    }
    return word
  }

  /// A well-mixed number, the same for equal words.
  @inline(__always)
  var hash: UInt64 {
    ByteHash.mix(low ^ ByteHash.mix(high ^ UInt64(length) &* 0x9E37_79B9_7F4A_7C15))
  }

  /// Appends the word's bytes.
  func append(to bytes: inout [UInt8]) {
    let halves: InlineArray<2, UInt64> = [low.littleEndian, high.littleEndian]
    halves.span.bytes.withUnsafeBytes { bytes.append(contentsOf: $0.prefix(Int(length))) }
  }
}
