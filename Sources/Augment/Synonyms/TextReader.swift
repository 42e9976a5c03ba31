/// A place of a text where a synonym can stand, and what can stand there.
struct Slot: Sendable {
  /// The word, in UTF-8 bytes.
  let range: Range<Int>
  /// `noun`, `verb`, `adjective` or `adverb`.
  let part: String
  let lemma: String
  /// What can stand there, in the word's form and casing, and how likely each is.
  let choices: [Choice]
  /// The `a` or `an` right before the word, which must agree with what is put there.
  let article: Range<Int>?
  /// All senses of the word, where something else is to choose one; else none.
  var senses: [WordSense] = []
  /// How sure the chosen sense must be where the word stands.
  var certaintyNeeded = 0.0

  struct Choice: Sendable {
    let text: String
    let lemma: String
    let weight: Int
    /// Where the sense stands in WordNet's data file; nil for what is not of WordNet.
    let synset: Int?
    /// What an encoder says of it; nil where none was asked.
    var score: SenseScore?
  }
}

/// A word of a text as the tagger reads it, and what stands beside it.
struct TaggedWord: Sendable {
  /// Where it stands, in UTF-8 bytes.
  let range: Range<Int>
  let reading: Reading
  let previous: RuleTagger.Neighbour
  let next: RuleTagger.Neighbour
}

/// Reads a text: which words may be changed, and where a synonym fits.
struct TextReader {
  private let finder: SynonymFinder
  private let bytes: [UInt8]
  private var tokens: [TextToken]
  /// The number of each token's word in the cache; below 0 for what is no word.
  private let words: [Int32]
  private let isUpperCase: Bool
  private let kept: Set<String>
  private var previous: RuleTagger.Neighbour = .edge
  /// Words that may be changed, whether or not a synonym is known.
  private(set) var eligible = 0
  /// Places where a synonym fits.
  private(set) var slots: [Slot] = []
  /// The words that may be changed and whose reading is sure, in order; none unless they are asked for.
  private(set) var tagged: [TaggedWord] = []
  private let isTagging: Bool

  /// The tagger must be this sure of a reading.
  private static let leastConfidence = 0.8

  /// Reads a text; what stands in `spans`, and forms of lemmas in `kept`, are never changed.
  /// - Parameter tagging: Whether the words' readings are asked for, and not where synonyms fit.
  init(
    _ bytes: [UInt8], protecting spans: [Range<Int>], kept: Set<String> = [],
    tagging: Bool = false, _ finder: SynonymFinder, _ cache: inout WordCache
  ) {
    self.finder = finder
    isTagging = tagging
    self.kept = kept
    self.bytes = bytes
    tokens = TextScanner.scan(bytes, lowersWords: false)
    words = Self.numbers(of: tokens, bytes, finder, &cache)
    isUpperCase = Self.isUpperCase(tokens)
    protect(spans)
    protectExpressions(cache)
    for index in tokens.indices { read(index, &cache) }
  }

  private static func numbers(
    of tokens: [TextToken], _ bytes: [UInt8], _ finder: SynonymFinder, _ cache: inout WordCache
  ) -> [Int32] {
    cache.makeRoom()
    return bytes.withUnsafeBufferPointer { bytes in
      tokens.map { token in
        if token.kind == .word {
          let letters = UnsafeBufferPointer(rebasing: bytes[token.range])
          return Int32(cache.number(ofLetters: letters, finder))
        }
        return token.lower.isEmpty ? -1 : Int32(cache.number(of: token.lower, finder))
      }
    }
  }

  /// Whether most words of more than a letter are written in capitals.
  private static func isUpperCase(_ tokens: [TextToken]) -> Bool {
    var (words, capitals) = (0, 0)
    for token in tokens where token.kind == .word && token.range.count > 1 {
      words += 1
      if token.casing == .upper { capitals += 1 }
    }
    return 2 * capitals > words
  }

  private mutating func protect(_ spans: [Range<Int>]) {
    if spans.isEmpty { return }
    var rest = spans[...]
    for index in tokens.indices {
      while let span = rest.first, span.upperBound <= tokens[index].range.lowerBound {
        rest.removeFirst()
      }
      if let span = rest.first, span.overlaps(tokens[index].range) {
        tokens[index].isProtected = true
      }
    }
  }

  /// Words that together mean something of their own, such as `heart attack` or `look after`.
  private mutating func protectExpressions(_ cache: borrowing WordCache) {
    for index in tokens.indices.dropLast() {
      // Most pairs of words begin nothing, as is seen at once.
      guard tokens[index].kind == .word, tokens[index + 1].kind == .word,
        cache[Int(words[index])].seconds & cache[Int(words[index + 1])].marks != 0
      else { continue }
      for form in cache.forms(Int(words[index])) {
        guard let start = form.start else { continue }
        protectExpressions(from: index, at: index + 1, start.path, start.seconds, cache)
      }
    }
  }

  /// Follows every expression that goes on at a place with the words so far.
  /// - Parameter marks: The marks that words may have which go on.
  private mutating func protectExpressions(
    from start: Int, at index: Int, _ path: Expressions.Path, _ marks: UInt64,
    _ cache: borrowing WordCache
  ) {
    guard index < min(tokens.count, start + 4), tokens[index].kind == .word else { return }
    for form in cache.forms(Int(words[index])) where form.step.mark & marks != 0 {
      let (next, isWhole) = cache.step(form, from: path)
      if isWhole {
        for inside in start...index { tokens[inside].isProtected = true }
      }
      if let next { protectExpressions(from: start, at: index + 1, next, .max, cache) }
    }
  }

