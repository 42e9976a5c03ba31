/// What is known of a word form: how to read it, and what may stand for each reading.
final class WordFacts: Sendable {
  /// The closed class of a word that is never swapped; such a word has no readings.
  let closed: ClosedClass?
  /// The word and the lemmas it may be a form of.
  let forms: [String]
  let readings: [Reading]
  /// The synonyms of each reading, in the order of `readings`.
  let synonyms: [SynonymSet]
  /// Whether WordNet also spells the word with a capital: `Bill`, `Nice`.
  let isAlsoName: Bool
  /// The heaviest reading before any neighbour is looked at: a fair guess at a word not yet decided.
  let likely: Reading?

  init(
    closed: ClosedClass? = nil, forms: [String], readings: [Reading] = [],
    synonyms: [SynonymSet] = [], isAlsoName: Bool = false
  ) {
    self.closed = closed
    self.forms = forms
    self.readings = readings
    self.synonyms = synonyms
    self.isAlsoName = isAlsoName
    likely = readings.max { RuleTagger.weight(of: $0) < RuleTagger.weight(of: $1) }
  }
}

/// Facts of words met before, for one thread at a time.
struct WordCache: Sendable {
  private var facts: [String: WordFacts] = [:]
  /// Rare words fill the cache too; it starts again before it grows beyond some 20 MB.
  private static let most = 1 << 15

  /// What is known of a word in lower case.
  mutating func facts(of word: String, _ finder: SynonymFinder) -> WordFacts {
    if let known = facts[word] { return known }
    if facts.count >= Self.most { facts.removeAll(keepingCapacity: true) }
    let made = finder.makeFacts(word)
    facts[word] = made
    return made
  }
}
