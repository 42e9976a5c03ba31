/// A word of up to 15 bytes as two numbers, which take the place of a string wherever words are looked up.
struct WordKey: Sendable, Hashable {
  /// The first eight bytes, the first one lowest.
  let low: UInt64
  /// The others, and above them how many bytes there are.
  let high: UInt64

  /// The most bytes that a key holds.
  static let longest = 15

  /// The key of some bytes; nil where they are too many.
  @inline(__always)
  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count <= Self.longest else { return nil }
    (low, high) = Self.parts(bytes)
  }

  /// The key of letters of ASCII, taken for small ones; nil where they are too many.
  @inline(__always)
  init?(letters bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count <= Self.longest else { return nil }
    let parts = Self.parts(bytes)
    let (first, others) = (min(bytes.count, 8), max(bytes.count - 8, 0))
    low = parts.low | Self.blanks & Self.mask(first)
    high = parts.high | Self.blanks & Self.mask(others)
  }

  /// The bit that makes a small letter of a capital, in each byte.
  private static let blanks: UInt64 = 0x2020_2020_2020_2020

  @inline(__always)
  private static func mask(_ count: Int) -> UInt64 {
    count == 8 ? .max : (1 << UInt64(8 * count)) &- 1
  }

  @inline(__always)
  private static func parts(_ bytes: UnsafeBufferPointer<UInt8>) -> (low: UInt64, high: UInt64) {
    let count = UInt64(bytes.count) << 56
    let raw = UnsafeRawBufferPointer(bytes)
    if bytes.count <= 8 { return (load(raw, 0, bytes.count), count) }
    return (load(raw, 0, 8), load(raw, 8, bytes.count - 8) | count)
  }

  /// Up to eight bytes as a number, read by pieces that may overlap.
  @inline(__always)
  private static func load(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> UInt64 {
    func piece<Number: FixedWidthInteger>(_ place: Int, _: Number.Type) -> UInt64 {
      UInt64(
        Number(
          littleEndian: bytes.loadUnaligned(fromByteOffset: start + place, as: Number.self)))
    }
    switch count {
    case 0: return 0
    case 1: return piece(0, UInt8.self)
    case 2, 3:
      return piece(0, UInt16.self) | piece(count - 1, UInt8.self) << UInt64(8 * (count - 1))
    case 4...7:
      return piece(0, UInt32.self) | piece(count - 4, UInt32.self) << UInt64(8 * (count - 4))
    default: return piece(0, UInt64.self)
    }
  }
}

/// The numbers that words were given, by the words.
///
/// Open addressing, at most half full, 32 to 40 bytes a word. Keys lie in the order in which words came: those that are
/// met often come early, and so lie together. The few words of more than 15 bytes are in a dictionary.
struct WordTable: Sendable {
  private struct Entry: Sendable {
    let key: WordKey
    let number: Int32
  }

  /// The place of a word's entry, plus one; 0 for an empty slot.
  private var slots = [Int32](repeating: 0, count: 1 << 11)
  private var entries: [Entry] = []
  private var long: [String: Int32] = [:]

  /// Where a key stands, or could stand.
  @inline(__always)
  private func place(of key: WordKey) -> Int {
    var hash = (key.low &* 0x9E37_79B9_7F4A_7C15) ^ key.high
    hash = (hash ^ (hash >> 32)) &* 0xC2B2_AE3D_27D4_EB4F
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: hash >> 32) & mask
    while slots[place] != 0, entries[Int(slots[place]) - 1].key != key {
      place = (place + 1) & mask
    }
    return place
  }

  /// The number of a word; nil where it has none.
  @inline(__always)
  func number(of key: WordKey) -> Int? {
    let next = slots[place(of: key)]
    return next == 0 ? nil : Int(entries[Int(next) - 1].number)
  }

  /// The number of a word; nil where it has none.
  func number(of word: String) -> Int? {
    var word = word
    if let key = word.withUTF8({ WordKey($0) }) { return number(of: key) }
    return long[word].map { Int($0) }
  }

  /// Gives a word, that has none, a number.
  mutating func insert(_ word: String, _ number: Int) {
    var word = word
    guard let key = word.withUTF8({ WordKey($0) }) else {
      long[word] = Int32(number)
      return
    }
    if (entries.count + 1) * 2 > slots.count { grow() }
    let place = place(of: key)
    entries.append(Entry(key: key, number: Int32(number)))
    slots[place] = Int32(entries.count)
  }

  private mutating func grow() {
    slots = [Int32](repeating: 0, count: 2 * slots.count)
    for (index, entry) in entries.enumerated() { slots[place(of: entry.key)] = Int32(index) + 1 }
  }
}