  /// Decides about a word, notes where a synonym fits, and becomes the next word's context.
  private mutating func read(_ index: Int, _ cache: inout WordCache) {
    let token = tokens[index]
    let number = Int(words[index])
    guard token.kind == .word, !cache[number].isClosed, !isName(index, &cache) else {
      previous = neighbour(at: index, &cache)
      return
    }
    let candidates = cache.candidates(number)
    if candidates.isEmpty {
      previous = .unknown
      return
    }
    let next = neighbour(at: index + 1, &cache)
    let decision = RuleTagger.decide(candidates, after: previous, before: next)
    guard let chosen = decision.reading else {
      previous = .unknown
      return
    }
    let before = previous
    let reading = candidates[candidates.startIndex + chosen]
    previous = .open(reading.part, reading.form)
    guard !token.isProtected, token.range.count > 2 else { return }
    eligible += 1
    guard decision.confidence >= Self.leastConfidence else { return }
    if isTagging || !kept.isEmpty {
      let reading = cache.facts(number).readings[chosen]
      if kept.contains(reading.lemma) { return }
      if isTagging {
        tagged.append(
          TaggedWord(range: token.range, reading: reading, previous: before, next: next))
        return
      }
    }
    guard cache.hasSynonyms(number, reading: chosen, finder) else { return }
    addSlot(
      index, cache.facts(number).readings[chosen],
      cache.synonyms(number, reading: chosen, finder), context(index, before, next, cache))
  }

  private func context(
    _ index: Int, _ previous: RuleTagger.Neighbour, _ next: RuleTagger.Neighbour,
    _ cache: borrowing WordCache
  ) -> WordContext {
    WordContext(
      previous: previous, next: next, previousWord: word(at: index - 1, cache),
      nextWord: word(at: index + 1, cache),
      articleIsProtected: index > 0 && tokens[index - 1].isProtected)
  }

  private mutating func addSlot(
    _ index: Int, _ reading: Reading, _ set: SynonymSet, _ context: WordContext
  ) {
    let needed = context.certaintyNeeded(for: reading)
    guard set.certainty >= needed else { return }
    let choices = set.synonyms.compactMap { synonym -> Slot.Choice? in
      guard let form = context.fitting(synonym, for: reading, finder.inflector) else { return nil }
      return Slot.Choice(
        text: Self.cased(form, tokens[index].casing), lemma: synonym.lemma, weight: synonym.weight,
        synset: synonym.synset)
    }
    guard !choices.isEmpty else { return }
    slots.append(
      Slot(
        range: tokens[index].range, part: reading.part.name, lemma: reading.lemma,
        choices: choices,
        article: article(before: index, context.previousWord), senses: set.senses,
        certaintyNeeded: needed))
  }

  /// Capitalised inside a sentence, a capitalised name at its start, or an acronym.
  private func isName(_ index: Int, _ cache: inout WordCache) -> Bool {
    let token = tokens[index]
    switch token.casing {
    case .lower: return false
    case .mixed: return true
    case .upper: return !isUpperCase
    case .title:
      guard token.startsSentence else { return true }
      let following = index + 1 < tokens.count ? tokens[index + 1] : nil
      let isBeforeName = following?.kind == .word && following?.casing == .title
      let number = Int(words[index])
      return isBeforeName || GivenNames.contains(cache.facts(number).word)
        || cache.isAlsoName(number, finder)
    }
  }

  /// A word in lower case, or a contraction; nothing for what is neither.
  private func word(at index: Int, _ cache: borrowing WordCache) -> String {
    guard words.indices.contains(index), words[index] >= 0 else { return "" }
    return cache.facts(Int(words[index])).word
  }

  /// What a token tells the word beside it; an open word by its heaviest reading.
  private func neighbour(at index: Int, _ cache: inout WordCache) -> RuleTagger.Neighbour {
    guard tokens.indices.contains(index) else { return .edge }
    let token = tokens[index]
    switch token.kind {
    case .mark(UInt8(ascii: "'")) where token.range.count > 1: return .possessive
    case .mark(UInt8(ascii: "'")), .mark(UInt8(ascii: "\"")): return .unknown
    case .mark: return .edge
    case .opaque:
      if words[index] >= 0, cache[Int(words[index])].isClosed {
        return cache[Int(words[index])].neighbour
      }
      let isNumber = Bytes.isDigit(bytes[token.range.lowerBound])
      return isNumber ? .closed(.number) : .unknown
    case .word:
      let word = cache[Int(words[index])]
      let mayBeName = !word.isClosed && token.casing != .lower
      return mayBeName && isName(index, &cache) ? .name : word.neighbour
    }
  }

  /// The article right before a word, where only blanks stand between.
  private func article(before index: Int, _ previousWord: String) -> Range<Int>? {
    guard index > 0, ["a", "an"].contains(previousWord), !tokens[index - 1].isProtected
    else { return nil }
    return tokens[index - 1].range
  }

  private static func cased(_ word: String, _ casing: TextToken.Casing) -> String {
    switch casing {
    case .lower, .mixed: word
    case .title: Bytes.capitalized(word)
    case .upper: word.uppercased()
    }
  }
}
