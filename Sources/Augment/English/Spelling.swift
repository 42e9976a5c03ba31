import Stages

/// The regular endings of English, and the letters before them that change.
enum Spelling {
  private static func isVowel(_ byte: UInt8) -> Bool { "aeiou".utf8.contains(byte) }

  private static func endsInConsonantY(_ letters: [UInt8]) -> Bool {
    letters.count > 1 && letters.last == UInt8(ascii: "y") && !isVowel(letters[letters.count - 2])
  }

  private static func text(_ letters: some Collection<UInt8>, _ ending: String) -> String {
    String(decoding: letters, as: UTF8.self) + ending
  }

  /// Plurals and the third person: `boxes`, `tries`, `plays`.
  static func addS(_ word: String) -> String {
    let letters = Array(word.utf8)
    if endsInConsonantY(letters) { return text(letters.dropLast(), "ies") }
    let hisses = ["s", "x", "z", "ch", "sh"].contains { word.hasSuffix($0) }
    let isGo = ["go", "do"].contains { word.hasSuffix($0) } && word.utf8.count <= 7
    return text(letters, hisses || isGo ? "es" : "s")
  }

  /// `making`, `dying`, `stopping`, `seeing`.
  static func addIng(_ verb: String) -> String {
    let letters = Array(verb.utf8)
    if verb.hasSuffix("ie") { return text(letters.dropLast(2), "ying") }
    if dropsE(verb) { return text(letters.dropLast(), "ing") }
    return text(letters + doubled(letters), "ing")
  }

  /// `used`, `tried`, `stopped`.
  static func addEd(_ verb: String) -> String {
    let letters = Array(verb.utf8)
    if letters.last == UInt8(ascii: "e") { return text(letters, "d") }
    if endsInConsonantY(letters) { return text(letters.dropLast(), "ied") }
    return text(letters + doubled(letters), "ed")
  }

  /// `nicer`, `happier`, `bigger`; with `est` the superlative.
  static func addEr(_ adjective: String, _ ending: String = "er") -> String {
    let letters = Array(adjective.utf8)
    if letters.last == UInt8(ascii: "e") { return text(letters.dropLast(), ending) }
    if endsInConsonantY(letters) { return text(letters.dropLast(), "i\(ending)") }
    return text(letters + doubled(letters), ending)
  }

  /// Whether an adjective takes -er: one syllable, or two with -y; `famous` takes `more`.
  static func gradesBySuffix(_ adjective: String) -> Bool {
    let syllables = syllableCount(adjective)
    if adjective.hasSuffix("ed") || adjective.hasSuffix("ing") { return false }
    return syllables == 1
      || syllables == 2 && endsInConsonantY(Array(adjective.utf8))
        && !adjective.hasSuffix("ly")
  }

  /// A mute e falls away before -ing, but not in `see`, `dye` and `hoe`.
  private static func dropsE(_ verb: String) -> Bool {
    verb.hasSuffix("e") && verb.utf8.count > 2
      && !["ee", "oe", "ye"].contains { verb.hasSuffix($0) }
  }

  /// The last consonant once more, where one syllable ends in vowel and consonant: `stop`.
  ///
  /// Longer words double where the last syllable is stressed, which spelling does not show; WordNet
  /// lists those.
  private static func doubled(_ letters: [UInt8]) -> [UInt8] {
    guard letters.count > 2, let last = letters.last, !isVowel(last), !"wxyh".utf8.contains(last)
    else { return [] }
    let vowel = letters[letters.count - 2]
    let before = letters[letters.count - 3]
    // In `quit` the u belongs to the q.
    let isSecondVowel =
      isVowel(before)
      && !(before == UInt8(ascii: "u") && letters.dropLast(3).last == UInt8(ascii: "q"))
    guard isVowel(vowel), !isSecondVowel else { return [] }
    return syllableCount(String(decoding: letters, as: UTF8.self)) == 1 ? [last] : []
  }

  /// Runs of vowels, without a mute e at the end.
  static func syllableCount(_ word: String) -> Int {
    var count = 0
    var inVowels = false
    for byte in word.utf8 {
      let isVowel = isVowel(byte) || byte == UInt8(ascii: "y")
      if isVowel, !inVowels { count += 1 }
      inVowels = isVowel
    }
    let hasMuteE = word.hasSuffix("e") && !word.hasSuffix("le") && !word.hasSuffix("ee")
    return max(1, hasMuteE && count > 1 ? count - 1 : count)
  }

  /// Whether `an` stands before a word, by its sound as far as spelling shows it.
  static func takesAn(_ word: String) -> Bool {
    let word = word.lowercased()
    if ["hour", "honest", "honor", "honour", "heir"].contains(where: { word.hasPrefix($0) }) {
      return true
    }
    let consonantSound =
      ["one", "once", "eu", "ewe", "ubiq", "unanim", "uku", "ura", "uti", "use", "usu", "uter"]
      .contains { word.hasPrefix($0) } || soundsLikeYou(word)
    return !consonantSound && word.utf8.first.map(isVowel) == true
  }

  /// `uni-` as in `union` and `unit`, but not as in `unimportant` and `uninformed`.
  private static func soundsLikeYou(_ word: String) -> Bool {
    guard word.hasPrefix("uni") else { return false }
    return !["unim", "unin", "unid"].contains { word.hasPrefix($0) }
  }

  /// Whether two words are spellings or endings of one: `colour` and `color`, `maximal` and `maximum`.
  ///
  /// A text that swapped the one for the other would say nothing new, and mix two spellings.
  static func areVariants(_ left: String, _ right: String) -> Bool {
    // No distance is less than the difference in length.
    guard abs(left.unicodeScalars.count - right.unicodeScalars.count) <= 2 else { return false }
    let distance = Suggestion.editDistance(left, right)
    let shared = zip(left.utf8, right.utf8).prefix { $0 == $1 }.count
    return distance <= 1 || distance <= 2 && shared >= 5
  }
}
