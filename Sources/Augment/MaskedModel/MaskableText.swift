import Records
import Stages

/// What is done to a word.
enum MaskedAction: String, ChoiceValue {
  /// It is hidden, and another word put in its place.
  case replace
  /// Another word is put in before it.
  case insert
}

/// A text and the words of it that a model may replace, or put one in before.
struct MaskableText: Sendable {
  let path: String
  let text: String
  let words: [OpenWord]

  /// Finds the words: free ones of letters alone, two at least, that no hyphen or apostrophe joins to
  /// others, and that the language leaves open.
  init(
    _ field: Field, _ free: FreeWords, _ fit: any WordFit, _ action: MaskedAction
  ) throws(StageError) {
    path = field.path
    text = field.text
    let bytes = Array(field.text.utf8)
    let plain = free.find(in: field.text).filter { word in
      word.isFree && !word.isIdeographs && Self.isPlain(word, in: bytes)
        && (action == .replace || Self.hasWordBefore(word, in: bytes))
    }
    words = try fit.open(plain, in: bytes)
  }

  private static func isPlain(_ word: TextWord, in bytes: [UInt8]) -> Bool {
    let scalars = word.text.unicodeScalars
    let isOfLetters = scalars.allSatisfy {
      $0.properties.isAlphabetic || $0.properties.generalCategory == .nonspacingMark
    }
    return scalars.count > 1 && isOfLetters && WordCasing(word.text) != .mixed
      && !joiners.contains { bytes[..<word.range.lowerBound].suffix($0.count) == $0[...] }
      && !joiners.contains { bytes[word.range.upperBound...].prefix($0.count) == $0[...] }
  }

  /// Hyphens and apostrophes, of ASCII and beyond, and the underscore.
  private static let joiners = ["-", "'", "_", "\u{2010}", "\u{2011}", "\u{2019}"].map {
    Array($0.utf8)
  }

  /// Whether a blank and a word or a comma stand before a word: it is within a sentence.
  private static func hasWordBefore(_ word: TextWord, in bytes: [UInt8]) -> Bool {
    let place = word.range.lowerBound
    guard place > 1, bytes[place - 1] == 0x20 else { return false }
    let before = bytes[place - 2]
    return Bytes.isWordByte(before) || before == UInt8(ascii: ",")
  }
}
