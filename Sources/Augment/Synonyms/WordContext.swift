/// The words beside a word, and what they allow to stand in its place.
struct WordContext: Sendable {
  let previous: RuleTagger.Neighbour
  let next: RuleTagger.Neighbour
  let previousWord: String
  let nextWord: String

  /// How sure the sense of a word must be where it stands.
  ///
  /// Nouns beside nouns make names of things, `fitness center`, that hold only in the first sense.
  func certaintyNeeded(for reading: Reading) -> Double {
    guard reading.part == .noun else { return 0 }
    if case .open(.noun, _) = previous { return 0.8 }
    if case .open(.noun, _) = next { return 0.8 }
    return previous == .name ? 0.8 : 0
  }

  /// The synonym in the form of the word it replaces; nil where it would not fit.
  func fitting(_ synonym: Synonym, for reading: Reading, _ inflector: Inflector) -> String? {
    switch reading.part {
    case .noun: fittingNoun(synonym, reading, inflector)
    case .verb: fittingVerb(synonym, reading, inflector)
    case .adjective: fittingAdjective(synonym, reading, inflector)
    case .adverb: inflector.inflect(synonym.lemma, .adverb, reading.form)
    }
  }

  private func fittingNoun(
    _ synonym: Synonym, _ reading: Reading, _ inflector: Inflector
  ) -> String? {
    let counts = ["a", "an", "each", "every", "another", "one", "either", "neither"]
    if counts.contains(previousWord), PluralWords.none.contains(synonym.lemma) { return nil }
    // Of an expression the last word takes the ending.
    let words = synonym.lemma.split(separator: " ")
    guard let last = words.last,
      let form = inflector.inflect(String(last), .noun, reading.form)
    else { return nil }
    return (words.dropLast().map(String.init) + [form]).joined(separator: " ")
  }

  private func fittingVerb(
    _ synonym: Synonym, _ reading: Reading, _ inflector: Inflector
  ) -> String? {
    if Self.particles.contains(nextWord) { return nil }
    // Few verbs take an infinitive, and only these are synonyms that do.
    let words = synonym.lemma.split(separator: " ")
    guard let first = words.first.map(String.init),
      nextWord != "to" || Self.infinitiveVerbs.contains(first),
      let form = verbForm(reading, first), let inflected = inflector.inflect(first, .verb, form)
    else { return nil }
    return ([inflected] + words.dropFirst().map(String.init)).joined(separator: " ")
  }

  /// `give up` and `look into` mean something else than `give` and `look`.
  private static let particles: Set<String> = [
    "up", "out", "off", "down", "away", "back", "over", "around", "along", "apart", "through",
    "into", "forward",
  ]
  private static let infinitiveVerbs: Set<String> = ["try", "attempt", "begin", "start"]

  private func fittingAdjective(
    _ synonym: Synonym, _ reading: Reading, _ inflector: Inflector
  ) -> String? {
    let standsBeforeNoun: Bool
    switch next {
    case .open(.noun, _), .open(.adjective, _), .name, .unknown: standsBeforeNoun = true
    default: standsBeforeNoun = false
    }
    switch synonym.position {
    case .beforeNoun where !standsBeforeNoun: return nil
    case .predicative where standsBeforeNoun: return nil
    default: break
    }
    let graded = ["more", "most", "less", "least"].contains(previousWord)
    if graded, Spelling.gradesBySuffix(synonym.lemma) { return nil }
    return inflector.inflect(synonym.lemma, .adjective, reading.form)
  }

  /// Past or participle, where the word itself does not show it; nil where nothing does.
  private func verbForm(_ reading: Reading, _ synonym: String) -> WordForm? {
    guard reading.form == .past else { return reading.form }
    if let own = IrregularVerbs.forms(of: reading.lemma), own.past != own.participle {
      return .past
    }
    guard let other = IrregularVerbs.forms(of: synonym), other.past != other.participle else {
      return .past
    }
    switch previous {
    case .closed(.be), .closed(.have): return .participle
    case .closed(.pronounPlural), .closed(.pronounSingular), .name: return .past
    default: break
    }
    if nextWord == "by" { return .participle }
    switch next {
    case .closed(.determiner), .closed(.possessive), .closed(.pronounObject): return .past
    default: return nil
    }
  }
}
