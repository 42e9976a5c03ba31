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
  /// How much of their words the senses of two words must share, 0 to 1.
  var leastOverlap: Double { get }
  /// How far from the start of its list a synonym may stand, where the file puts the nearest first.
  var furthestRank: Int { get }
  /// Whether nouns begin with a capital.
  var capitalizesNouns: Bool { get }
  /// What a word is by its ending and by what the file says of its part of speech; nil where that
  /// leaves doubt.
  func agreement(of word: String, hint: String) -> Agreement?
  /// Whether a word of the text may be replaced where it stands.
  func allows(_ word: String, _ agreement: Agreement, _ surroundings: Surroundings) -> Bool
}

extension ThesaurusGrammar {
  var capitalizesNouns: Bool { false }
  var leastOverlap: Double { 0.25 }
  var furthestRank: Int { .max }
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
