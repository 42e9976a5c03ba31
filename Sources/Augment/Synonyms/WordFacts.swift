import Records

/// What is known of a word form: how to read it, and what may stand for each reading.
final class WordFacts: Sendable {
  /// The closed class of a word that is never swapped; such a word has no readings.
  let closed: ClosedClass?
  /// The word and the lemmas it may be a form of.
  let forms: [String]
  /// The path of each form; nil where no expression begins with it.
  let paths: [Expressions.Path?]
  let beginsExpression: Bool
  let readings: [Reading]
  /// The synonyms of each reading, in the order of `readings`.
  let synonyms: [SynonymSet]
  /// Whether WordNet also spells the word with a capital: `Bill`, `Nice`.
  let isAlsoName: Bool
  /// The heaviest reading before any neighbour is looked at: a fair guess at a word not yet decided.
  let likely: Reading?

  init(
    closed: ClosedClass? = nil, forms: [String], paths: [Expressions.Path?],
    readings: [Reading] = [], synonyms: [SynonymSet] = [], isAlsoName: Bool = false
  ) {
    self.closed = closed
    self.forms = forms
    self.paths = paths
    beginsExpression = paths.contains { $0 != nil }
    self.readings = readings
    self.synonyms = synonyms
    self.isAlsoName = isAlsoName
    likely = readings.max { RuleTagger.weight(of: $0) < RuleTagger.weight(of: $1) }
  }
}

/// Facts of words met before, for one thread at a time.
struct WordCache: Sendable {
  private struct Known: Sendable {
    let word: String
    let facts: WordFacts
  }

  /// Where a word stands among the known ones, plus one, by its hash: open addressing, at most half full.
  private var slots = [Int32](repeating: 0, count: 2 * most)
  private var known: [Known] = []
  private var entries: LemmaEntries
  /// Rare words fill the cache too; it starts again before it grows beyond some 20 MB.
  private static let most = 1 << 15

  init(_ wordnet: WordNet) { entries = LemmaEntries(wordnet) }

  /// The expressions that begin with the words.
  var expressions: Expressions { entries.expressions }

  /// What is known of a word in lower case.
  mutating func facts(of word: String, _ finder: SynonymFinder) -> WordFacts {
    var slot = Int(truncatingIfNeeded: StableHash.hash(word)) & (slots.count - 1)
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if known[index].word == word { return known[index].facts }
      slot = (slot + 1) & (slots.count - 1)
    }
    if known.count == Self.most {
      slots = [Int32](repeating: 0, count: slots.count)
      known.removeAll(keepingCapacity: true)
      slot = Int(truncatingIfNeeded: StableHash.hash(word)) & (slots.count - 1)
    }
    let facts = finder.makeFacts(word, &entries)
    known.append(Known(word: word, facts: facts))
    slots[slot] = Int32(known.count)
    return facts
  }
}
