/// What a character is to a word.
enum WordClass {
  /// Part of a word: letters, marks, digits.
  case letter
  /// A word by itself.
  case ideograph
  /// Between words.
  case other

  init(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: self = .letter
    case 0..<0x80: self = .other
    case 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF:
      self = .ideograph
    default:
      let properties = scalar.properties
      let isMark = properties.canonicalCombiningClass != .notReordered
      self = properties.isAlphabetic || properties.numericType != nil || isMark ? .letter : .other
    }
  }
}
