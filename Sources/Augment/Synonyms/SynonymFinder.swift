import Records
import Stages
import Synchronization

/// Which synonyms are near enough to be swapped in.
struct SynonymRules: Sendable, Hashable {
  /// The least share of a word's tagged uses that its first sense must have.
  var certainty = 0.5
  /// How often a synonym must at least stand in WordNet's tagged texts, definitions and examples.
  var familiarity = 8
  /// Whether expressions of several words may be swapped in.
  var allowsExpressions = false
}

/// A word that may stand for another.
struct Synonym: Sendable, Hashable {
  /// Where an adjective may stand (wninput(5WN)).
  enum Position: Sendable, Hashable { case anywhere, beforeNoun, predicative }

  /// The synonym's lemma, with blanks where WordNet writes `_`.
  let lemma: String
  let position: Position
  /// How likely it is to be chosen: one more than how often people meant this sense by it.
  let weight: Int
  /// Where the shared sense stands in the data file.
  let synset: Int
}

/// What is known of a word form: how to read it, and what may stand for each reading.
struct WordFacts: Sendable {
  var readings: [Reading]
  /// The synonyms of each reading, in the order of `readings`.
  var synonyms: [[Synonym]]
  /// Whether WordNet also spells the word with a capital: `Bill`, `Nice`.
  var isAlsoName: Bool
}

/// Finds what may stand for a word: synonyms of its most frequent sense that people really use.
///
/// The first sense in WordNet is the most frequent one. A word is left alone where that sense has too
/// small a share of its tagged uses; a synonym is left out where the shared sense is not its own
/// first, where it is mostly a word of another class, where it is rare by itself or beside the word
/// it replaces, and where it is only another spelling or ending of that word.
final class SynonymFinder: Sendable {
  let wordnet: WordNet
  let inflector: Inflector
  private let lemmatizer: Lemmatizer
  private let rules: SynonymRules
  /// Words come again and again; several locks, so that threads seldom meet at one.
  private let cache: [CacheShard]

  private final class CacheShard: Sendable {
    let facts = Mutex<[String: WordFacts]>([:])
  }

  init(_ wordnet: WordNet, _ rules: SynonymRules) {
    self.wordnet = wordnet
    self.rules = rules
    inflector = Inflector(wordnet)
    lemmatizer = Lemmatizer(wordnet)
    cache = (0..<64).map { _ in CacheShard() }
  }

  /// What is known of a word in lower case.
  func facts(of word: String) -> WordFacts {
    let shard = cache[Int(StableHash.hash(word) % UInt64(cache.count))]
    if let known = shard.facts.withLock({ $0[word] }) { return known }
    let facts = makeFacts(word)
    shard.facts.withLock { known in
      // Rare words fill the cache too; start again before it grows beyond some MB.
      if known.count > 4096 { known.removeAll(keepingCapacity: true) }
      known[word] = facts
    }
    return facts
  }

  private func makeFacts(_ word: String) -> WordFacts {
    let readings = lemmatizer.readings(of: word)
    let lemmas = Set(readings.map(\.lemma))
    return WordFacts(
      readings: readings,
      synonyms: readings.map { reading in
        synonyms(of: reading.lemma, reading.part).filter { !lemmas.contains($0.lemma) }
      },
      isAlsoName: isAlsoName(word))
  }

  private func isAlsoName(_ word: String) -> Bool {
    wordnet.senses(of: word, .noun).contains { sense in
      wordnet.words(of: sense, .noun).contains { $0 != word && $0.lowercased() == word }
    }
  }

