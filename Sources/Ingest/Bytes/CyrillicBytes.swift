/// Cyrillic of DOS (code page 866) in bytes, which ICU does not guess.
enum CyrillicBytes {
  static let encoding = "IBM866"
  /// Fewer letters could be others by chance.
  private static let fewest = 20

  /// Whether bytes beyond ASCII are Cyrillic letters of code page 866, with few signs among them.
  ///
  /// Letters stand beside letters, which sets them off from the accents of code page 850; words of an odd number
  /// of letters set them off from pairs of bytes, as GBK's pinyin; capitals begin words; and о, е, а, и, н and т
  /// are as many as Russian, Ukrainian and Bulgarian have of them.
  static func areText(_ bytes: [UInt8]) -> Bool {
    var (letters, signs, joined, misplaced, common) = (0, 0, 0, 0, 0)
    var (words, odd, length) = (0, 0, 0)
    var before: UInt8 = 0
    for byte in bytes + [0] {
      defer { before = byte }
      guard byte >= 0x80 else {
        words += min(length, 1)
        odd += length & 1
        length = 0
        continue
      }
      length += 1
      guard isCapital(byte) || isSmall(byte) else {
        signs += 1
        continue
      }
      letters += 1
      if before >= 0x80 { joined += 1 }
      if isCapital(byte), isSmall(before) { misplaced += 1 }
      if [0xAE, 0xA5, 0xA0, 0xA8, 0xAD, 0xE2].contains(byte) { common += 1 }
    }
    return letters >= fewest && signs * 4 <= letters && joined * 2 >= letters
      && odd * 4 >= words && misplaced * 20 <= letters && common * 10 >= letters * 3
  }

  /// А to Я and Ё.
  private static func isCapital(_ byte: UInt8) -> Bool { 0x80...0x9F ~= byte || byte == 0xF0 }

  /// а to я and ё.
  private static func isSmall(_ byte: UInt8) -> Bool {
    0xA0...0xAF ~= byte || 0xE0...0xEF ~= byte || byte == 0xF1
  }
}
