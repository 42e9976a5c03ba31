/// What WordNet lists of a lemma.
struct LemmaEntry: Sendable {
  /// Where the rest of the lemma's line begins in the index of each class; below 0 where it has none.
  fileprivate var places = SIMD4<Int32>(repeating: -1)
  fileprivate(set) var tags = TagCounts()
  /// The path of the lemma; nil where no expression begins with it.
  fileprivate(set) var path: Expressions.Path?

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
  private var known: [String: LemmaEntry] = [:]
  /// The expressions that begin with the lemmas, and with others that were known before.
  private(set) var expressions = Expressions()
  /// Rare words fill it too; it starts again before it grows beyond some 10 MB.
  private static let most = 1 << 15

  init(_ wordnet: WordNet) { self.wordnet = wordnet }

  /// What WordNet lists of a lemma, which may be any text.
  subscript(lemma: String) -> LemmaEntry {
    mutating get {
      if let entry = known[lemma] { return entry }
      if known.count >= Self.most { known.removeAll(keepingCapacity: true) }
      let entry = look(up: lemma)
      known[lemma] = entry
      return entry
    }
  }

  private mutating func look(up lemma: String) -> LemmaEntry {
    var entry = LemmaEntry()
    var beginsExpression = false
    for part in WordClass.allCases {
      wordnet.findLemma(lemma, part) { _, rest in
        if !entry.isListed(part) { entry.places[part.rawValue] = Int32(rest.lowerBound) }
      } expression: { expression in
        beginsExpression = true
        expressions.insert(expression, from: lemma.utf8.count)
      }
    }
    if entry.classCount > 0 { entry.tags = wordnet.tagCounts(of: lemma) }
    if beginsExpression { entry.path = Expressions.Path(lemma) }
    return entry
  }
}