  /// The synonyms of a lemma's first sense, in WordNet's order.
  func synonyms(of lemma: String, _ part: WordClass) -> [Synonym] {
    let senses = wordnet.senses(of: lemma, part)
    guard let first = senses.first, isCertain(lemma, part, senses: senses.count) else { return [] }
    // Nouns in -ing are names of actions, of which no two have the same use.
    if part == .noun, lemma.hasSuffix("ing") { return [] }
    let words = wordnet.words(of: first, part)
    // The first sense of `august` is the month: a capital in the sense makes the word a name.
    guard words.contains(where: { Self.parts(of: $0).lemma == lemma }) else { return [] }
    let familiar = familiarityNeeded(toReplace: lemma)
    var found: [Synonym] = []
    for word in words {
      let (candidate, position) = Self.parts(of: word)
      guard isUsable(candidate, for: lemma, part, sense: first, familiar: familiar),
        !found.contains(where: { Spelling.areVariants($0.lemma, candidate) })
      else { continue }
      found.append(
        Synonym(
          lemma: String(candidate.map { $0 == "_" ? " " : $0 }), position: position,
          weight: 1 + tagged(candidate, part, sense: first), synset: first))
    }
    return found
  }

  /// `awake(p)` is `awake`, predicative.
  private static func parts(of word: String) -> (lemma: String, position: Synonym.Position) {
    guard let mark = word.firstIndex(of: "(") else { return (word, .anywhere) }
    return (String(word[..<mark]), word[mark...] == "(a)" ? .beforeNoun : .predicative)
  }

  private func isCertain(_ lemma: String, _ part: WordClass, senses: Int) -> Bool {
    let counts = wordnet.counts(of: lemma, part)
    let all = counts.reduce(0, +)
    // A word nobody tagged is certain only where there is nothing to choose from.
    guard all > 0, let first = counts.first else { return senses == 1 }
    return Double(first) >= rules.certainty * Double(all)
  }

  /// A synonym is at least a tenth as frequent as the word it replaces, up to a bound.
  private func familiarityNeeded(toReplace lemma: String) -> Int {
    max(rules.familiarity, min(30, wordnet.familiarity(of: lemma) / 10))
  }

  private func isUsable(
    _ candidate: String, for lemma: String, _ part: WordClass, sense: Int, familiar: Int
  ) -> Bool {
    let isExpression = candidate.utf8.contains(UInt8(ascii: "_"))
    guard candidate != lemma, isExpression ? rules.allowsExpressions : candidate.utf8.count > 2,
      candidate.utf8.allSatisfy({ (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") }),
      ClosedWords.classOf(candidate) == nil, !Spelling.areVariants(candidate, lemma),
      isMainly(part, sense: sense, candidate)
    else { return false }
    if part == .noun, isPluralOrGerund(candidate) { return false }
    // Definitions count single words only; an expression must have been met in tagged texts.
    return isExpression
      ? wordnet.count(of: candidate, part) > 0
      : wordnet.familiarity(of: candidate) >= familiar
  }

  /// Whether a word mostly means this sense, and mostly is a word of this class.
  private func isMainly(_ part: WordClass, sense: Int, _ candidate: String) -> Bool {
    let senses = wordnet.senses(of: candidate, part)
    let inClass = wordnet.count(of: candidate, part)
    let inAll = WordClass.allCases.reduce(0) { $0 + wordnet.count(of: candidate, $1) }
    guard inAll > 0 else {
      let classes = WordClass.allCases.count { wordnet.lists(candidate, $0) }
      return senses.first == sense && classes == 1
    }
    let share = Double(tagged(candidate, part, sense: sense)) / Double(max(1, inClass))
    return 2 * inClass >= inAll
      && (inClass == 0 ? senses.first == sense : share >= max(0.5, rules.certainty))
  }

  private func tagged(_ lemma: String, _ part: WordClass, sense: Int) -> Int {
    let counts = wordnet.counts(of: lemma, part)
    guard let rank = wordnet.senses(of: lemma, part).firstIndex(of: sense), rank < counts.count
    else { return 0 }
    return counts[rank]
  }

  /// `papers` for `document` would change the number, `hurting` for `pain` the style.
  private func isPluralOrGerund(_ noun: String) -> Bool {
    noun.hasSuffix("ing") || noun.hasSuffix("s") && wordnet.lists(String(noun.dropLast()), .noun)
  }
}
