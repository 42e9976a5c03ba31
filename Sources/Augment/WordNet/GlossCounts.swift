/// How often words stand in WordNet's definitions and examples.
///
/// A word of up to eight letters is its own key, a longer one is known by a hash of 64 bits. 2 MB.
struct GlossCounts: Sendable {
  private var counts = HashCounts(capacity: 1 << 16)

  /// Counts the words behind the `|` of each line.
  init(_ files: [MappedText]) {
    var keys: [UInt64] = []
    keys.reserveCapacity(2 * Self.portion)
    for file in files {
      file.withBytes { count($0, &keys) }
    }
    counts.add(contentsOf: keys)
  }

  /// How many words are counted at once.
  private static let portion = 2048

  private mutating func count(_ bytes: UnsafeBufferPointer<UInt8>, _ keys: inout [UInt64]) {
    var start = 0
    while start < bytes.count {
      let end = bytes.endOfLine(from: start)
      if let bar = bytes.place(of: UInt8(ascii: "|"), from: start, before: end) {
        Self.add(bytes, bar + 1..<end, to: &keys)
      }
      if keys.count >= Self.portion {
        counts.add(contentsOf: keys)
        keys.removeAll(keepingCapacity: true)
      }
      start = end + 1
    }
  }

  /// Adds the keys of the words in a definition and its examples.
  private static func add(
    _ bytes: UnsafeBufferPointer<UInt8>, _ gloss: Range<Int>, to keys: inout [UInt64]
  ) {
    var place = gloss.lowerBound
    while place < gloss.upperBound {
      let letters = Eight.letters(Eight.load(bytes, place))
      guard letters != 0 else {
        place += 8
        continue
      }
      place += letters.trailingZeroBitCount / 8
      guard place < gloss.upperBound else { return }
      let (key, length) = Eight.word(bytes, place)
      // What begins with a capital may be a name: `Trinity` says nothing of `trinity`.
      if bytes[place] >= 0x61 { keys.append(key) }
      place += length + 1
    }
  }

  /// How often a word stands there; 0 for what has other bytes than letters of ASCII.
  func count(of word: String) -> Int {
    var word = word
    return word.withUTF8 { bytes in
      guard let first = bytes.first, Bytes.isASCIILetter(first) else { return 0 }
      let (key, length) = Eight.word(bytes, 0)
      return length == bytes.count ? counts.count(of: key) : 0
    }
  }
}

/// Eight bytes of a text at once, as a number whose lowest byte comes first.
private enum Eight {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let tops: UInt64 = 0x8080_8080_8080_8080

  /// The bytes at a place, zeros behind the text's end.
  @inline(__always)
  static func load(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> UInt64 {
    if place + 8 <= bytes.count {
      return UInt64(
        littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(
          fromByteOffset: place, as: UInt64.self))
    }
    var value: UInt64 = 0
    for index in (min(place, bytes.count)..<bytes.count).reversed() {
      value = value << 8 | UInt64(bytes[index])
    }
    return value
  }

  /// The top bit of each byte that is a letter of ASCII.
  @inline(__always)
  static func letters(_ value: UInt64) -> UInt64 {
    let lower = value | ones &* 0x20
    // No sum of seven bits runs over into the next byte.
    let low = lower & ~tops
    let fromA = low &+ ones &* (0x80 - 0x61)
    let beyondZ = low &+ ones &* (0x80 - 0x7B)
    return fromA & ~beyondZ & ~lower & tops
  }

  /// The key of the letters from a place on, and how many they are.
  @inline(__always)
  static func word(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> (key: UInt64, length: Int)
  {
    let first = load(bytes, start)
    let others = ~letters(first) & tops
    guard others == 0 else {
      // As many low bytes as there are letters before the first other byte.
      let length = others.trailingZeroBitCount / 8
      return (first & ((1 << UInt64(8 * length)) &- 1), length)
    }
    return longWord(bytes, start, first)
  }

  private static func longWord(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ first: UInt64
  ) -> (key: UInt64, length: Int) {
    var (key, length) = (first, 8)
    while true {
      let value = load(bytes, start + length)
      let others = ~letters(value) & tops
      let more = others == 0 ? 8 : others.trailingZeroBitCount / 8
      if more == 0 { return (key, length) }
      let part = more == 8 ? value : value & ((1 << UInt64(8 * more)) &- 1)
      // Set the top bit, which no letter has: a hash is no short word.
      key = (key ^ (part &* 0xC2B2_AE3D_27D4_EB4F)) &* 0x9E37_79B1_85EB_CA87
      key = (key ^ (key >> 29)) | 1 << 63
      length += more
      if more < 8 { return (key, length) }
    }
  }
}
