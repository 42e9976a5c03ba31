/// A word of at most 16 bytes as two numbers, which makes comparing and hashing it cheap.
struct WordKey: Sendable, Equatable {
  /// The longest word there is a key for.
  static let longest = 16

  var low: UInt64
  var high: UInt64
  var length: UInt32

  /// The key of part of a buffer.
  @inline(__always)
  init(_ bytes: borrowing Span<UInt8>, _ range: ByteRange) {
    let start = Int(range.start)
    let length = Int(range.end) - start
    self.length = UInt32(truncatingIfNeeded: length)
    if start + 16 <= bytes.count {
      low = bytes.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)
      high = bytes.bytes.unsafeLoadUnaligned(fromByteOffset: start + 8, as: UInt64.self)
      if length <= 8 {
        low &= Self.mask(length)
        high = 0
      } else {
        high &= Self.mask(length - 8)
      }
    } else {
      low = Self.assemble(bytes, start, min(length, 8))
      high = Self.assemble(bytes, start + 8, length - 8)
    }
  }

  /// Ones in the first `count` bytes of a number, from 1 to 8.
  @inline(__always)
  private static func mask(_ count: Int) -> UInt64 { ~0 &>> (64 &- 8 &* count) }

  /// The same as loading and masking, near the end of the buffer where a load would reach beyond it.
  private static func assemble(
    _ bytes: borrowing Span<UInt8>, _ start: Int, _ count: Int
  ) -> UInt64 {
    var word: UInt64 = 0
    for index in stride(from: count - 1, through: 0, by: -1) {
      word = word << 8 | UInt64(bytes[start + index])
    }
    return UInt64(littleEndian: word)
  }

  /// A well-mixed number, the same for equal words.
  @inline(__always)
  var hash: UInt64 {
    ByteHash.mix(low ^ ByteHash.mix(high ^ UInt64(length) &* 0x9E37_79B9_7F4A_7C15))
  }
}
