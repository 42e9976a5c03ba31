/// A word of at most 15 bytes and its length as two numbers, which makes comparing and hashing it cheap.
struct WordKey: Sendable, Equatable {
  /// The longest word there is a key for.
  static let longest = 15

  private(set) var low: UInt64
  /// The bytes from the ninth on; the uppermost byte is the length, and more than 128 for marked words.
  private(set) var high: UInt64

  /// The key of part of a buffer of `count` bytes, 1 to 15 bytes long.
  ///
  /// - Parameter mark: 0, or 0x80 for words that are to differ from equal ones without it.
  @inline(__always)
  init(_ text: UnsafePointer<UInt8>, count: Int, _ range: ByteRange, mark: UInt8 = 0) {
    let start = Int(range.start)
    let length = Int(range.end) &- start
    if start &+ 16 <= count {
      // The load stays inside the buffer; what is behind the word is masked away.
      let raw = UnsafeRawPointer(text + start)
      low = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
      high = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      // A shift by 64 gives 0, so that a full half keeps all its bits.
      low &= ~(UInt64.max << UInt64(truncatingIfNeeded: length &* 8))
      high &= ~(UInt64.max << UInt64(truncatingIfNeeded: max(length &- 8, 0) &* 8))
    } else {
      low = Self.assemble(text + start, min(length, 8))
      high = Self.assemble(text + start + 8, length - 8)
    }
    high |= UInt64(UInt8(truncatingIfNeeded: length) | mark) << 56
  }

  /// The key of no word.
  static var none: WordKey { WordKey(low: 0, high: .max) }

  /// A key of its two numbers.
  init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  /// The same near the end of the buffer, byte by byte.
  @inline(never)
  private static func assemble(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
    var word: UInt64 = 0
    for index in stride(from: count - 1, through: 0, by: -1) {
      word = word << 8 | UInt64(bytes[index])
    }
    return word
  }

  /// A number that is well mixed in its upper half, the same for equal words.
  @inline(__always)
  var hash: UInt64 {
    let mixed = low &* 0x9E37_79B9_7F4A_7C15 ^ high &* 0xC2B2_AE3D_27D4_EB4F
    return (mixed ^ mixed >> 32) &* 0x8BB8_4B93_962E_ACC9
  }
}
