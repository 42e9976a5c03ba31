/// What a word is, as far as its ending and a thesaurus show it.
///
/// Words of equal agreement stand for each other without a change of any word beside them.
struct Agreement: Sendable, Hashable {
  /// `noun`, `verb`, `adjective` or `adverb`.
  let part: String
  /// The gender, declension and beginning that articles and endings depend on, in the grammar's terms.
  let form: String

  init(_ part: String, _ form: String = "") {
    self.part = part
    self.form = form
  }
}

/// The words around a word, in lower case; empty where a mark or the text's end is.
struct Surroundings: Sendable {
  let previous: String
  let next: String
  /// The last word of the clause.
  let last: String
}

/// Which words of a language a thesaurus may replace.
///
/// A thesaurus lists neither gender nor inflection. So a word is replaced only in the form that is
/// listed, by a word whose ending shows that it agrees with the same articles and endings, and only
/// where no other word of the text shows that another form is meant. What is not sure stays.
protocol ThesaurusGrammar: Sendable {
  /// Words that are never replaced and never put in.
  var functionWords: Set<String> { get }
  /// The fewest characters of a word that is replaced or put in.
  var shortestWord: Int { get }
  /// How much of their words the senses of two words must share, 0 to 1.
  var leastOverlap: Double { get }
  /// How far from the start of its list a synonym may stand, where the file puts the nearest first.
  var furthestRank: Int { get }
  /// The most words of a sense that says what is synonymous: longer ones list whole fields.
  var largestSense: Int { get }
  /// Whether nouns begin with a capital.
  var capitalizesNouns: Bool { get }
  /// Whether a word, in lower case, is never replaced and never put in.
  func isFunctionWord(_ word: String) -> Bool
  /// Whether a word may stand for another as far as their letters show, which is looked at first.
  func looksAlike(_ candidate: String, _ word: String) -> Bool
  /// Whether a sense of a word says what is synonymous with it.
  func counts(_ sense: ThesaurusSense) -> Bool
  /// Whether a word is about as well known as the one it would replace.
  func isFamiliar(_ candidate: String, beside word: String, in lexicon: any SenseLexicon) -> Bool
  /// Whether two words are spellings or forms of one.
  func areVariants(_ left: String, _ right: String) -> Bool
  /// What a word is by its ending and by what the file says of its part of speech; nil where that
  /// leaves doubt.
  func agreement(of word: String, hint: String) -> Agreement?
  /// Whether a word of the text may be replaced where it stands.
  func allows(_ word: String, _ agreement: Agreement, _ surroundings: Surroundings) -> Bool
  /// Which words a text allows at all, whatever stands beside them.
  func fitting(_ text: String) -> (String) -> Bool
}

extension ThesaurusGrammar {
  var capitalizesNouns: Bool { false }
  var shortestWord: Int { 3 }
  var leastOverlap: Double { 0.25 }
  var furthestRank: Int { .max }
  var largestSense: Int { .max }

  func isFunctionWord(_ word: String) -> Bool { functionWords.contains(word) }

  func looksAlike(_ candidate: String, _ word: String) -> Bool { true }

  func counts(_ sense: ThesaurusSense) -> Bool { true }

  func areVariants(_ left: String, _ right: String) -> Bool { Spelling.areVariants(left, right) }

  /// Whether it is about an eighth as well known at least.
  ///
  /// `kaufen` stands in many expressions, `erkaufen` in none. Few uses prove little.
  func isFamiliar(
    _ candidate: String, beside word: String, in lexicon: any SenseLexicon
  ) -> Bool {
    8 * lexicon.familiarity(of: candidate) + 2 >= lexicon.familiarity(of: word)
  }

  func fitting(_ text: String) -> (String) -> Bool { { _ in true } }
}

/// Tables of words, written as one text.
enum WordList {
  static func set(_ text: String) -> Set<String> {
    Set(text.split(separator: " ").map(String.init))
  }
}

extension String {
  /// Whether it ends in one of some endings and something stands before.
  func ends(in endings: [String]) -> Bool {
    endings.contains { utf8.count > $0.utf8.count + 1 && hasSuffix($0) }
  }

  /// Whether it begins with one of some beginnings and at least `rest` bytes follow.
  func begins(with beginnings: [String], rest: Int = 1) -> Bool {
    beginnings.contains { utf8.count >= $0.utf8.count + rest && hasPrefix($0) }
  }
}
