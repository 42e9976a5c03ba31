import Records
import Stages
import Synchronization

/// Which synonyms are near enough to be swapped in.
struct SynonymRules: Sendable, Hashable {
  /// The least share of a word's tagged uses that its first sense must have.
  var certainty = 0.6
  /// How often a synonym must at least stand in WordNet's tagged texts, definitions and examples.
  var familiarity = 8
  /// Whether expressions of several words may be swapped in.
  var allowsExpressions = false
  /// Whether the synonyms of all senses are found, of which something else must choose; else those of the
  /// first sense, where it is clear enough.
  var readsAllSenses = false
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

/// The synonyms of a lemma in a class.
struct SynonymSet: Sendable {
  let synonyms: [Synonym]
  /// The share of the lemma's tagged uses that its first sense has; 1 where it has but one sense, and where
  /// something else is to choose.
  let certainty: Double
  /// All senses of the lemma, of which something else is to choose; else none.
  var senses: [WordSense] = []

  static let empty = SynonymSet(synonyms: [], certainty: 0)
}

/// A sense of a word, before its context is looked at.
struct WordSense: Sendable, Hashable {
  /// Where it stands in WordNet's data file.
  let synset: Int
  let part: WordClass
  /// The share of the word's tagged uses that it has, a little more than none where it was never met.
  let prior: Double
}

/// Finds what may stand for a word: synonyms of its most frequent sense, or of all, that people really use.
///
/// The first sense in WordNet is the most frequent one. A word is left alone where that sense has too
/// small a share of its tagged uses; a synonym is left out where the shared sense is not its own
/// first, where it is mostly a word of another class, where it is rare by itself or beside the word
/// it replaces, where it is only another spelling or ending of that word, and where the two were found to
/// differ in use (`UnfitPairs`).
final class SynonymFinder: Sendable {
  let wordnet: WordNet
  let inflector: Inflector
  private let lemmatizer: Lemmatizer
  private let rules: SynonymRules
  /// Caches that no thread is using; as many come to be as threads work at once.
  private let caches = Mutex<[WordCache]>([])

  init(_ wordnet: WordNet, _ rules: SynonymRules) {
    self.wordnet = wordnet
    self.rules = rules
    inflector = Inflector(wordnet)
    lemmatizer = Lemmatizer(wordnet)
  }

  /// Runs a body with a cache that nobody else uses meanwhile.
  ///
  /// Threads that shared one would wait for each other at every word.
  func withCache<Result>(_ body: (inout WordCache) throws -> Result) rethrows -> Result {
    var cache = caches.withLock { $0.popLast() } ?? WordCache()
    defer { caches.withLock { $0.append(cache) } }
    return try body(&cache)
  }

  /// What is known of a word in lower case.
  func makeFacts(_ word: String) -> WordFacts {
    if let closed = ClosedWords.classOf(word) { return WordFacts(closed: closed, forms: [word]) }
    let readings = lemmatizer.readings(of: word)
    var forms = [word]
    for reading in readings where !forms.contains(reading.lemma) { forms.append(reading.lemma) }
    return WordFacts(
      forms: forms, readings: readings,
      synonyms: readings.map { reading in
        let set = synonyms(of: reading.lemma, reading.part)
        return SynonymSet(
          synonyms: set.synonyms.filter { !forms.contains($0.lemma) }, certainty: set.certainty,
          senses: set.senses)
      },
      isAlsoName: isAlsoName(word))
  }

  private func isAlsoName(_ word: String) -> Bool {
    wordnet.senses(of: word, .noun).contains { sense in
      wordnet.words(of: sense, .noun).contains { $0 != word && $0.lowercased() == word }
    }
  }

  /// The synonyms of a lemma's first sense, or of all its senses, in WordNet's order.
  func synonyms(of lemma: String, _ part: WordClass) -> SynonymSet {
    // Nouns in -ing are names of actions, of which no two have the same use.
    if part == .noun, lemma.hasSuffix("ing") { return .empty }
    let senses = wordnet.senses(of: lemma, part)
    if rules.readsAllSenses {
      let rivals = rivals(lemma, part, senses)
      let open = rivals.filter { $0.prior >= Self.leastPrior }
      return SynonymSet(
        synonyms: open.flatMap { synonyms(of: lemma, part, in: $0.synset) }, certainty: 1,
        senses: rivals)
    }
    let certainty = certainty(lemma, part, senses: senses.count)
    guard let first = senses.first, certainty >= rules.certainty else { return .empty }
    return SynonymSet(synonyms: synonyms(of: lemma, part, in: first), certainty: certainty)
  }

