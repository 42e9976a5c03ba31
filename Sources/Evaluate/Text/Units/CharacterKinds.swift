/// What the rules of tokenizers ask about a character, looked up in a table.
struct CharacterKinds: OptionSet {
  let rawValue: UInt8

  /// Of Unicode's categories P.
  static let punctuation = CharacterKinds(rawValue: 1)
  /// Of Unicode's categories S.
  static let symbol = CharacterKinds(rawValue: 2)
  /// Of Unicode's categories N.
  static let number = CharacterKinds(rawValue: 4)
  /// Of Unicode's categories L.
  static let letter = CharacterKinds(rawValue: 8)
  /// Of Unicode's categories M.
  static let mark = CharacterKinds(rawValue: 16)
  /// A word by itself: Han, Kana, Thai and other scripts that write no blanks between words.
  static let ideograph = CharacterKinds(rawValue: 32)
  /// White space to Python.
  static let space = CharacterKinds(rawValue: 64)

  /// What `\w` matches, but for the underscore.
  static let word: CharacterKinds = [.letter, .number]

  /// The kinds of each code point; those above have none.
  static let table: [CharacterKinds] = (0..<0x32400).map { value in
    Unicode.Scalar(UInt32(value)).map(kinds) ?? []
  }

  /// The kinds of a code point.
  @inline(__always)
  static func of(_ value: UInt32, in table: [CharacterKinds]) -> CharacterKinds {
    Int(value) < table.count ? table[Int(value)] : []
  }

  private static func kinds(_ scalar: Unicode.Scalar) -> CharacterKinds {
    var kinds = category(scalar)
    switch scalar.value {
    case 0xE01...0xE3A, 0xE40...0xE4E, 0xE81...0xECD, 0x1000...0x103F, 0x1780...0x17D3,
      0x3005...0x3007, 0x3040...0x30FF, 0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
      0xF900...0xFAFF, 0x20000...0x323AF:
      if !kinds.isDisjoint(with: [.letter, .number, .mark]) { kinds.insert(.ideograph) }
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
      0x205F, 0x3000:
      kinds.insert(.space)
    default: break
    }
    return kinds
  }

  private static func category(_ scalar: Unicode.Scalar) -> CharacterKinds {
    switch scalar.properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      .punctuation
    case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: .symbol
    case .decimalNumber, .letterNumber, .otherNumber: .number
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      .letter
    case .nonspacingMark, .spacingMark, .enclosingMark: .mark
    default: []
    }
  }
}
