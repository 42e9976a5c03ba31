/// What WordNet lists of a lemma.
struct LemmaEntry: Sendable {
  /// Where the rest of the lemma's line begins in the index of each class; below 0 where it has none.
  fileprivate var places = SIMD4<Int32>(repeating: -1)
  fileprivate(set) var tags = TagCounts()
  /// The expressions that begin with the lemma; nil where none does.
  fileprivate(set) var start: Expressions.Start?

  /// Whether WordNet lists the lemma in a class.
  func isListed(_ part: WordClass) -> Bool { places[part.rawValue] >= 0 }

  /// In how many classes WordNet lists it.
  var classCount: Int { WordClass.allCases.count { isListed($0) } }

  /// The line in the index of a class, behind the lemma; nil where there is none.
  func place(_ part: WordClass) -> Int? { isListed(part) ? Int(places[part.rawValue]) : nil }
}

/// Entries of lemmas met before and the expressions that begin with them, for one thread at a time.
struct LemmaEntries: Sendable {
  private let wordnet: WordNet
  private var numbers = WordTable()
  private var known: [LemmaEntry] = []
  /// The expressions that begin with the lemmas, and with others that were known before.
  private(set) var expressions = Expressions()
  /// Rare words fill it too; it starts again before it grows beyond some 10 MB.
  private static let most = 1 << 15

  init(_ wordnet: WordNet) { self.wordnet = wordnet }

  /// What WordNet lists of a lemma, which may be any text.
  subscript(lemma: String) -> LemmaEntry {
    mutating get {
      if let number = numbers.number(of: lemma) { return known[number] }
      if known.count >= Self.most {
        numbers = WordTable()
        known.removeAll(keepingCapacity: true)
      }
      let entry = look(up: lemma)
      numbers.insert(lemma, known.count)
      known.append(entry)
      return entry
    }
  }

  private mutating func look(up lemma: String) -> LemmaEntry {
    var entry = LemmaEntry()
    var seconds: UInt64 = 0
    for part in WordClass.allCases {
      wordnet.findLemma(lemma, part) { _, rest in
        if !entry.isListed(part) { entry.places[part.rawValue] = Int32(rest.lowerBound) }
      } expression: { expression in
        seconds |= expressions.insert(expression, from: lemma.utf8.count)
      }
    }
    if entry.classCount > 0 { entry.tags = wordnet.tagCounts(of: lemma) }
    if seconds != 0 { entry.start = Expressions.Start(of: lemma, seconds: seconds) }
    return entry
  }
}
