/// A book of words by their senses: a thesaurus, or a wordnet.
protocol SenseLexicon: Sendable {
  /// The senses of a word, whatever its case, each once; empty where it is not listed.
  func senses(of word: String) -> [ThesaurusSense]
  /// Whether a word is listed, whatever its case.
  func lists(_ word: String) -> Bool
  /// How well known a word is: in how many longer expressions it stands.
  func familiarity(of word: String) -> Int
  /// The familiarity that the best known words have, and no others.
  func familiarity(ofBest count: Int) -> Int
  /// How many senses name a word.
  func mentions(of word: String) -> Int
}

extension Sequence<Int> {
  /// The count that the largest ones reach.
  func count(ofBest number: Int) -> Int {
    let counts = sorted(by: >)
    return counts.isEmpty ? .max : counts[Swift.min(number, counts.count) - 1]
  }
}
