import TextKit

/// Languages of which no grammar is written: what words look like has to show that they agree.
///
/// A word is replaced in the form that is listed, by a word of the file's class with the same last two
/// letters, which in most languages show the part of speech and often the gender, and with the same
/// kind of first letter, on which articles depend (Hungarian `a` and `az`). Only senses of a few words
/// say what is synonymous; longer ones list a field. Words of fewer than four letters stay, and so do
/// the words that the lexicon's own expressions are full of: they are function words for the most part.
struct CommonGrammar: ThesaurusGrammar {
  let functionWords: Set<String>
  let shortestWord = 4
  let leastOverlap = 0.4
  let largestSense = 10
  private let lexicon: any SenseLexicon
  /// How many expressions a word stands in that is taken for a function word.
  private let commonUse: Int

  /// How many of the words that expressions are full of stay.
  private static let mostUsed = 120

  init(_ lexicon: any SenseLexicon, functionWords: Set<String>) {
    self.lexicon = lexicon
    self.functionWords = functionWords
    // What stands in a few expressions only is no function word, however small the lexicon.
    commonUse = max(5, lexicon.familiarity(ofBest: Self.mostUsed))
  }

  func isFunctionWord(_ word: String) -> Bool {
    functionWords.contains(word) || lexicon.familiarity(of: word) >= commonUse
  }

  func looksAlike(_ candidate: String, _ word: String) -> Bool {
    candidate.suffix(Self.ending) == word.suffix(Self.ending)
  }

  /// How many letters at the end are alike.
  private static let ending = 2

  func counts(_ sense: ThesaurusSense) -> Bool {
    let hint = sense.hint.lowercased()
    return !sense.synonyms.isEmpty && !Self.otherRelations.contains { hint.contains($0) }
  }

  /// What files say of senses that list opposites, or words of the same field.
  private static let otherRelations = [
    "антоним", "сходный", "antônimo", "antónimo", "antonym", "related",
  ]

  /// `(Sinônimo)…` and `(синоним)` tell of no part of speech.
  private static let synonymMarks = ["sinônimo", "синоним"]

  func isFamiliar(
    _ candidate: String, beside word: String, in lexicon: any SenseLexicon
  ) -> Bool {
    8 * lexicon.familiarity(of: candidate) + 2 >= lexicon.familiarity(of: word)
      && 2 * lexicon.mentions(of: candidate) >= lexicon.mentions(of: word)
  }

  func agreement(of word: String, hint: String) -> Agreement? {
    // Whether a capital is one of a name or of the file's own style, nothing tells.
    guard word == word.lowercased(), word.unicodeScalars.count >= shortestWord else { return nil }
    let hint = hint.lowercased().filter { $0 != " " }
    let isClass = !Self.synonymMarks.contains { hint.contains($0) }
    let part = Self.parts[hint] ?? "word"
    let ending = word.suffix(Self.ending)
    let start = Self.beginsWithVowel(word) ? "vowel" : "consonant"
    return Agreement(part, "\(isClass ? hint : "") \(start) -\(ending)")
  }

  func allows(_ word: String, _ agreement: Agreement, _ surroundings: Surroundings) -> Bool { true }

  /// The classes of wordnets.
  private static let parts = ["n": "noun", "v": "verb", "a": "adjective", "r": "adverb"]

  private static func beginsWithVowel(_ word: String) -> Bool {
    guard let first = Normalizer(.nfd).normalize(word).unicodeScalars.first else { return false }
    return vowels.contains(first)
  }

  /// Without their accents, which stand behind them.
  private static let vowels = Set("aeiouyæøœıаеиоуыэюяєіαεηιουω".unicodeScalars)
}
