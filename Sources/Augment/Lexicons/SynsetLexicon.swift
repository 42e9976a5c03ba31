/// Sets of synonyms and the words that stand in them.
///
/// In memory whole: some 300 bytes a word.
struct SynsetLexicon: SenseLexicon {
  private let sets: [ThesaurusSense]
  /// The sets of a word, by the word in lower case, in the file's order.
  private let places: [String: [Int]]
  /// How many longer entries a word stands in.
  private let uses: [String: Int]

  /// - Parameter sets: The synonyms of each sense, in the file's order.
  init(_ sets: [ThesaurusSense]) {
    self.sets = sets
    var places: [String: [Int]] = [:]
    for (place, set) in sets.enumerated() {
      for word in set.synonyms where places[word.lowercased(), default: []].last != place {
        places[word.lowercased(), default: []].append(place)
      }
    }
    self.places = places
    var uses: [String: Int] = [:]
    for entry in places.keys { Self.countParts(of: entry, in: &uses) }
    self.uses = uses
  }

  /// Counts the words of an expression, or what an entry in Han characters is made of.
  private static func countParts(of entry: String, in uses: inout [String: Int]) {
    if entry.contains(" ") {
      for word in entry.split(separator: " ") { uses[String(word), default: 0] += 1 }
      return
    }
    let scalars = Array(entry.unicodeScalars)
    guard (3...8).contains(scalars.count), scalars.allSatisfy(HanScript.isHan) else { return }
    for start in 0..<scalars.count - 1 {
      for end in start + 2...scalars.count where end - start < scalars.count {
        var part = String.UnicodeScalarView()
        part.append(contentsOf: scalars[start..<end])
        uses[String(part), default: 0] += 1
      }
    }
  }

  func senses(of word: String) -> [ThesaurusSense] {
    (places[word.lowercased()] ?? []).map { sets[$0] }
  }

  func lists(_ word: String) -> Bool { places[word.lowercased()] != nil }

  func familiarity(of word: String) -> Int { uses[word.lowercased()] ?? 0 }

  func familiarity(ofBest count: Int) -> Int { uses.values.count(ofBest: count) }

  func mentions(of word: String) -> Int { places[word.lowercased()]?.count ?? 0 }
}
