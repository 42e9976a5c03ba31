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
    var cache = caches.withLock { $0.popLast() } ?? WordCache(wordnet)
    defer { caches.withLock { $0.append(cache) } }
    return try body(&cache)
  }

  /// What is known of a word in lower case.
  func makeFacts(_ word: String, _ entries: inout LemmaEntries) -> WordFacts {
    if let closed = ClosedWords.classOf(word) {
      return WordFacts(closed: closed, forms: [word], starts: [entries[word].start])
    }
    let readings = lemmatizer.readings(of: word, &entries)
    var forms = [word]
    for reading in readings where !forms.contains(reading.lemma) { forms.append(reading.lemma) }
    return WordFacts(
      forms: forms, starts: forms.map { entries[$0].start }, readings: readings)
  }

  /// What may stand for a word in one of its readings.
  func synonyms(
    of facts: WordFacts, reading: Int, _ entries: inout LemmaEntries
  ) -> SynonymSet {
    let reading = facts.readings[reading]
    let set = synonyms(of: reading.lemma, reading.part, &entries)
    return SynonymSet(
      synonyms: set.synonyms.filter { !facts.forms.contains($0.lemma) }, certainty: set.certainty,
      senses: set.senses)
  }

  /// Whether WordNet also spells a word with a capital: `Bill`, `Nice`.
  func isAlsoName(_ word: String) -> Bool {
    wordnet.senses(of: word, .noun).contains { wordnet.respells(word, in: $0, .noun) }
  }

  private func senses(
    of lemma: String, _ part: WordClass, _ entries: inout LemmaEntries
  ) -> [Int] {
    entries[lemma].place(part).map { wordnet.senses(at: $0, part) } ?? []
  }

  /// The synonyms of a lemma's first sense, or of all its senses, in WordNet's order.
  private func synonyms(
    of lemma: String, _ part: WordClass, _ entries: inout LemmaEntries
  ) -> SynonymSet {
    // Nouns in -ing are names of actions, of which no two have the same use.
    if part == .noun, lemma.hasSuffix("ing") { return .empty }
    let senses = senses(of: lemma, part, &entries)
    let counts = entries[lemma].tags.counts(part)
    if rules.readsAllSenses {
      let rivals = rivals(part, senses, counts)
      let open = rivals.filter { $0.prior >= Self.leastPrior }
      return SynonymSet(
        synonyms: open.flatMap { synonyms(of: lemma, part, in: $0.synset, &entries) }, certainty: 1,
        senses: rivals)
    }
    let certainty = Self.certainty(counts, senses: senses.count)
    guard let first = senses.first, certainty >= rules.certainty else { return .empty }
    return SynonymSet(
      synonyms: synonyms(of: lemma, part, in: first, &entries), certainty: certainty)
  }

  /// The synonyms of one sense of a lemma.
  private func synonyms(
    of lemma: String, _ part: WordClass, in sense: Int, _ entries: inout LemmaEntries
  ) -> [Synonym] {
    let words = wordnet.words(of: sense, part)
    // The first sense of `august` is the month: a capital in the sense makes the word a name.
    guard words.contains(where: { Self.parts(of: $0).lemma == lemma }) else { return [] }
    var found: [Synonym] = []
    for word in words {
      let (candidate, position) = Self.parts(of: word)
      guard isUsable(candidate, for: lemma, part, sense: sense, &entries),
        !found.contains(where: { Spelling.areVariants($0.lemma, candidate) })
      else { continue }
      found.append(
        Synonym(
          lemma: candidate.replacing("_", with: " "), position: position,
          weight: 1
            + Self.tagged(
              senses(of: candidate, part, &entries), entries[candidate].tags.counts(part),
              sense: sense),
          synset: sense))
    }
    return found
  }

  /// The least share of a word's tagged uses that a sense must have to be chosen, and to stand against others:
  /// rarer ones cost an encoder time and are hardly ever right (none of both is lost on WordNet's examples).
  private static let leastPrior = 0.1
  private static let leastRivalPrior = 0.02

  /// The senses of a lemma with the share of its tagged uses that each has, but for the rarest.
  private func rivals(_ part: WordClass, _ senses: [Int], _ counts: [Int]) -> [WordSense] {
    // What was never met is a third as likely as what was met once.
    let weights = senses.indices.map { 0.3 + ($0 < counts.count ? Double(counts[$0]) : 0) }
    let all = weights.reduce(0, +)
    return zip(senses, weights).map { WordSense(synset: $0, part: part, prior: $1 / all) }
      .filter { $0.prior >= Self.leastRivalPrior }
  }

  /// `awake(p)` is `awake`, predicative.
  static func parts(of word: String) -> (lemma: String, position: Synonym.Position) {
    guard let mark = word.utf8.firstIndex(of: UInt8(ascii: "(")) else { return (word, .anywhere) }
    return (String(word[..<mark]), word[mark...] == "(a)" ? .beforeNoun : .predicative)
  }

  private static func certainty(_ counts: [Int], senses: Int) -> Double {
    if senses == 1 { return 1 }
    let all = counts.reduce(0, +)
    guard let first = counts.first else { return 0 }
    // One more use in another sense must not tip the scale: few uses prove little.
    return Double(first) / Double(all + 1)
  }

  /// Whether a synonym is at least a tenth as frequent as the word it replaces, up to a bound: how often both stand
  /// in tagged texts, definitions and examples.
  private func isFamiliar(
    _ candidate: String, beside lemma: String, _ entries: inout LemmaEntries
  ) -> Bool {
    let tagged = entries[candidate].tags
    let most = max(rules.familiarity, Self.familiarityOfAny)
    // Definitions are not counted before something depends on them.
    if tagged.all >= most { return true }
    let familiarity = tagged.all + wordnet.glossCount(of: candidate)
    if familiarity < rules.familiarity || familiarity >= most { return familiarity >= most }
    let ofLemma = entries[lemma].tags.all + wordnet.glossCount(of: lemma)
    return familiarity >= max(rules.familiarity, min(Self.familiarityOfAny, ofLemma / 10))
  }

  /// What is met so often is familiar enough beside any word.
  private static let familiarityOfAny = 30

  private func isUsable(
    _ candidate: String, for lemma: String, _ part: WordClass, sense: Int,
    _ entries: inout LemmaEntries
  ) -> Bool {
    let isExpression = candidate.utf8.contains(UInt8(ascii: "_"))
    guard candidate != lemma, isExpression ? rules.allowsExpressions : candidate.utf8.count > 2,
      candidate.utf8.allSatisfy({ (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") }),
      ClosedWords.classOf(candidate) == nil, !Spelling.areVariants(candidate, lemma),
      !UnfitPairs.contains(lemma, candidate, part)
    else { return false }
    let counts = entries[candidate].tags
    guard isMainly(part, sense: sense, candidate, &entries) else { return false }
    if part == .noun, isPluralOrGerund(candidate, &entries) { return false }
    // Few participles are adjectives of their own: `detailed` is, `elaborated` is not.
    let isParticiple = ["ed", "ing"].contains { candidate.hasSuffix($0) }
    if part == .adjective, isParticiple, counts.count(part) < 5 { return false }
    // Definitions count single words only; an expression must have been met in tagged texts.
    return isExpression ? counts.count(part) > 0 : isFamiliar(candidate, beside: lemma, &entries)
  }

  /// Whether a word mostly means this sense, and mostly is a word of this class.
  private func isMainly(
    _ part: WordClass, sense: Int, _ candidate: String, _ entries: inout LemmaEntries
  ) -> Bool {
    let entry = entries[candidate]
    let (inClass, inAll) = (entry.tags.count(part), entry.tags.all)
    // Adjectives seldom used in tagged texts belong to special fields: `septic`, `fleshy`.
    if part == .adjective, inClass < 3 { return false }
    if 2 * inClass < inAll { return false }
    let senses = senses(of: candidate, part, &entries)
    guard inAll > 0 else {
      return senses == [sense] && entry.classCount == 1
    }
    let tagged = Self.tagged(senses, entry.tags.counts(part), sense: sense)
    return inClass == 0 ? senses.first == sense : Double(tagged) / Double(inClass) >= 0.5
  }

  /// How often a word was met in one of its senses.
  private static func tagged(_ senses: [Int], _ counts: [Int], sense: Int) -> Int {
    guard let rank = senses.firstIndex(of: sense), rank < counts.count else { return 0 }
    return counts[rank]
  }

  /// `papers` for `document` would change the number, `hurting` for `pain` the style.
  private func isPluralOrGerund(_ noun: String, _ entries: inout LemmaEntries) -> Bool {
    noun.hasSuffix("ing")
      || lemmatizer.readings(of: noun, .noun, &entries).contains { $0.form == .plural }
  }
}
