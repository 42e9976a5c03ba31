/// Porter's stemmer (Program 14.3, 1980) with the extensions of nltk, which rouge_score and nltk's
/// METEOR use.
///
/// A word is read as code points: all but a, e, i, o, u and some y are consonants, digits and other
/// scripts too.
package struct PorterStemmer {
  private typealias Rule = (suffix: [UInt32], replacement: [UInt32])

  private var word: [UInt32] = []

  init() {}

  /// The stem of one word of small letters.
  package static func stem(_ word: String) -> String {
    var (word, stemmer) = (word, PorterStemmer())
    return String(decoding: word.withUTF8 { stemmer.stem($0) }, as: UTF8.self)
  }

  /// The stem of a word of small letters.
  mutating func stem(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    if let irregular = Self.irregular[Array(bytes)] { return irregular }
    word.removeAll(keepingCapacity: true)
    PythonText.forEachScalar(bytes) { value, _ in word.append(value) }
    if word.count > 2 {
      removePlural()
      removePast()
      changeY()
      applyDoubleSuffixes()
      apply(Self.step3) { $0.measure($1) > 0 }
      removeLastSuffix()
      removeE()
      if ends("ll"), measure(word.count - 1) > 1 { word.removeLast() }
    }
    var result: [UInt8] = []
    for value in word { PythonText.append(value, to: &result) }
    return result
  }

  // MARK: - Steps

  /// Step 1a.
  private mutating func removePlural() {
    if ends("ies") {
      word.removeLast(word.count == 4 ? 1 : 2)
    } else if ends("sses") {
      word.removeLast(2)
    } else if ends("s"), !ends("ss") {
      word.removeLast()
    }
  }

  /// Step 1b.
  private mutating func removePast() {
    if ends("ied") {
      word.removeLast(word.count == 4 ? 1 : 2)
    } else if ends("eed") {
      if measure(word.count - 3) > 0 { word.removeLast() }
    } else if ends("ed"), hasVowel(word.count - 2) {
      word.removeLast(2)
      mendPast()
    } else if ends("ing"), hasVowel(word.count - 3) {
      word.removeLast(3)
      mendPast()
    }
  }

  /// What a word gets back that lost its `ed` or `ing`.
  private mutating func mendPast() {
    let last = word[word.count - 1]
    if ends("at") || ends("bl") || ends("iz") {
      word.append(Self.letter("e"))
    } else if endsDoubleConsonant {
      if !Self.scalars("lsz").contains(last) { word.removeLast() }
    } else if ends("*d") {
      // nltk writes this rule's name, *d, where suffixes stand, so that it is one too.
      word.removeLast(2)
      word.append(last)
    } else if measure(word.count) == 1, endsShort(word.count) {
      word.append(Self.letter("e"))
    }
  }

  /// Step 1c.
  private mutating func changeY() {
    let count = word.count - 1
    if ends("y"), count > 1, isConsonant(count - 1) { word[count] = Self.letter("i") }
  }

  /// Step 2; after `alli` it begins anew.
  private mutating func applyDoubleSuffixes() {
    while ends("alli"), measure(word.count - 4) > 0 { word.removeLast(2) }
    apply(Self.step2) { stemmer, length in
      // The l of logi belongs to the stem.
      stemmer.measure(stemmer.ends("logi") ? length + 1 : length) > 0
    }
  }

  /// Step 4.
  private mutating func removeLastSuffix() {
    apply(Self.step4) { stemmer, length in
      guard stemmer.measure(length) > 1 else { return false }
      guard stemmer.ends("ion") else { return true }
      return Self.scalars("st").contains(stemmer.word[length - 1])
    }
  }

  /// Step 5a.
  private mutating func removeE() {
    guard ends("e") else { return }
    let count = word.count - 1
    let measure = measure(count)
    if measure > 1 || (measure == 1 && !endsShort(count)) { word.removeLast() }
  }

  /// Applies the first rule whose suffix fits, if its condition holds for what stands before it.
  private mutating func apply(_ rules: [Rule], if condition: (PorterStemmer, Int) -> Bool) {
    guard let rule = rules.first(where: { word.ends(with: $0.suffix) }) else { return }
    let length = word.count - rule.suffix.count
    guard condition(self, length) else { return }
    word.removeLast(rule.suffix.count)
    word += rule.replacement
  }

  // MARK: - Conditions

  private func ends(_ suffix: StaticString) -> Bool {
    let count = suffix.utf8CodeUnitCount
    guard word.count >= count else { return false }
    for place in 0..<count
    where word[word.count - count + place] != UInt32(suffix.utf8Start[place]) {
      return false
    }
    return true
  }

  /// Whether the character at a place is a consonant: y is one behind a vowel and at the start.
  private func isConsonant(_ place: Int) -> Bool {
    var place = place
    var isFlipped = false
    while place > 0, word[place] == Self.letter("y") {
      isFlipped.toggle()
      place -= 1
    }
    return Self.isVowel(word[place]) == isFlipped
  }

  /// How often a vowel stands before a consonant in the first characters.
  private func measure(_ count: Int) -> Int {
    var (measure, wasVowel) = (0, false)
    for place in 0..<max(count, 0) {
      let isVowel = isVowel(place, after: wasVowel)
      if wasVowel, !isVowel { measure += 1 }
      wasVowel = isVowel
    }
    return measure
  }

  private func hasVowel(_ count: Int) -> Bool {
    var wasVowel = false
    for place in 0..<count {
      wasVowel = isVowel(place, after: wasVowel)
      if wasVowel { return true }
    }
    return false
  }

  private func isVowel(_ place: Int, after wasVowel: Bool) -> Bool {
    word[place] == Self.letter("y") ? place > 0 && !wasVowel : Self.isVowel(word[place])
  }

  private var endsDoubleConsonant: Bool {
    word.count >= 2 && word[word.count - 1] == word[word.count - 2] && isConsonant(word.count - 1)
  }

  /// Consonant, vowel, consonant other than w, x, y; or vowel and consonant alone.
  private func endsShort(_ count: Int) -> Bool {
    if count == 2 { return !isConsonant(0) && isConsonant(1) }
    return count >= 3 && isConsonant(count - 3) && !isConsonant(count - 2)
      && isConsonant(count - 1) && !Self.scalars("wxy").contains(word[count - 1])
  }

  private static func isVowel(_ value: UInt32) -> Bool {
    switch value {
    case letter("a"), letter("e"), letter("i"), letter("o"), letter("u"): true
    default: false
    }
  }

  @inline(__always)
  private static func letter(_ scalar: Unicode.Scalar) -> UInt32 { scalar.value }

  private static func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

  // MARK: - Tables

  private static func rules(_ text: String) -> [Rule] {
    text.split(separator: " ").map { rule in
      let parts = rule.split(separator: ">", omittingEmptySubsequences: false).map(String.init)
      return (scalars(parts[0]), scalars(parts[1]))
    }
  }

  private static let step2 = rules(
    "ational>ate tional>tion enci>ence anci>ance izer>ize bli>ble alli>al entli>ent eli>e ousli>ous "
      + "ization>ize ation>ate ator>ate alism>al iveness>ive fulness>ful ousness>ous aliti>al "
      + "iviti>ive biliti>ble fulli>ful logi>log")
  private static let step3 = rules("icate>ic ative> alize>al iciti>ic ical>ic ful> ness>")
  private static let step4 = rules(
    "al> ance> ence> er> ic> able> ible> ant> ement> ment> ent> ion> ou> ism> ate> iti> ous> ive> "
      + "ize>")

  private static let irregular: [[UInt8]: [UInt8]] = {
    let forms = [
      "sky": ["sky", "skies"], "die": ["dying"], "lie": ["lying"], "tie": ["tying"],
      "news": ["news"], "inning": ["innings", "inning"], "outing": ["outings", "outing"],
      "canning": ["cannings", "canning"], "howe": ["howe"], "proceed": ["proceed"],
      "exceed": ["exceed"], "succeed": ["succeed"],
    ]
    var stems: [[UInt8]: [UInt8]] = [:]
    for (stem, words) in forms {
      for word in words { stems[Array(word.utf8)] = Array(stem.utf8) }
    }
    return stems
  }()
}

extension [UInt32] {
  fileprivate func ends(with suffix: [UInt32]) -> Bool {
    count >= suffix.count && self[(count - suffix.count)...].elementsEqual(suffix)
  }
}
