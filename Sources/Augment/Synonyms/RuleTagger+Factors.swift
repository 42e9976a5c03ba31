extension RuleTagger {
  /// Factors for noun, adjective, adverb, and the verb's forms: base, -s, -ing, past or participle.
  struct Factors: Sendable {
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

    /// As `column` numbers them, and one more.
    var values: [Double] { [noun, adjective, adverb, base, thirdPerson, ing, past, 1] }

    /// Which of the values is that of words of a class in a form.
    static func column(_ part: WordClass, _ form: WordForm) -> Int {
      switch (part, form) {
      case (.noun, _): 0
      case (.adjective, _): 1
      case (.adverb, _): 2
      case (.verb, .base): 3
      case (.verb, .thirdPerson): 4
      case (.verb, .ing): 5
      case (.verb, _): 6
      }
    }

    private static let none = Factors(n: 1, a: 1, r: 1, v: 1, s: 1, ing: 1, ed: 1)

    /// Those of the word behind a neighbour.
    static func after(_ neighbour: Neighbour) -> Factors {
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

    /// Those of the word before a neighbour.
    static func before(_ neighbour: Neighbour) -> Factors {
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
}
