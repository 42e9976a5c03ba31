/// Decides how to read each word of a text: which class, lemma and form.
///
/// Transparent on purpose. Every reading WordNet allows starts with a weight: how often people meant
/// that lemma and class, times the share of such words that stand in that form. The word before and
/// the word after multiply it by the factors tabled below ("a noun is six times as likely after a
/// determiner"). The heaviest reading wins; its share of all weights is how sure the tagger is.
/// Words go from left to right, so the decision about one is part of the next one's context.
struct RuleTagger {
  /// A decision about a word.
  struct Decision: Sendable {
    /// The place of the reading in the word's facts; nil where the word is not in WordNet.
    let reading: Int?
    /// From 0 to 1.
    let confidence: Double
  }

  /// What the tagger knows of the word before or after.
  enum Neighbour: Sendable, Hashable {
    /// The start or end of a sentence, or a mark.
    case edge
    case closed(ClosedClass)
    case open(WordClass, WordForm)
    /// The 's of a possessive.
    case possessive
    /// A capitalised word.
    case name
    /// A word or sign of which nothing is known.
    case unknown
  }

  /// The weight of each reading before its neighbours are looked at.
  static func weight(of reading: Reading) -> Double {
    (Double(reading.count) + 0.5) * formShare(reading.part, reading.form)
  }

  /// How many of the words of a class stand in a form, roughly, in running text.
  private static func formShare(_ part: WordClass, _ form: WordForm) -> Double {
    switch (part, form) {
    case (.noun, .base): 0.65
    case (.noun, _): 0.35
    case (.verb, .base): 0.4
    case (.verb, .thirdPerson): 0.1
    case (.verb, .ing): 0.2
    case (.verb, _): 0.3
    case (_, .base): 1
    default: 0.1
    }
  }

  /// Decides about a word by its readings and its neighbours.
  static func decide(_ readings: [Reading], after: Neighbour, before: Neighbour) -> Decision {
    var best = 0
    var bestWeight = 0.0
    var sum = 0.0
    for (index, reading) in readings.enumerated() {
      let weight =
        weight(of: reading) * factor(reading, after: after) * factor(reading, before: before)
      sum += weight
      if weight > bestWeight { (best, bestWeight) = (index, weight) }
    }
    guard sum > 0 else { return Decision(reading: nil, confidence: 0) }
    return Decision(reading: best, confidence: bestWeight / sum)
  }

  /// Factors for noun, adjective, adverb, and the verb's forms: base, -s, -ing, past or participle.
  private struct Factors {
    let noun, adjective, adverb, base, thirdPerson, ing, past: Double

    init(
      n noun: Double, a adjective: Double, r adverb: Double, v base: Double, s thirdPerson: Double,
      ing: Double, ed past: Double
    ) {
      self.noun = noun
      self.adjective = adjective
      self.adverb = adverb
      self.base = base
      self.thirdPerson = thirdPerson
      self.ing = ing
      self.past = past
    }

    func of(_ reading: Reading) -> Double {
      switch (reading.part, reading.form) {
      case (.noun, _): noun
      case (.adjective, _): adjective
      case (.adverb, _): adverb
      case (.verb, .base): base
      case (.verb, .thirdPerson): thirdPerson
      case (.verb, .ing): ing
      case (.verb, _): past
      }
    }
  }

  private static let none = Factors(n: 1, a: 1, r: 1, v: 1, s: 1, ing: 1, ed: 1)

  private static func factor(_ reading: Reading, after neighbour: Neighbour) -> Double {
    let factors =
      switch neighbour {
      case .edge: Factors(n: 1, a: 1, r: 1.5, v: 1.5, s: 0.1, ing: 1, ed: 0.2)
      case .possessive: Factors(n: 6, a: 5, r: 0.3, v: 0.02, s: 0.05, ing: 0.5, ed: 0.5)
      case .name: Factors(n: 1.5, a: 0.3, r: 1, v: 0.2, s: 3, ing: 0.7, ed: 3)
      case .unknown: none
      case .closed(let kind): after(kind)
      case .open(.noun, .plural): Factors(n: 1, a: 0.3, r: 1.5, v: 2, s: 0.1, ing: 1, ed: 2)
      case .open(.noun, _): Factors(n: 2, a: 0.2, r: 1, v: 0.1, s: 2, ing: 1, ed: 2)
      case .open(.adjective, _): Factors(n: 5, a: 1.5, r: 0.2, v: 0.05, s: 0.05, ing: 0.2, ed: 0.2)
      case .open(.adverb, _): Factors(n: 0.5, a: 2, r: 1, v: 1.5, s: 1.5, ing: 1.5, ed: 2)
      case .open(.verb, _): Factors(n: 2, a: 2, r: 1.5, v: 0.05, s: 0.02, ing: 0.7, ed: 0.5)
      }
    return factors.of(reading)
  }