  /// The synonyms of one sense of a lemma.
  private func synonyms(of lemma: String, _ part: WordClass, in sense: Int) -> [Synonym] {
    let words = wordnet.words(of: sense, part)
    // The first sense of `august` is the month: a capital in the sense makes the word a name.
    guard words.contains(where: { Self.parts(of: $0).lemma == lemma }) else { return [] }
    let familiar = familiarityNeeded(toReplace: lemma)
    var found: [Synonym] = []
    for word in words {
      let (candidate, position) = Self.parts(of: word)
      guard isUsable(candidate, for: lemma, part, sense: sense, familiar: familiar),
        !found.contains(where: { Spelling.areVariants($0.lemma, candidate) })
      else { continue }
      found.append(
        Synonym(
          lemma: String(candidate.map { $0 == "_" ? " " : $0 }), position: position,
          weight: 1 + tagged(candidate, part, sense: sense), synset: sense))
    }
    return found
  }

  /// The least share of a word's tagged uses that a sense must have to be chosen, and to stand against others:
  /// rarer ones cost an encoder time and are hardly ever right (none of both is lost on WordNet's examples).
  private static let leastPrior = 0.1
  private static let leastRivalPrior = 0.02

  /// The senses of a lemma with the share of its tagged uses that each has, but for the rarest.
  private func rivals(_ lemma: String, _ part: WordClass, _ senses: [Int]) -> [WordSense] {
    let counts = wordnet.counts(of: lemma, part)
    // What was never met is a third as likely as what was met once.
    let weights = senses.indices.map { 0.3 + ($0 < counts.count ? Double(counts[$0]) : 0) }
    let all = weights.reduce(0, +)
    return zip(senses, weights).map { WordSense(synset: $0, part: part, prior: $1 / all) }
      .filter { $0.prior >= Self.leastRivalPrior }
  }

  /// `awake(p)` is `awake`, predicative.
  static func parts(of word: String) -> (lemma: String, position: Synonym.Position) {
    guard let mark = word.firstIndex(of: "(") else { return (word, .anywhere) }
    return (String(word[..<mark]), word[mark...] == "(a)" ? .beforeNoun : .predicative)
  }

  private func certainty(_ lemma: String, _ part: WordClass, senses: Int) -> Double {
    let counts = wordnet.counts(of: lemma, part)
    let all = counts.reduce(0, +)
    if senses == 1 { return 1 }
    guard let first = counts.first else { return 0 }
    // One more use in another sense must not tip the scale: few uses prove little.
    return Double(first) / Double(all + 1)
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
      !UnfitPairs.contains(lemma, candidate, part),
      isMainly(part, sense: sense, candidate)
    else { return false }
    if part == .noun, isPluralOrGerund(candidate) { return false }
    // Few participles are adjectives of their own: `detailed` is, `elaborated` is not.
    let isParticiple = ["ed", "ing"].contains { candidate.hasSuffix($0) }
    if part == .adjective, isParticiple, wordnet.count(of: candidate, part) < 5 { return false }
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
    // Adjectives seldom used in tagged texts belong to special fields: `septic`, `fleshy`.
    if part == .adjective, inClass < 3 { return false }
    guard inAll > 0 else {
      let classes = WordClass.allCases.count { wordnet.lists(candidate, $0) }
      return senses == [sense] && classes == 1
    }
    let share = Double(tagged(candidate, part, sense: sense)) / Double(max(1, inClass))
    return 2 * inClass >= inAll
      && (inClass == 0 ? senses.first == sense : share >= 0.5)
  }

  private func tagged(_ lemma: String, _ part: WordClass, sense: Int) -> Int {
    let counts = wordnet.counts(of: lemma, part)
    guard let rank = wordnet.senses(of: lemma, part).firstIndex(of: sense), rank < counts.count
    else { return 0 }
    return counts[rank]
  }

  /// `papers` for `document` would change the number, `hurting` for `pain` the style.
  private func isPluralOrGerund(_ noun: String) -> Bool {
    noun.hasSuffix("ing")
      || lemmatizer.readings(of: noun).contains { $0.part == .noun && $0.form == .plural }
  }
}
