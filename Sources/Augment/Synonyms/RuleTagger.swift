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

    /// Where its factors stand among those of `all`.
    var code: Int {
      switch self {
      case .edge: 0
      case .possessive: 1
      case .name: 2
      case .unknown: 3
      case .open(let part, let form): 4 + Self.forms * part.rawValue + form.rawValue
      case .closed(let kind): 4 + Self.forms * Self.classes + kind.rawValue
      }
    }

    private static let forms = 8
    private static let classes = 4

    /// Every one there is, in the order of their codes.
    static let all: [Neighbour] = {
      var all: [Neighbour] = [.edge, .possessive, .name, .unknown]
      for part in WordClass.allCases { all += WordForm.allCases.map { .open(part, $0) } }
      all += ClosedClass.allCases.map { .closed($0) }
      precondition(all.enumerated().allSatisfy { $0.element.code == $0.offset })
      return all
    }()
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

  /// What the tagger must know of a reading.
  struct Candidate: Sendable {
    let part: WordClass
    let form: WordForm
    /// Before its neighbours are looked at.
    let weight: Double
    /// Which of the factors of a neighbour is the reading's.
    fileprivate let column: Int

    init(_ reading: Reading) {
      (part, form) = (reading.part, reading.form)
      weight = RuleTagger.weight(of: reading)
      column = Factors.column(reading.part, reading.form)
    }
  }

  /// Decides about a word by its readings and its neighbours.
  static func decide(
    _ readings: ArraySlice<Candidate>, after: Neighbour, before: Neighbour
  ) -> Decision {
    let (after, before) = (8 * after.code, 8 * before.code)
    let factors = Self.factors
    var best = 0
    var bestWeight = 0.0
    var sum = 0.0
    for index in readings.indices {
      let reading = readings[index]
      let weight =
        reading.weight * factors.after[after + reading.column]
        * factors.before[before + reading.column]
      sum += weight
      if weight > bestWeight { (best, bestWeight) = (index - readings.startIndex, weight) }
    }
    guard sum > 0 else { return Decision(reading: nil, confidence: 0) }
    return Decision(reading: best, confidence: bestWeight / sum)
  }

  /// The factors of all neighbours, eight a neighbour.
  private static let factors: (after: [Double], before: [Double]) = (
    Neighbour.all.flatMap { Factors.after($0).values },
    Neighbour.all.flatMap { Factors.before($0).values }
  )
}
