/// Reading scalars out of valid UTF-8.
enum UTF8Scalars {
  /// The scalar that begins at a place of valid UTF-8, and its length in bytes.
  @inline(__always)
  static func decode(_ bytes: borrowing Span<UInt8>, at place: Int) -> (scalar: UInt32, length: Int)
  {
    let first = UInt32(bytes[place])
    if first < 0x80 { return (first, 1) }
    let second = UInt32(bytes[place + 1] & 0x3F)
    if first < 0xE0 { return ((first & 0x1F) << 6 | second, 2) }
    let third = UInt32(bytes[place + 2] & 0x3F)
    if first < 0xF0 { return ((first & 0x0F) << 12 | second << 6 | third, 3) }
    let fourth = UInt32(bytes[place + 3] & 0x3F)
    return ((first & 0x07) << 18 | second << 12 | third << 6 | fourth, 4)
  }

  /// Where the scalar begins that ends just before a place.
  @inline(__always)
  static func startOfScalar(before place: Int, in bytes: borrowing Span<UInt8>) -> Int {
    var start = place - 1
    while isContinuation(bytes[start]) { start -= 1 }
    return start
  }

  /// Whether a byte continues a scalar.
  @inline(__always)
  static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

  /// The number of bytes of the scalar that a byte begins.
  @inline(__always)
  static func length(leadByte: UInt8) -> Int {
    leadByte < 0x80 ? 1 : leadByte < 0xE0 ? 2 : leadByte < 0xF0 ? 3 : 4
  }

  /// Appends the UTF-8 form of a scalar.
  @inline(__always)
  static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
    if scalar < 0x80 {
      bytes.append(UInt8(scalar))
      return
    }
    if scalar < 0x800 {
      bytes.append(UInt8(0xC0 | scalar >> 6))
    } else {
      if scalar < 0x10000 {
        bytes.append(UInt8(0xE0 | scalar >> 12))
      } else {
        bytes.append(UInt8(0xF0 | scalar >> 18))
        bytes.append(UInt8(0x80 | scalar >> 12 & 0x3F))
      }
      bytes.append(UInt8(0x80 | scalar >> 6 & 0x3F))
    }
    bytes.append(UInt8(0x80 | scalar & 0x3F))
  }

  /// The scalars of valid UTF-8.
  static func scalars(_ bytes: [UInt8]) -> [UInt32] {
    var result: [UInt32] = []
    let span = bytes.span
    var place = 0
    while place < span.count {
      let (scalar, length) = decode(span, at: place)
      result.append(scalar)
      place += length
    }
    return result
  }

  /// Appends bytes, each that belongs to no scalar as U+FFFD.
  static func appendRepaired(_ bytes: [UInt8], to text: inout [UInt8]) {
    var place = 0
    while place < bytes.count {
      let end = min(place + length(leadByte: bytes[place]), bytes.count)
      let part = bytes[place..<end]
      if String(validating: part, as: UTF8.self) != nil {
        text += part
        place = end
      } else {
        append(0xFFFD, to: &text)
        place += 1
      }
    }
  }

  /// The number of scalars in part of valid UTF-8.
  static func count(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 + (isContinuation($1) ? 0 : 1) }
  }
}
