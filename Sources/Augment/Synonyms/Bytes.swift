/// What single bytes and characters of UTF-8 text are to words.
enum Bytes {
  static func isASCIILetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// A letter of ASCII as a small one; any other byte as it is.
  static func lowercased(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
  }

  /// Letters of ASCII as a word in small ones.
  static func lowercased(_ letters: UnsafeBufferPointer<UInt8>) -> String {
    String(unsafeUninitializedCapacity: letters.count) { word in
      for (place, letter) in letters.enumerated() { word[place] = letter | 0x20 }
      return letters.count
    }
  }

  /// ASCII letters, digits, and parts of any character beyond ASCII.
  static func isWordByte(_ byte: UInt8) -> Bool {
    isASCIILetter(byte) || isDigit(byte) || byte >= 0x80
  }

  /// The bytes of the letter, mark or digit at a place; nil where there is none.
  static func letterWidth(_ bytes: [UInt8], _ place: Int, _ limit: Int) -> Int? {
    guard place < limit else { return nil }
    if bytes[place] < 0x80 {
      return isASCIILetter(bytes[place]) || isDigit(bytes[place]) ? 1 : nil
    }
    guard let (scalar, width) = scalar(bytes, place, limit) else { return nil }
    let properties = scalar.properties
    let isPart =
      properties.isAlphabetic || properties.numericType != nil
      || properties.canonicalCombiningClass != .notReordered
    return isPart ? width : nil
  }

  /// Whether the characters before a place and behind it are parts of one word.
  ///
  /// Scripts that write no blanks, such as Han characters, kana and Thai, tell nothing of where words end:
  /// there a word may begin and end anywhere.
  static func joinsWord(_ bytes: [UInt8], _ place: Int) -> Bool {
    guard place > 0, place < bytes.count else { return false }
    var before = place - 1
    while before > 0, bytes[before] & 0xC0 == 0x80 { before -= 1 }
    return isSpacedLetter(bytes, before) && isSpacedLetter(bytes, place)
  }

  private static func isSpacedLetter(_ bytes: [UInt8], _ place: Int) -> Bool {
    guard letterWidth(bytes, place, bytes.count) != nil else { return false }
    guard bytes[place] >= 0xE0, let (scalar, _) = scalar(bytes, place, bytes.count) else {
      return true
    }
    switch scalar.value {
    case 0xE00...0xEFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3040...0x30FF: return false
    default: return !HanScript.isHan(scalar)
    }
  }

  /// The bytes of an apostrophe or a hyphen at a place; nil where there is none.
  static func joinerWidth(_ bytes: [UInt8], _ place: Int, _ limit: Int) -> Int? {
    switch bytes[place] {
    case UInt8(ascii: "'"), UInt8(ascii: "-"): 1
    case 0x80...:
      switch scalar(bytes, place, limit) {
      // Right single quotation mark, hyphen, non-breaking hyphen.
      case (let scalar, let width)? where [0x2019, 0x2010, 0x2011].contains(scalar.value): width
      default: nil
      }
    default: nil
    }
  }

  /// The character at a place and its width in bytes.
  private static func scalar(
    _ bytes: [UInt8], _ place: Int, _ limit: Int
  ) -> (Unicode.Scalar, Int)? {
    var decoder = UTF8()
    var iterator = bytes[place..<min(limit, place + 4)].makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
    return (scalar, UTF8.width(scalar))
  }

  /// A word without the `'s` or `’s` at its end.
  static func withoutPossessive(_ bytes: [UInt8], _ range: Range<Int>) -> Range<Int> {
    guard bytes[range.upperBound - 1] | 0x20 == UInt8(ascii: "s") else { return range }
    for apostrophe in ["'", "\u{2019}"] {
      let start = range.upperBound - 1 - apostrophe.utf8.count
      guard start > range.lowerBound else { continue }
      if bytes[start..<range.upperBound - 1].elementsEqual(apostrophe.utf8) {
        return range.lowerBound..<start
      }
    }
    return range
  }

  /// A word of ASCII with its first letter a capital.
  static func capitalized(_ word: String) -> String {
    var bytes = Array(word.utf8)
    if let first = bytes.first, (0x61...0x7A).contains(first) { bytes[0] = first & 0xDF }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// How a word of ASCII letters is capitalised.
  static func casing(_ word: ArraySlice<UInt8>) -> TextToken.Casing {
    let capitals = word.count { $0 < 0x61 }
    guard let first = word.first, capitals > 0 else { return .lower }
    if capitals == word.count { return word.count == 1 ? .title : .upper }
    return capitals == 1 && first < 0x61 ? .title : .mixed
  }
}
