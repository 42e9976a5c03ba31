import Records
import Stages

/// A word of a text that a model may replace, or put one in before.
struct OpenWord: Sendable {
  /// Where it stands, in UTF-8 bytes.
  let range: Range<Int>
  let text: String
  /// How it is read there; nil in languages of which no more is known.
  let tag: TaggedWord?
}

/// Which words of a language a model may replace, and by which others.
protocol WordFit: Sendable {
  /// The files that are read.
  var files: [String] { get }
  /// Those of some words of a text that say something and are no names.
  func open(_ words: [TextWord], in bytes: [UInt8]) throws(StageError) -> [OpenWord]
  /// Whether a word, in lower case, may stand for another: it is no form of it, and of its class.
  func fits(_ candidate: String, for word: OpenWord) throws(StageError) -> Bool
  /// Whether a word, in lower case, may be put in before another.
  func fits(_ candidate: String, before word: OpenWord) throws(StageError) -> Bool
  /// Whether a word may stand behind another one, both in lower case.
  func follows(_ word: String, _ previous: String) -> Bool
}

/// English by WordNet and the tagger of synonyms.
struct EnglishFit: WordFit {
  let dictionary: SharedWordNet

  var files: [String] { WordNet.paths(below: dictionary.folder) }

  /// Words whose reading is sure where they stand, but for those of expressions (`heart attack`).
  func open(_ words: [TextWord], in bytes: [UInt8]) throws(StageError) -> [OpenWord] {
    guard !words.isEmpty else { return [] }
    let finder = try finder
    let tagged = finder.withCache {
      TextReader(bytes, protecting: [], tagging: true, finder, &$0).tagged
    }
    let tags = [Range<Int>: TaggedWord](tagged.map { ($0.range, $0) }, uniquingKeysWith: { $1 })
    return words.compactMap { word in
      tags[word.range].map { OpenWord(range: word.range, text: word.text, tag: $0) }
    }
  }

  /// Plurals stand for plurals, past tenses for past tenses, and what is read otherwise there for nothing.
  func fits(_ candidate: String, for word: OpenWord) throws(StageError) -> Bool {
    guard let tag = word.tag else { return false }
    let finder = try finder
    return finder.withCache { cache in
      let old = cache.facts(of: word.text.lowercased(), finder)
      // The line above has made room, so that the number stays good.
      let number = cache.number(of: candidate, finder)
      guard let reading = Self.reading(number, tag.previous, tag.next, finder, &cache) else {
        return false
      }
      return Set(cache.facts(number).forms).isDisjoint(with: old.forms)
        && reading.part == tag.reading.part
        && Self.agree(reading.form, tag.reading.form)
    }
  }

  func fits(_ candidate: String, before word: OpenWord) throws(StageError) -> Bool {
    guard let tag = word.tag else { return false }
    let finder = try finder
    return finder.withCache { cache in
      cache.makeRoom()
      let number = cache.number(of: candidate, finder)
      return Self.reading(
        number, tag.previous, .open(tag.reading.part, tag.reading.form), finder, &cache) != nil
    }
  }

  /// How a word is read between two others; nil for function words, names and what WordNet does not list.
  private static func reading(
    _ number: Int, _ previous: RuleTagger.Neighbour, _ next: RuleTagger.Neighbour,
    _ finder: SynonymFinder, _ cache: inout WordCache
  ) -> Reading? {
    guard !cache[number].isClosed,
      let choice = RuleTagger.decide(
        cache.candidates(number), after: previous, before: next
      ).reading
    else { return nil }
    let reading = cache.facts(number).readings[choice]
    let mayBeName = reading.part == .noun && cache.isAlsoName(number, finder)
    return mayBeName && isName(reading.lemma, finder) ? nil : reading
  }

  /// Whether a noun is mostly a name (`London`, `John`), though there is a Mr Town as well.
  private static func isName(_ noun: String, _ finder: SynonymFinder) -> Bool {
    guard !GivenNames.contains(noun),
      let first = finder.wordnet.senses(of: noun, .noun).first
    else { return true }
    return !finder.wordnet.words(of: first, .noun).contains(noun)
  }

  /// Regular verbs have one form where others have two.
  private static func agree(_ form: WordForm, _ other: WordForm) -> Bool {
    let past: Set<WordForm> = [.past, .participle]
    return form == other || past.contains(form) && past.contains(other)
  }

  /// `an` stands before a vowel's sound, `a` before others.
  func follows(_ word: String, _ previous: String) -> Bool {
    switch previous {
    case "a": !Spelling.takesAn(word)
    case "an": Spelling.takesAn(word)
    default: true
    }
  }

  private var finder: SynonymFinder {
    get throws(StageError) { try dictionary.finder(SynonymRules()) }
  }
}

/// Another language, of whose words no more is known than which are function words, if so much.
struct PlainFit: WordFit {
  private let functionWords: Set<String>
  /// Words of fewer letters are mostly function words; the lists leave them out.
  private let shortest: Int
  /// Whether a capital within a sentence makes a name; German nouns have one as well.
  private let capitalsAreNames: Bool
  let files: [String] = []

  init(_ language: String) {
    let known: (words: Set<String>, shortest: Int) =
      switch language {
      case "de": (GermanGrammar().functionWords, 3)
      case "es": (SpanishGrammar().functionWords, 3)
      case "fr": (FrenchGrammar().functionWords, 3)
      case "it": (ItalianGrammar().functionWords, 3)
      default: (FunctionWords.of(language), 4)
      }
    functionWords = known.words
    shortest = known.words.isEmpty ? 2 : known.shortest
    capitalsAreNames = language != "de"
  }

  func open(_ words: [TextWord], in bytes: [UInt8]) -> [OpenWord] {
    let starts = Set(
      TextScanner.scan(bytes).lazy.filter(\.startsSentence).map(\.range.lowerBound))
    return words.compactMap { word in
      let isName =
        capitalsAreNames && WordCasing(word.text) == .capital
        && !starts.contains(word.range.lowerBound)
      guard !isName, saysSomething(word.text.lowercased()) else { return nil }
      return OpenWord(range: word.range, text: word.text, tag: nil)
    }
  }

  private func saysSomething(_ word: String) -> Bool {
    word.unicodeScalars.count >= shortest && !functionWords.contains(word)
  }

  func fits(_ candidate: String, for word: OpenWord) -> Bool {
    candidate != word.text.lowercased() && saysSomething(candidate)
  }

  func fits(_ candidate: String, before word: OpenWord) -> Bool { saysSomething(candidate) }

  func follows(_ word: String, _ previous: String) -> Bool { true }
}
