/// Bytes of UTF-8 that were changed on their way and can be told from their neighbours.
enum LostBytes {
  // MARK: - A0 that became a blank

  /// Whether a sequence would be one if a blank in it were A0.
  static func hasBlank(_ bytes: [UInt8]) -> Bool {
    bytes.indices.contains { bytes[$0] >= 0xC2 && alteredLength(bytes, $0) > 0 }
  }

  /// Puts A0 back into sequences that lack it.
  static func blanksRestored(_ bytes: [UInt8]) -> [UInt8] {
    var result = withGraveWords(bytes)
    var place = 0
    while place < result.count {
      let length = alteredLength(result, place)
      for offset in 0..<length where result[place + offset] == 0x20 {
        result[place + offset] = 0xA0
      }
      place += max(1, length)
    }
    return result
  }

  /// An à before a blank is mostly a word, which keeps its blank; `às` and `àquele` are not.
  private static func withGraveWords(_ bytes: [UInt8]) -> [UInt8] {
    let joined = [" ", "quele", "quela", "quilo", "s "].map { Array($0.utf8) }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      let isWord =
        bytes[place] == 0xC3 && place + 1 < bytes.count && bytes[place + 1] == 0x20
        && !joined.contains { bytes[(place + 2)...].starts(with: $0) }
      result += isWord ? [0xC3, 0xA0, 0x20] : [bytes[place]]
      place += isWord ? 2 : 1
    }
    return result
  }

  /// How long a sequence with a blank is at a place; 0 where there is none.
  private static func alteredLength(_ bytes: [UInt8], _ place: Int) -> Int {
    func at(_ offset: Int) -> UInt8 { place + offset < bytes.count ? bytes[place + offset] : 0 }
    func continues(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
    // 85 and A0 do not stand beside a lost A0 in text that is likely.
    func continuesLikely(_ byte: UInt8) -> Bool { continues(byte) && byte != 0x85 && byte != 0xA0 }
    let blank: UInt8 = 0x20
    switch at(0) {
    case 0xC2, 0xC3, 0xC5, 0xCE, 0xD0, 0xD9: return at(1) == blank ? 2 : 0
    case 0xE0...0xE3:
      let isSecond = at(0) >= 0xE2 && at(1) == blank && continuesLikely(at(2))
      return isSecond || continuesLikely(at(1)) && at(2) == blank ? 3 : 0
    case 0xF0:
      let rest = [at(1), at(2), at(3)]
      return rest.count { $0 == blank } == 1 && rest.count(where: continues) == 2 ? 4 : 0
    default: return 0
    }
  }

  // MARK: - Bytes that were replaced

  /// Sequences in which a byte is 1A, or a question mark, become U+FFFD.
  static func lossyReplaced(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(where: { $0 == 0x1A || $0 == 0x3F }) else { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      let length = lossyLength(bytes, place)
      if length > 0 { result += [0xEF, 0xBF, 0xBD] } else { result.append(bytes[place]) }
      place += max(1, length)
    }
    return result
  }

  /// How long a sequence that lost a byte is at a place; 0 where there is none.
  private static func lossyLength(_ bytes: [UInt8], _ place: Int) -> Int {
    func at(_ offset: Int) -> UInt8 { place + offset < bytes.count ? bytes[place + offset] : 0 }
    func isLost(_ byte: UInt8) -> Bool { byte == 0x1A || byte == 0x3F }
    func continues(_ byte: UInt8) -> Bool { byte == 0x1A || byte & 0xC0 == 0x80 }
    /// All continue the sequence, where one of them may be a question mark, and one is lost.
    func isLossy(_ offsets: ClosedRange<Int>) -> Bool {
      offsets.contains { lost in
        isLost(at(lost)) && offsets.allSatisfy { $0 == lost || continues(at($0)) }
      }
    }
    switch at(0) {
    case 0x1A: return 1
    case 0xC2...0xDF: return at(1) == 0x1A || at(0) <= 0xC3 && at(1) == 0x3F ? 2 : 0
    case 0xED where isLossyPair(at): return 6
    case 0xE0...0xEF: return isLossy(1...2) ? 3 : 0
    case 0xF0...0xF4: return isLossy(1...3) ? 4 : 0
    default: return 0
    }
  }

  /// Two surrogates of which one at least lost its last byte.
  private static func isLossyPair(_ at: (Int) -> UInt8) -> Bool {
    func isLost(_ byte: UInt8) -> Bool { byte == 0x1A || byte == 0x3F }
    let ends = [at(2), at(5)]
    return at(1) & 0xF0 == 0xA0 && at(3) == 0xED && at(4) & 0xF0 == 0xB0
      && ends.contains(where: isLost) && ends.allSatisfy { isLost($0) || $0 & 0xC0 == 0x80 }
  }
}
