import Records
import Stages
import TextKit

/// Guesses what text without a mark is in, from its bytes.
///
/// UTF-16 and UTF-32 show by their zero bytes, UTF-8 by its own form; the rest is ICU's guess, taken
/// only where there is enough text to go by and all of it decodes to characters that texts have.
enum EncodingGuess {
  /// The fewest bytes that are no ASCII to guess from: one letter alone could be in any encoding.
  private static let fewest = 8
  /// The least that ICU must be sure, of 100.
  private static let leastConfidence = 20
  /// The most bytes that are looked at.
  static let sampleSize = 1 << 16

  /// UTF-16 or UTF-32 without a mark, by where the first bytes are zero; nil for all else.
  static func wide(_ head: [UInt8]) -> String? {
    let sample = head.prefix(4096)
    guard sample.contains(0), sample.count >= 4 else { return nil }
    var zeros = [0, 0, 0, 0]
    for (index, byte) in sample.enumerated() where byte == 0 { zeros[index % 4] += 1 }
    let quarter = sample.count / 4
    func isMost(_ place: Int) -> Bool { zeros[place] * 10 >= quarter * 9 }
    if isMost(0), isMost(1), zeros[3] * 2 < quarter { return "UTF-32BE" }
    if isMost(2), isMost(3), zeros[0] * 2 < quarter { return "UTF-32LE" }
    let (even, odd) = (zeros[0] + zeros[2], zeros[1] + zeros[3])
    let isBig = even > odd
    // One unit in a hundred is enough, blanks in Chinese; a picture has zeros on both sides.
    guard max(even, odd) * 50 >= quarter, min(even, odd) * 2 <= max(even, odd),
      holdsBreak(Array(sample), isBig: isBig)
    else { return nil }
    let name = isBig ? "UTF-16BE" : "UTF-16LE"
    return isText(head, name) ? name : nil
  }

  /// Whether a line break or a blank stands among units of two bytes.
  private static func holdsBreak(_ bytes: [UInt8], isBig: Bool) -> Bool {
    stride(from: 0, to: bytes.count - 1, by: 2).contains { place in
      let (high, low) = isBig ? (bytes[place], bytes[place + 1]) : (bytes[place + 1], bytes[place])
      return high == 0 && (low == 0x0A || low == 0x20)
    }
  }

  /// The encoding of a sample that holds more than ASCII; nil where it is UTF-8, or might be anything.
  static func narrow(_ sample: [UInt8]) -> String? {
    let (good, bad) = sequences(in: sample)
    let isEscaped = isEscaped(sample)
    // A file of UTF-8 in which some records are broken stays one.
    guard bad > good || isEscaped, let name = likely(isEscaped ? sample : tellingLines(of: sample))
    else { return nil }
    let others = sample.count { $0 >= 0x80 }
    guard others >= fewest || isEscaped, isText(sample, name) else { return nil }
    return name
  }

  /// What bytes are in, where ICU is sure enough; nil for UTF-8, and for the wide encodings, which are
  /// known by other signs.
  static func likely(_ bytes: [UInt8]) -> String? {
    if ThaiBytes.areText(bytes) { return ThaiBytes.encoding }
    if CyrillicBytes.areText(bytes) { return CyrillicBytes.encoding }
    guard let guess = TextEncoding.detect(bytes), guess.confidence >= leastConfidence,
      let name = accepted[guess.name]
    else { return nil }
    return EncodingTwins.choice(name, for: bytes)
  }

  /// The lines that hold more than ASCII: what is between them would be taken for English.
  private static func tellingLines(of sample: [UInt8]) -> [UInt8] {
    let lines = sample.split(separator: UInt8(ascii: "\n"))
    return Array(lines.filter { $0.contains { $0 >= 0x80 } }.joined(separator: "\n".utf8))
  }

  /// ICU's names and the encodings that are read for them; supersets where files use these.
  private static let accepted = [
    "ISO-8859-1": "windows-1252", "ISO-8859-2": "ISO-8859-2", "ISO-8859-5": "ISO-8859-5",
    "ISO-8859-6": "ISO-8859-6", "ISO-8859-7": "ISO-8859-7", "ISO-8859-8": "windows-1255",
    "ISO-8859-8-I": "windows-1255", "ISO-8859-9": "windows-1254", "windows-1250": "windows-1250",
    "windows-1251": "windows-1251", "windows-1252": "windows-1252", "windows-1253": "windows-1253",
    "windows-1254": "windows-1254", "windows-1255": "windows-1255", "windows-1256": "windows-1256",
    "KOI8-R": "KOI8-R", "Shift_JIS": "windows-31j", "EUC-JP": "EUC-JP", "EUC-KR": "windows-949",
    "GB18030": "GB18030", "Big5": "Big5", "ISO-2022-JP": "ISO-2022-JP",
    "ISO-2022-KR": "ISO-2022-KR", "ISO-2022-CN": "ISO-2022-CN",
  ]

  /// How many sequences of several bytes are UTF-8, and how many bytes are not; what the end of the
  /// sample may have cut is neither.
  private static func sequences(in sample: [UInt8]) -> (good: Int, bad: Int) {
    var good = 0
    var bad = 0
    var place = 0
    while place < sample.count {
      guard sample[place] >= 0x80 else {
        place += 1
        continue
      }
      let length = UTF8Sequence.length(in: sample, at: place)
      if length > 0 { good += 1 } else if place + 4 <= sample.count { bad += 1 }
      place += max(length, 1)
    }
    return (good, bad)
  }

  /// Whether escape sequences switch character sets, as those of ISO-2022 do.
  private static func isEscaped(_ sample: [UInt8]) -> Bool {
    sample.indices.contains {
      sample[$0] == CharacterSetEscape.first && CharacterSetEscape.begins(sample[$0...]) == true
    }
  }

  /// Whether bytes decode to characters that texts have: no control characters, nothing private.
  private static func isText(_ sample: [UInt8], _ encoding: String) -> Bool {
    guard let decoder = TextDecoder(encoding),
      let bytes = try? decoder.decode(sample, atEnd: false)
    else { return false }
    return String(decoding: bytes, as: UTF8.self).unicodeScalars.allSatisfy { scalar in
      switch scalar.value {
      case 0x09, 0x0A, 0x0C, 0x0D, 0x1A, 0x1B, 0x85, 0xFEFF: true
      case 0..<0x20, 0x7F..<0xA0, 0xE000..<0xF900, 0xFFF0...0xFFFF, 0xF0000...: false
      default: scalar.properties.generalCategory != .unassigned
      }
    }
  }
}

/// One character of several bytes in UTF-8.
enum UTF8Sequence {
  /// How many bytes the character that begins at a place has; 0 where none begins there.
  static func length(in bytes: [UInt8], at place: Int) -> Int {
    let lead = bytes[place]
    let length = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    guard length > 1 else { return length }
    guard lead < 0xF5, place + length <= bytes.count else { return 0 }
    // The second byte bars overlong forms, surrogates and what lies behind U+10FFFF.
    let second: ClosedRange<UInt8> =
      switch lead {
      case 0xE0: 0xA0...0xBF
      case 0xED: 0x80...0x9F
      case 0xF0: 0x90...0xBF
      case 0xF4: 0x80...0x8F
      default: 0x80...0xBF
      }
    guard second.contains(bytes[place + 1]) else { return 0 }
    return (2..<length).allSatisfy { bytes[place + $0] & 0xC0 == 0x80 } ? length : 0
  }
}