  private static func after(_ kind: ClosedClass) -> Factors {
    switch kind {
    case .determiner, .possessive, .number:
      Factors(n: 6, a: 5, r: 0.3, v: 0.02, s: 0.02, ing: 0.5, ed: 0.5)
    case .preposition: Factors(n: 4, a: 3, r: 0.3, v: 0.03, s: 0.01, ing: 4, ed: 0.3)
    case .pronounPlural: Factors(n: 0.05, a: 0.1, r: 2, v: 10, s: 0.05, ing: 0.3, ed: 10)
    case .pronounSingular: Factors(n: 0.05, a: 0.1, r: 2, v: 0.1, s: 10, ing: 0.3, ed: 10)
    case .pronounObject: Factors(n: 0.2, a: 1, r: 2, v: 1, s: 0.5, ing: 1, ed: 0.7)
    case .be: Factors(n: 0.8, a: 6, r: 1.5, v: 0.02, s: 0.01, ing: 8, ed: 6)
    case .have: Factors(n: 1.5, a: 1.5, r: 1.5, v: 0.05, s: 0.01, ing: 0.2, ed: 10)
    case .auxiliary: Factors(n: 0.3, a: 0.3, r: 1.5, v: 10, s: 0.05, ing: 0.3, ed: 0.05)
    case .modal: Factors(n: 0.1, a: 0.1, r: 2, v: 20, s: 0.02, ing: 0.05, ed: 0.05)
    case .to: Factors(n: 0.7, a: 0.7, r: 0.5, v: 10, s: 0.01, ing: 0.4, ed: 0.1)
    case .question: Factors(n: 1, a: 2, r: 1.5, v: 0.3, s: 1.5, ing: 0.5, ed: 1.5)
    case .degree: Factors(n: 0.5, a: 6, r: 5, v: 0.2, s: 0.1, ing: 0.5, ed: 2)
    case .adverb: Factors(n: 0.5, a: 2, r: 1.5, v: 2, s: 2, ing: 2, ed: 2)
    case .verb: Factors(n: 2, a: 2, r: 1.5, v: 0.05, s: 0.02, ing: 0.7, ed: 0.5)
    case .other: Factors(n: 1.5, a: 0.3, r: 1, v: 0.3, s: 2, ing: 1, ed: 2)
    case .conjunction: none
    }
  }

  private static func factor(_ reading: Reading, before neighbour: Neighbour) -> Double {
    let factors =
      switch neighbour {
      case .edge: Factors(n: 1.5, a: 0.7, r: 1.3, v: 0.7, s: 0.7, ing: 0.8, ed: 0.8)
      case .possessive: Factors(n: 10, a: 0.05, r: 0.01, v: 0.01, s: 0.01, ing: 0.05, ed: 0.01)
      case .name, .unknown: none
      case .closed(let kind): before(kind)
      // What follows may be read in several ways; its heaviest reading is a fair guess.
      case .open(.noun, _): Factors(n: 1.2, a: 3, r: 0.3, v: 1.2, s: 1, ing: 1, ed: 1)
      case .open(.adjective, _): Factors(n: 0.3, a: 1.5, r: 2, v: 1.5, s: 1.5, ing: 1.2, ed: 1)
      case .open(.verb, _): Factors(n: 1.5, a: 0.3, r: 2, v: 0.3, s: 0.3, ing: 0.3, ed: 0.3)
      case .open(.adverb, _): Factors(n: 1, a: 0.5, r: 1, v: 1.5, s: 1.5, ing: 1.5, ed: 1.5)
      }
    return factors.of(reading)
  }

  private static func before(_ kind: ClosedClass) -> Factors {
    switch kind {
    case .determiner, .possessive, .pronounObject:
      Factors(n: 0.4, a: 0.1, r: 0.7, v: 4, s: 4, ing: 3, ed: 4)
    case .preposition: Factors(n: 1.5, a: 0.5, r: 1, v: 0.8, s: 1, ing: 1, ed: 1.5)
    case .be, .have, .auxiliary, .modal:
      Factors(n: 4, a: 0.1, r: 1, v: 0.03, s: 0.03, ing: 0.3, ed: 0.1)
    case .pronounPlural, .pronounSingular:
      Factors(n: 1.2, a: 0.3, r: 1, v: 0.7, s: 0.7, ing: 0.7, ed: 0.7)
    case .degree, .adverb: Factors(n: 1, a: 0.6, r: 1, v: 1.5, s: 1.5, ing: 1.2, ed: 1.5)
    case .to, .conjunction, .question, .number, .verb, .other: none
    }
  }
}
