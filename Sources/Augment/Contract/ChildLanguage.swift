import TextKit

/// Whether a child speaks another language than its parent.
enum ChildLanguage {
  /// How sure both must be told, and how much of letters it takes, in UTF-8 bytes: some three words, four
  /// Chinese characters.
  private static let leastProbability = 0.9
  private static let leastLetters = 12

  /// The languages of a text and of what was made of it, where both are sure and not the same.
  static func change(from old: String, to new: String) -> (from: String, to: String)? {
    guard let now = sure(new), let before = sure(old), now != before else { return nil }
    return (before, now)
  }

  /// Likewise, where at least half of the words are new; fewer make no other language of a text.
  static func changeOfMostWords(from old: String, to new: String) -> (from: String, to: String)? {
    let known = Set(words(of: old))
    let words = words(of: new)
    let kept = words.count { known.contains($0) }
    return kept * 2 > words.count ? nil : change(from: old, to: new)
  }

  /// The words between blanks, each as a hash (FNV-1a).
  private static func words(of text: String) -> [UInt64] {
    let start: UInt64 = 0xCBF2_9CE4_8422_2325
    var words: [UInt64] = []
    var hash = start
    for byte in text.utf8 {
      if byte > 0x20 {
        hash = (hash ^ UInt64(byte)) &* 0x0100_0000_01B3
      } else if hash != start {
        words.append(hash)
        hash = start
      }
    }
    return hash == start ? words : words + [hash]
  }

  private static func sure(_ text: String) -> String? {
    let letters = text.unicodeScalars.reduce(0) {
      $0 + ($1.properties.isAlphabetic ? UTF8.width($1) : 0)
    }
    guard letters >= leastLetters, let guess = LanguageIdentifier.standard.guess(text),
      guess.probability >= leastProbability
    else { return nil }
    return guess.language
  }
}
