/// Runs of bytes that stand in a JSON string as they are.
enum JSONRun {
  /// The first place from `start` on that holds a quote, a backslash or a control character, or the
  /// end; reads eight bytes at a time.
  static func end(of bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var place = start
    let raw = UnsafeRawBufferPointer(bytes)
    while place + 8 <= bytes.count {
      let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: place, as: UInt64.self))
      let marks = marks(in: word)
      if marks != 0 { return place + marks.trailingZeroBitCount / 8 }
      place += 8
    }
    while place < bytes.count, bytes[place] >= 0x20, bytes[place] != UInt8(ascii: "\""),
      bytes[place] != UInt8(ascii: "\\")
    { place += 1 }
    return place
  }

  /// Sets the high bit of the first of eight bytes that ends a run; later bits may be wrong.
  ///
  /// `(x - 0x01…) & ~x & 0x80…` finds zero bytes, `(x - 0x20…) & ~x & 0x80…` those below 0x20
  /// (H. Warren, Hacker's Delight, section 6-1); a borrow can only reach bytes after a true find.
  private static func marks(in word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quote = word ^ (ones &* 0x22)
    let slash = word ^ (ones &* 0x5C)
    let found =
      ((quote &- ones) & ~quote) | ((slash &- ones) & ~slash) | ((word &- ones &* 0x20) & ~word)
    return found & (ones &* 0x80)
  }
}
