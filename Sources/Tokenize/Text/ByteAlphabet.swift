/// GPT-2's alphabet: a printable character for each of the 256 bytes.
enum ByteAlphabet {
  /// The scalar that stands for each byte, all below U+0144.
  static let scalars: [UInt32] = {
    var next: UInt32 = 0x100
    return (0..<256).map { byte in
      if isPrintable(byte) { return UInt32(byte) }
      defer { next += 1 }
      return next
    }
  }()

  /// The byte of each scalar below U+0144, or -1.
  private static let bytes: [Int16] = {
    var table = [Int16](repeating: -1, count: 0x144)
    for (byte, scalar) in scalars.enumerated() { table[Int(scalar)] = Int16(byte) }
    return table
  }()

  private static func isPrintable(_ byte: Int) -> Bool {
    (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte)
  }

  /// The byte a scalar stands for, or nil.
  @inline(__always)
  static func byte(of scalar: UInt32) -> UInt8? {
    guard scalar < 0x144, bytes[Int(scalar)] >= 0 else { return nil }
    return UInt8(bytes[Int(scalar)])
  }

  /// The bytes that a token in this alphabet stands for, or nil where a scalar is not of the alphabet.
  static func decode(_ token: [UInt8]) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(token.count)
    let span = token.span
    var place = 0
    while place < span.count {
      let (scalar, length) = UTF8Scalars.decode(span, at: place)
      guard let byte = byte(of: scalar) else { return nil }
      result.append(byte)
      place += length
    }
    return result
  }

  /// The token that stands for some bytes.
  static func encode(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    for byte in bytes { UTF8Scalars.append(scalars[Int(byte)], to: &result) }
    return result
  }
}
