/// Encodings that share nearly all letters, between which ICU's statistics do not choose: what stands
/// where they differ does.
enum EncodingTwins {
  /// The encoding, or its twin where the bytes have letters of that one.
  static func choice(_ encoding: String, for bytes: [UInt8]) -> String {
    switch encoding {
    case "KOI8-R": hasUkrainianLetters(bytes) ? "KOI8-U" : encoding
    case "ISO-8859-7": hasAccentedAlpha(bytes) ? "windows-1253" : encoding
    case "windows-1252":
      isBaltic(bytes) ? "windows-1257" : hasLettersOfLatin9(bytes) ? "ISO-8859-15" : encoding
    default: encoding
    }
  }

  /// Whether a byte of one set stands beside, or before, letters.
  private static func holds(
    _ set: Set<UInt8>, in bytes: [UInt8], _ fits: (UInt8?, UInt8?) -> Bool
  ) -> Bool {
    bytes.indices.contains { place in
      guard set.contains(bytes[place]) else { return false }
      return fits(
        place > 0 ? bytes[place - 1] : nil, place + 1 < bytes.count ? bytes[place + 1] : nil)
    }
  }

  /// Ґ, Є, І and Ї of KOI8-U are lines of tables in KOI8-R, which stand beside other lines.
  private static func hasUkrainianLetters(_ bytes: [UInt8]) -> Bool {
    func isLetter(_ byte: UInt8?) -> Bool { byte.map { $0 >= 0xC0 } ?? false }
    return holds([0xA4, 0xA6, 0xA7, 0xAD, 0xB4, 0xB6, 0xB7, 0xBD], in: bytes) {
      isLetter($0) || isLetter($1)
    }
  }

  /// Ά of windows-1253, with which words begin, is an apostrophe in ISO 8859-7, with which few do; Ά of that is
  /// a paragraph sign in windows-1253.
  private static func hasAccentedAlpha(_ bytes: [UInt8]) -> Bool {
    func isLetter(_ byte: UInt8?) -> Bool { byte.map { $0 >= 0xB8 && $0 != 0xBB } ?? false }
    func begins(_ byte: UInt8) -> Bool {
      holds([byte], in: bytes) { !isLetter($0) && isLetter($1) }
    }
    return begins(0xA2) && !begins(0xB6)
  }

  /// €, š, ž, Œ, œ and Ÿ of ISO 8859-15 are signs in windows-1252 that stand between no letters.
  ///
  /// windows-1252 has them where ISO 8859-15 has control characters. Š and Ž are ¦ and ´ there, which do stand
  /// between letters ("geht´s").
  private static func hasLettersOfLatin9(_ bytes: [UInt8]) -> Bool {
    guard !bytes.contains(where: { 0x80..<0xA0 ~= $0 }) else { return false }
    func isLetter(_ byte: UInt8?) -> Bool {
      byte.map { $0 >= 0xC0 || 0x61...0x7A ~= $0 || 0x41...0x5A ~= $0 } ?? false
    }
    return bytes.contains(0xA4)
      || holds([0xA8, 0xB8, 0xBC, 0xBD, 0xBE], in: bytes) {
        isLetter($0) && isLetter($1)
      }
  }

  /// Whether š and ž of windows-1257, which are ð and þ in windows-1252, stand among other letters of
  /// Lithuanian, Latvian or Estonian, and not among those of Icelandic or Faroese.
  private static func isBaltic(_ bytes: [UInt8]) -> Bool {
    func count(_ set: Set<UInt8>) -> Int { bytes.count { set.contains($0) } }
    let carons = count([0xD0, 0xDE, 0xF0, 0xFE])
    guard carons > 0 else { return false }
    // ą, ā, ē, č, ę, ė, ģ, ī, ļ, ņ and ū.
    let others = count([0xE0, 0xE2, 0xE7, 0xE8, 0xEA, 0xEB, 0xEC, 0xEE, 0xEF, 0xF2, 0xFB])
    // õ, ä and ü, which both encodings have.
    let estonian = count([0xF5, 0xE4, 0xFC])
    // é, í, ó, ú and ý.
    guard others + estonian > count([0xE9, 0xED, 0xF3, 0xFA, 0xFD]) else { return false }
    return others > 0 ? carons * 20 >= others : bytes.contains(0xF5)
  }
}

/// Thai in bytes, which ICU does not guess.
enum ThaiBytes {
  static let encoding = "windows-874"
  /// Fewer bytes could be Chinese by chance.
  private static let fewest = 60

  /// Whether all bytes beyond ASCII are of Thai, and its marks stand on consonants.
  static func areText(_ bytes: [UInt8]) -> Bool {
    var (others, marks, stacked, wrong) = (0, 0, 0, 0)
    for (place, byte) in bytes.enumerated() where byte >= 0x80 {
      others += 1
      switch byte {
      case 0x80, 0x85, 0x91...0x97, 0xA0...0xDA, 0xDF...0xFB: break
      default: return false
      }
      guard isMark(byte) else { continue }
      marks += 1
      let before = place > 0 ? bytes[place - 1] : 0
      // Tones stand on vowels; no byte of Korean that looks like a mark stands behind another.
      if isMark(before) { stacked += 1 } else if !(0xA1...0xCE ~= before) { wrong += 1 }
    }
    return others >= fewest && marks * 20 >= others && stacked * 20 >= marks && wrong * 20 <= marks
  }

  /// Vowels above and below, tones and other signs.
  private static func isMark(_ byte: UInt8) -> Bool {
    switch byte {
    case 0xD1, 0xD4...0xDA, 0xE7...0xEE: true
    default: false
    }
  }
}
