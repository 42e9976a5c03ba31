/// Texts as Python's `str` sees them: what is white space, and what a character is.
///
/// The references that these metrics agree with are Python programs, whose `split()` knows more
/// blanks than ASCII has.
enum PythonText {
  /// What a byte may begin: 0 nothing special, 1 ASCII white space, 2 perhaps other white space.
  static let spaces: [UInt8] = (0..<256).map { byte in
    switch UInt8(byte) {
    case 0x09...0x0D, 0x1C...0x20: 1
    case 0xC2, 0xE1, 0xE2, 0xE3: 2
    default: 0
    }
  }

  /// The length in bytes of the white space at a place; 0 where there is none.
  @inline(__always)
  static func spaceLength(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Int {
    let byte = bytes[place]
    if byte < 0x80 {
      return (byte >= 0x09 && byte <= 0x0D) || (byte >= 0x1C && byte <= 0x20) ? 1 : 0
    }
    return wideSpaceLength(bytes, place)
  }

  /// U+0085, U+00A0, U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F and U+3000.
  private static func wideSpaceLength(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Int {
    let left = bytes.count - place
    if bytes[place] == 0xC2 {
      return left > 1 && (bytes[place + 1] == 0x85 || bytes[place + 1] == 0xA0) ? 2 : 0
    }
    guard left > 2 else { return 0 }
    switch (bytes[place], bytes[place + 1], bytes[place + 2]) {
    case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8), (0xE2, 0x80, 0xA9),
      (0xE2, 0x80, 0xAF), (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80):
      return 3
    default: return 0
    }
  }

  /// Calls `visit` with the words between white space, as bytes and as places in the text.
  @inline(__always)
  static func forEachWord(
    _ bytes: UnsafeBufferPointer<UInt8>, _ visit: (Range<Int>) -> Void
  ) {
    var place = 0
    var start = 0
    while place < bytes.count {
      let length = spaceLength(bytes, place)
      guard length > 0 else {
        place += 1
        continue
      }
      if start < place { visit(start..<place) }
      place += length
      start = place
    }
    if start < place { visit(start..<place) }
  }

  /// The code point at a place and its length in bytes.
  @inline(__always)
  static func scalar(
    _ bytes: UnsafeBufferPointer<UInt8>, _ place: Int
  ) -> (value: UInt32, length: Int) {
    let lead = UInt32(bytes[place])
    if lead < 0x80 { return (lead, 1) }
    // The bytes of a text are valid UTF-8: a lead byte tells how many follow.
    if lead < 0xE0 { return ((lead & 0x1F) << 6 | tail(bytes, place + 1), 2) }
    if lead < 0xF0 {
      return ((lead & 0x0F) << 12 | tail(bytes, place + 1) << 6 | tail(bytes, place + 2), 3)
    }
    let high = (lead & 0x07) << 18 | tail(bytes, place + 1) << 12
    return (high | tail(bytes, place + 2) << 6 | tail(bytes, place + 3), 4)
  }

  @inline(__always)
  private static func tail(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> UInt32 {
    UInt32(bytes[place] & 0x3F)
  }

  /// Calls `visit` with each code point and its bytes.
  @inline(__always)
  static func forEachScalar(
    _ bytes: UnsafeBufferPointer<UInt8>, _ visit: (UInt32, Range<Int>) -> Void
  ) {
    var place = 0
    while place < bytes.count {
      let (value, length) = scalar(bytes, place)
      visit(value, place..<place + length)
      place += length
    }
  }

  /// Appends a code point as UTF-8.
  static func append(_ value: UInt32, to bytes: inout [UInt8]) {
    if value < 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: value))
    } else if let scalar = Unicode.Scalar(value) {
      bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
  }

  /// The length without the white space at the end.
  static func trimmedEnd(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var end = bytes.count
    while end > 0 {
      var start = end - 1
      while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
      guard spaceLength(bytes, start) == end - start else { break }
      end = start
    }
    return end
  }
}
