extension UnsafeBufferPointer<UInt8> {
  /// Whether the bytes are UTF-8 (Unicode Standard, table 3-7); ASCII is passed eight bytes at a time.
  package var isUTF8: Bool {
    let raw = UnsafeRawBufferPointer(self)
    var place = 0
    while place < count {
      if place + 8 <= count,
        raw.loadUnaligned(fromByteOffset: place, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        place += 8
      } else if self[place] < 0x80 {
        place += 1
      } else {
        let length = characterLength(at: place)
        guard length > 0 else { return false }
        place += length
      }
    }
    return true
  }

  /// How many bytes the character of several bytes has that begins here; 0 where there is none.
  private func characterLength(at place: Int) -> Int {
    let lead = self[place]
    guard place + 1 < count else { return 0 }
    let second = self[place + 1]
    let (length, least, most): (Int, UInt8, UInt8) =
      switch lead {
      case 0xC2...0xDF: (2, 0x80, 0xBF)
      case 0xE0: (3, 0xA0, 0xBF)
      case 0xED: (3, 0x80, 0x9F)
      case 0xE1...0xEF: (3, 0x80, 0xBF)
      case 0xF0: (4, 0x90, 0xBF)
      case 0xF1...0xF3: (4, 0x80, 0xBF)
      case 0xF4: (4, 0x80, 0x8F)
      default: (0, 0xFF, 0)
      }
    guard least <= second, second <= most, place + length <= count else { return 0 }
    if length > 2, self[place + 2] & 0xC0 != 0x80 { return 0 }
    if length > 3, self[place + 3] & 0xC0 != 0x80 { return 0 }
    return length
  }
}
