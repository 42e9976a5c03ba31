/// Bytes below 0x80.
enum ASCII {
  /// Whether all bytes are ASCII.
  static func isAll(_ bytes: [UInt8]) -> Bool { firstOther(in: bytes, from: 0, or: 0x80) == nil }

  /// The place of the first byte, from a place on, that is no ASCII or is the one given; eight are looked
  /// at in one step.
  static func firstOther(in bytes: [UInt8], from start: Int, or other: UInt8) -> Int? {
    bytes.withUnsafeBytes { raw in
      let ones: UInt64 = 0x0101_0101_0101_0101
      var place = start
      while place + 8 <= raw.count {
        let word = raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        let difference = word ^ (ones &* UInt64(other))
        if (word | (difference &- ones) & ~difference) & (ones &* 0x80) != 0 { break }
        place += 8
      }
      return raw[place...].firstIndex { $0 >= 0x80 || $0 == other }
    }
  }
}
