/// One way to read a word: as a form of a lemma of a class.
package struct Reading: Sendable, Hashable {
  package let part: WordClass
  package let lemma: String
  package let form: WordForm
  /// How often people meant this lemma and class where they wrote it: WordNet's tag counts.
  package let count: Int
}

/// Finds the lemmas a word may be a form of, as WordNet's Morphy does (morphy(7WN)).
package struct Lemmatizer: Sendable {
  private let wordnet: WordNet

  package init(_ wordnet: WordNet) { self.wordnet = wordnet }

  /// All readings of a word in lower case, in the order of classes and then of the rules.
  package func readings(of word: String) -> [Reading] {
    var entries = LemmaEntries(wordnet)
    return readings(of: word, &entries)
  }

  /// The same, with what is known of lemmas.
  func readings(of word: String, _ entries: inout LemmaEntries) -> [Reading] {
    var readings: [Reading] = []
    for part in WordClass.allCases { readings += self.readings(of: word, part, &entries) }
    return readings
  }

  /// The readings as words of one class.
  func readings(
    of word: String, _ part: WordClass, _ entries: inout LemmaEntries
  ) -> [Reading] {
    var readings: [Reading] = []
    func add(_ lemma: String, _ form: WordForm) {
      guard !readings.contains(where: { $0.lemma == lemma && $0.form == form }) else { return }
      let entry = entries[lemma]
      guard entry.isListed(part) else { return }
      readings.append(
        Reading(part: part, lemma: lemma, form: form, count: entry.tags.count(part)))
    }
    add(word, .base)
    if part == .verb, entries[word].isListed(.verb),
      let forms = IrregularVerbs.forms(of: word), forms.past == word
    {
      // `put` and `cut` are their own past.
      add(word, .past)
    }
    for lemma in wordnet.irregularLemmas(of: word, part) ?? [] where lemma != word {
      for form in Self.forms(of: word, lemma, part) { add(lemma, form) }
    }
    let last = word.utf8.last
    for rule in Self.rules[part.rawValue] where rule.last == last && word.hasSuffix(rule.ending) {
      let stem = Substring(word.utf8.dropLast(rule.ending.utf8.count))
      guard stem.utf8.count + rule.replacement.utf8.count > 1 else { continue }
      add(stem + rule.replacement, rule.form)
    }
    return readings
  }

  /// Which form of a lemma an irregular form is.
  private static func forms(of word: String, _ lemma: String, _ part: WordClass) -> [WordForm] {
    switch part {
    case .noun: return [.plural]
    case .adjective, .adverb: return [word.hasSuffix("st") ? .superlative : .comparative]
    case .verb:
      if word.hasSuffix("ing") { return [.ing] }
      guard let irregular = IrregularVerbs.forms(of: lemma) else {
        return [word.hasSuffix("s") ? .thirdPerson : .past]
      }
      switch (irregular.past == word, irregular.participle == word) {
      case (true, _): return [.past]
      case (false, true): return [.participle]
      case (false, false): return [word.hasSuffix("s") ? .thirdPerson : .past]
      }
    }
  }

  private struct Rule: Sendable {
    let ending: String
    let replacement: String
    let form: WordForm
    /// The last byte of the ending: most words have none of these.
    let last: UInt8?

    init(ending: String, replacement: String, form: WordForm) {
      self.ending = ending
      self.replacement = replacement
      self.form = form
      last = ending.utf8.last
    }
  }

  /// The detachment rules, one list a class in the order of `WordClass`.
  private static let rules: [[Rule]] = [
    [
      ("s", ""), ("ses", "s"), ("xes", "x"), ("zes", "z"), ("ches", "ch"), ("shes", "sh"),
      ("men", "man"), ("ies", "y"),
    ].map { Rule(ending: $0.0, replacement: $0.1, form: .plural) },
    [
      ("s", "", WordForm.thirdPerson), ("ies", "y", .thirdPerson), ("es", "e", .thirdPerson),
      ("es", "", .thirdPerson), ("ed", "e", .past), ("ed", "", .past), ("ing", "e", .ing),
      ("ing", "", .ing),
    ].map { Rule(ending: $0.0, replacement: $0.1, form: $0.2) },
    [
      ("er", "", WordForm.comparative), ("est", "", .superlative), ("er", "e", .comparative),
      ("est", "e", .superlative), ("ier", "y", .comparative), ("iest", "y", .superlative),
    ].map { Rule(ending: $0.0, replacement: $0.1, form: $0.2) },
    [],
  ]
}
