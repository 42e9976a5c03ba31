/// What a character is to a word.
enum WordClass {
  /// Part of a word: letters, marks, digits.
  case letter
  /// A word by itself: scripts that write no blanks between words.
  case ideograph
  /// Between words.
  case other

  init(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: self = .letter
    case 0..<0x80: self = .other
    // Latin, Greek and Cyrillic without their signs, which would have to be looked up.
    case 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x24F, 0x388...0x3CE, 0x400...0x481: self = .letter
    // Thai, Lao, Burmese, Khmer.
    case 0xE01...0xE3A, 0xE40...0xE4E, 0xE81...0xECD, 0x1000...0x103F, 0x1780...0x17D3:
      self = .ideograph
    case 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF:
      self = .ideograph
    default:
      let properties = scalar.properties
      let isMark = properties.canonicalCombiningClass != .notReordered
      self = properties.isAlphabetic || properties.numericType != nil || isMark ? .letter : .other
    }
  }
}
