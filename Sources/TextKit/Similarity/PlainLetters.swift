/// Characters whose comparable form does not depend on those beside them, with that form as words have it.
///
/// Of the scripts without marks that combine, and of general punctuation and symbols. A text of these
/// and ASCII is read without a form of it being made.
enum PlainLetters {
  /// What a character is written as within a word.
  struct Letter {
    /// Its bytes, the first the lowest.
    fileprivate(set) var bytes: UInt32 = 0
    /// How many they are; 0 where the character is not one of these.
    fileprivate(set) var count = 0
  }

  /// Latin, Greek and Cyrillic; punctuation, currencies, arrows and signs of mathematics.
  private static let letters = 0x80..<UInt32(0x530)
  private static let signs = 0x2000..<UInt32(0x2300)
  private static let letterTable = letters.map { entry($0) }
  private static let signTable = signs.map { entry($0) }

  /// The letter of a character; between words that is a zero byte.
  static func letter(of value: UInt32) -> Letter {
    if letters.contains(value) { return letterTable[Int(value - letters.lowerBound)] }
    if signs.contains(value) { return signTable[Int(value - signs.lowerBound)] }
    return Letter()
  }

  private static func entry(_ value: UInt32) -> Letter {
    guard let scalar = Unicode.Scalar(value), !isMark(scalar) else { return Letter() }
    let form = ComparableText.form(String(scalar))
    let classes = form.unicodeScalars.map { $0 == "_" ? .letter : WordClass($0) }
    // A blank of its own has an empty form.
    if classes.allSatisfy({ $0 == .other }) { return Letter(bytes: 0, count: 1) }
    guard classes.allSatisfy({ $0 == .letter }), !form.unicodeScalars.contains(where: isMark),
      form.utf8.count <= UTF8.width(scalar)
    else { return Letter() }
    return form.utf8.reversed().reduce(into: Letter()) { letter, byte in
      letter.bytes = letter.bytes << 8 | UInt32(byte)
      letter.count += 1
    }
  }

  /// Whether a character combines with the one before it.
  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: true
    default: scalar.properties.canonicalCombiningClass != .notReordered
    }
  }
}
