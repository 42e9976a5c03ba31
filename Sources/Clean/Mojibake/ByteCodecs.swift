/// Encodings of one byte a character that UTF-8 is mistaken for.
struct ByteCodecs: Sendable {
  /// One of the encodings.
  struct Codec: Sendable, Hashable {
    fileprivate let number: Int
    let name: String
    /// Whether bytes that mean nothing stand for the character of their number, and 1A for one that
    /// was lost.
    var isSloppy: Bool { name.hasPrefix("sloppy") }
  }

  static let standard = ByteCodecs()

  /// In the order they are tried.
  let all: [Codec]
  /// Where a character's bytes begin in `bytes`, by its number; 0 for none.
  private var rows = [UInt16](repeating: 0, count: 0x1_0000)
  /// The byte of a character in each codec, `none` where it has none.
  private var bytes: [UInt16] = []
  private static let none: UInt16 = 0xFFFF

  private init() {
    let tables = MojibakeTables.codecs.description.split(
      separator: "\n\n", omittingEmptySubsequences: true
    )
    .map { $0.split { $0 == " " || $0 == "\n" } }
    let codecs = tables.enumerated().map { Codec(number: $0, name: String($1[0])) }
    all = codecs
    bytes = Array(repeating: Self.none, count: codecs.count)
    for (codec, table) in zip(codecs, tables) {
      for (offset, word) in table.dropFirst().enumerated() {
        add(UInt32(word, radix: 16) ?? 0, UInt16(128 + offset), codec)
      }
      add(codec.isSloppy ? 0xFFFD : 0x1A, 0x1A, codec)
    }
  }

  private mutating func add(_ scalar: UInt32, _ byte: UInt16, _ codec: Codec) {
    if rows[Int(scalar)] == 0 {
      rows[Int(scalar)] = UInt16(bytes.count)
      bytes.append(contentsOf: Array(repeating: Self.none, count: all.count))
    }
    bytes[Int(rows[Int(scalar)]) + codec.number] = byte
  }

  private func byte(_ scalar: UInt32, _ codec: Codec) -> UInt16 {
    if scalar < 0x80, scalar != 0x1A { return UInt16(scalar) }
    return scalar < 0x1_0000 ? bytes[Int(rows[Int(scalar)]) + codec.number] : Self.none
  }

  /// The bytes of a text; nil where one of its characters has none.
  func encode(_ text: ArraySlice<UInt32>, _ codec: Codec) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    for scalar in text {
      let byte = byte(scalar, codec)
      guard byte != Self.none else { return nil }
      result.append(UInt8(byte))
    }
    return result
  }

  /// What the bytes from 80 to 9F are in Windows-1252; nil for those that are nothing.
  static let windows: [UInt32?] = TableText.words(MojibakeTables.windows).map {
    $0 == "FFFD" ? nil : UInt32($0, radix: 16)
  }
}

/// UTF-8, as it should be or as some programs write it.
enum UTF8Bytes {
  /// The characters; nil where a sequence is not UTF-8.
  ///
  /// With `variants`, two surrogates of three bytes each are one character, and C0 80 is U+0000.
  static func decode(_ bytes: [UInt8], variants: Bool) -> [UInt32]? {
    var result: [UInt32] = []
    result.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      let first = bytes[place]
      if first < 0x80 {
        result.append(UInt32(first))
        place += 1
      } else if variants, first == 0xC0, place + 1 < bytes.count, bytes[place + 1] == 0x80 {
        result.append(0)
        place += 2
      } else if variants, let scalar = surrogatePair(bytes[place...]) {
        result.append(scalar)
        place += 6
      } else {
        guard let (scalar, length) = sequence(bytes[place...]) else { return nil }
        result.append(scalar)
        place += length
      }
    }
    return result
  }

  private static func surrogatePair(_ bytes: ArraySlice<UInt8>) -> UInt32? {
    let part = Array(bytes.prefix(6))
    guard part.count == 6, part[0] == 0xED, part[3] == 0xED, part[1] & 0xF0 == 0xA0,
      part[4] & 0xF0 == 0xB0, part[2] & 0xC0 == 0x80, part[5] & 0xC0 == 0x80
    else { return nil }
    let high = UInt32(part[1] & 0x0F) << 16 | UInt32(part[2] & 0x3F) << 10
    return 0x1_0000 + high + (UInt32(part[4] & 0x0F) << 6 | UInt32(part[5] & 0x3F))
  }

  /// The character of a sequence of two to four bytes in its shortest form.
  private static func sequence(_ bytes: ArraySlice<UInt8>) -> (scalar: UInt32, length: Int)? {
    let first = UInt32(bytes[bytes.startIndex])
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    let rest = bytes.dropFirst().prefix(length - 1)
    guard (0xC2..<0xF5).contains(first), rest.count == length - 1,
      rest.allSatisfy({ $0 & 0xC0 == 0x80 })
    else { return nil }
    let value = rest.reduce(first & (0x7F >> UInt32(length))) { $0 << 6 | UInt32($1 & 0x3F) }
    let isShortest = value >= (length == 2 ? 0x80 : length == 3 ? 0x800 : 0x1_0000)
    return isShortest && Unicode.Scalar(value) != nil ? (value, length) : nil
  }
}
