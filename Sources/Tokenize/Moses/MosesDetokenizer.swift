/// The Moses detokenizer, rule for rule as sacremoses has it.
struct MosesDetokenizer: Sendable {
  private let language: String

  init(language: String) { self.language = language }

  /// The text of some words.
  func text(of words: [ScalarText]) -> ScalarText {
    var joined: ScalarText = [0x20]
    for word in words { joined += word + [0x20] }
    if words.isEmpty { joined.append(0x20) }
    joined = MosesEntities.unescaped(joined.replacing(" @-@ ", "-"))
    var assembly = Assembly(words: joined.words, language: language)
    assembly.run()
    let text = assembly.text.rewritten { text, place in
      let count = text[place...].prefix { $0 == 0x20 }.count
      return count > 1 ? (count, [0x20]) : nil
    }
    return text.stripped
  }
}

/// The text so far, and whether the next word gets a space in front.
private struct Assembly {
  let words: [ScalarText]
  let language: String
  private(set) var text: ScalarText = []
  private var space = true
  private var quotes: [ScalarText: Int] = [:]

  init(words: [ScalarText], language: String) {
    self.words = words
    self.language = language
  }

  mutating func run() {
    var index = 0
    while index < words.count {
      add(words[index], at: index)
      index += 1
    }
  }

  /// Adds a word; a space follows it, except where something hangs on it.
  private mutating func add(_ word: ScalarText, spaced: Bool, thenSpace: Bool = true) {
    if spaced, space { text.append(0x20) }
    text += word
    space = thenSpace
  }

  private mutating func add(_ word: ScalarText, at index: Int) {
    if MosesCharacters.isCJK(word[0]), language != "ko" {
      let joins = index > 0 && MosesCharacters.isCJK(words[index - 1].last ?? 0)
      add(word, spaced: !joins)
    } else if Self.isCurrency(word) {
      add(word, spaced: true, thenSpace: false)
    } else if word.allSatisfy(Self.punctuation.contains) {
      // French sets some signs off.
      if language == "fr", word.count == 1, Self.spacedInFrench.contains(word[0]) {
        text.append(0x20)
      }
      add(word, spaced: false)
    } else if language == "en", index > 0, Self.isContraction(word) {
      add(word, spaced: false)
    } else if joinsCzechNumber(word, index) {
      add(word, spaced: false)
    } else if joinsNext(word, index) {
      add(word, spaced: true, thenSpace: false)
    } else if joinsCzechDash(word, index) {
      add(word + words[index + 1], spaced: true, thenSpace: false)
    } else if word.allSatisfy(Self.openQuotes.contains) {
      addQuote(word, index)
    } else {
      add(word, spaced: true)
    }
  }

  private static let punctuation = Set(ScalarText(",.?!:;\\%}])"))
  private static let spacedInFrench = Set(ScalarText("?!:;\\%"))
  private static let openQuotes = Set(ScalarText("'\"\u{201E}\u{201C}`"))
  private static let opening = Set(ScalarText("([{\u{BF}\u{A1}"))

  private static func isCurrency(_ word: ScalarText) -> Bool {
    word.allSatisfy { opening.contains($0) || MosesCharacters.currency[$0] }
  }

  private static func isContraction(_ word: ScalarText) -> Bool {
    word.count > 1 && word[0] == 0x27 && MosesCharacters.plainAlphabetic[word[1]]
  }

  private func isDigits(_ word: ScalarText) -> Bool {
    word.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Czech: asks, as sacremoses does, for the last two words of the whole text.
  private func joinsCzechNumber(_ word: ScalarText, _ index: Int) -> Bool {
    guard language == "cs", index > 1, isDigits(word), let last = words.last else { return false }
    return isDigits(words[words.count - 2]) && (last == [0x2E] || last == [0x2C])
  }

  /// French, Italian, Irish: `l'` joins a word that begins with a letter.
  private func joinsNext(_ word: ScalarText, _ index: Int) -> Bool {
    guard ["fr", "it", "ga"].contains(language), index + 1 < words.count else { return false }
    return Self.endsWithApostrophe(word) && MosesCharacters.plainAlphabetic[words[index + 1][0]]
  }

  private static func endsWithApostrophe(_ word: ScalarText) -> Bool {
    word.count > 1 && word.last == 0x27 && MosesCharacters.plainAlphabetic[word[word.count - 2]]
  }

  private func joinsCzechDash(_ word: ScalarText, _ index: Int) -> Bool {
    guard language == "cs", index + 2 < words.count, Self.endsWithApostrophe(word) else {
      return false
    }
    let dash = words[index + 1]
    let after = String(decoding: words[index + 2].utf8, as: UTF8.self).lowercased()
    return (dash == [0x2D] || dash == [0x2013]) && (after == "li" || after.hasPrefix("mail"))
  }

  private mutating func addQuote(_ word: ScalarText, _ index: Int) {
    let isDouble = word.allSatisfy { [0x201E, 0x201C, 0x201D].contains($0) }
    let quote = isDouble ? [0x22] : word
    if language == "cs", word == [0x201E] { quotes[quote] = 0 }
    if language == "cs", word == [0x201C] { quotes[quote] = 1 }
    guard quotes[quote, default: 0] % 2 == 0 else {
      add(word, spaced: false)
      quotes[quote, default: 0] += 1
      return
    }
    // A lone apostrophe behind an s is a possessive.
    if language == "en", word == [0x27], index > 0, words[index - 1].last == 0x73 {
      add(word, spaced: false)
    } else {
      add(word, spaced: true, thenSpace: false)
      quotes[quote, default: 0] += 1
    }
  }
}
