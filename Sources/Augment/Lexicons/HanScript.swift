import TextKit

/// Whether Chinese is written in traditional or in simplified characters.
///
/// A character that GB 2312 has and Big5 has not is simplified, one that Big5 has and GB 2312 has not is
/// traditional; most are the same in both.
enum HanScript: Sendable {
  case simplified
  case traditional
  /// The characters are those of both.
  case common

  /// The script that most of a text's telling characters are of.
  init(of text: String) {
    var (simplified, traditional) = (0, 0)
    for scalar in text.unicodeScalars where Self.isHan(scalar) {
      if Self.simplifiedAlone.contains(scalar) { simplified += 1 }
      if Self.traditionalAlone.contains(scalar) { traditional += 1 }
    }
    self =
      simplified > traditional ? .simplified : traditional > simplified ? .traditional : .common
  }

  /// Whether a word may stand in a text of this script.
  func accepts(_ word: String) -> Bool {
    let script = HanScript(of: word)
    return script == .common || script == self
  }

  /// Whether a character is one of Chinese writing.
  static func isHan(_ scalar: Unicode.Scalar) -> Bool {
    (0x4E00...0x9FFF).contains(scalar.value) || (0x3400...0x4DBF).contains(scalar.value)
      || (0x20000...0x3FFFF).contains(scalar.value) || scalar.value == 0x3007
  }

  /// Whether GB 2312 or Big5 has a character: others are rare, such as 䁖.
  static func isEveryday(_ scalar: Unicode.Scalar) -> Bool {
    simplifiedSet.contains(scalar) || traditionalSet.contains(scalar)
  }

  private static let simplifiedAlone = simplifiedSet.subtracting(traditionalSet)
  private static let traditionalAlone = traditionalSet.subtracting(simplifiedSet)
  private static let simplifiedSet = characters("GB2312", 0xB0...0xF7, [0xA1...0xFE])
  private static let traditionalSet = characters(
    "Big5", 0xA4...0xF9, [0x40...0x7E, 0xA1...0xFE])

  /// The Han characters of an encoding of two bytes a character.
  private static func characters(
    _ encoding: String, _ leads: ClosedRange<UInt8>, _ trails: [ClosedRange<UInt8>]
  ) -> Set<Unicode.Scalar> {
    // A line end behind each pair: where no character has it, the next one is read aright.
    var pairs: [UInt8] = []
    for lead in leads {
      for trail in trails.joined() { pairs += [lead, trail, 0x0A] }
    }
    let decoded = try? TextDecoder(encoding, replacing: true)?.decode(pairs, atEnd: true)
    return Set(String(decoding: decoded ?? [], as: UTF8.self).unicodeScalars.filter(isHan))
  }
}
