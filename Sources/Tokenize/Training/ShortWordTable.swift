/// How often words of at most 16 bytes occur, in open addressing; a word costs one cache line.
struct ShortWordTable: Sendable {
  /// A word and its count in 32 bytes; a length of 0 marks a free place.
  private struct Slot: Sendable, BitwiseCopyable {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var count: Int64 = 0
    var length: UInt32 = 0
  }

  private var slots = [Slot](repeating: Slot(), count: 1 << 8)
  private(set) var count = 0

  /// Adds to the count of a word, whose hash the caller knows.
  @inline(__always)
  mutating func add(_ key: CountKey, hash: UInt64, _ count: Int64) {
    let place = place(of: key, hash)
    slots[place].count += count
    if slots[place].length == 0 { occupy(place, key) }
  }

  /// Loads the place where a word of this hash is looked for first.
  @inline(__always)
  func touch(_ hash: UInt64) -> UInt32 {
    slots[Int(truncatingIfNeeded: hash) & (slots.count - 1)].length
  }

  @inline(__always)
  private func place(of key: CountKey, _ hash: UInt64) -> Int {
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while slots[place].length != 0 {
      if slots[place].low == key.low, slots[place].high == key.high,
        slots[place].length == key.length
      {
        break
      }
      place = (place + 1) & mask
    }
    return place
  }

  private mutating func occupy(_ place: Int, _ key: CountKey) {
    slots[place].low = key.low
    slots[place].high = key.high
    slots[place].length = key.length
    count += 1
    // Rather a few steps more than half as much room again: most words are found at once anyway.
    if count * 8 > slots.count * 5 { grow() }
  }

  private mutating func grow() {
    let old = slots
    slots = .large(repeating: Slot(), count: old.count * 2)
    for slot in old where slot.length != 0 {
      let key = CountKey(low: slot.low, high: slot.high, length: slot.length)
      slots[place(of: key, key.hash)] = slot
    }
  }

  /// Visits every word and its count, in no order that means anything.
  @inline(__always)
  func forEach(_ visit: (CountKey, Int64) -> Void) {
    for slot in slots where slot.length != 0 {
      visit(CountKey(low: slot.low, high: slot.high, length: slot.length), slot.count)
    }
  }
}

/// A word of at most 16 bytes as two numbers and its length.
struct CountKey {
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
    for index in 0..<UInt64(length) {
      let half = index < 8 ? low >> (8 * index) : high >> (8 * (index - 8))
      bytes.append(UInt8(truncatingIfNeeded: half))
    }
  }
}
