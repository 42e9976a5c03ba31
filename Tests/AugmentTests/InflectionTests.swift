import Augment
import Records
import Stages
import TestSupport
import Testing

/// WordNet as the package's system dependency installs it.
enum Dictionary {
  static let folder = "/usr/share/wordnet"
  static let exists = Folders.exists("\(folder)/index.noun")
  /// Read once for all tests.
  static let wordnet = Result { try WordNet(folder: folder) }
}

/// Forms by lemminflect and lemmas by NLTK, written by `Scripts/augment_inflections.py`.
struct InflectionFixture {
  let lemma: String
  let part: WordClass
  /// Each form's spellings, and the lemmas that Morphy finds for each spelling.
  let forms: [(form: WordForm, spellings: [(word: String, lemmas: [String])])]

  static func read() throws -> [InflectionFixture] {
    let path = "\(Shared.project)/Tests/Fixtures/Augment/inflections.jsonl"
    return try FileReader.contents(path).split(separator: 0x0A).map { line in
      let object = try JSONValue.parse(line)
      return InflectionFixture(
        lemma: try #require(object["lemma"]?.string),
        part: try #require(classes[object["class"]?.string ?? ""]),
        forms: try #require(object["forms"]?.object).members.map { member in
          (
            try #require(names[member.key]),
            (member.value.object?.members ?? []).map {
              ($0.key, $0.value.array?.compactMap(\.string) ?? [])
            }
          )
        })
    }
  }

  private static let classes: [String: WordClass] = [
    "noun": .noun, "verb": .verb, "adjective": .adjective,
  ]
  private static let names: [String: WordForm] = [
    "plural": .plural, "thirdPerson": .thirdPerson, "ing": .ing, "past": .past,
    "participle": .participle, "comparative": .comparative, "superlative": .superlative,
  ]
}

@Suite(.enabled(if: Dictionary.exists, "WordNet is not installed: apt-get install wordnet-base"))
struct InflectionTests {
  /// Where lemminflect is wrong (`trueer`, `lied down`) or knows only one of two spellings.
  static let disputed: Set<String> = [
    "more mores", "south souths", "get got", "lie lain", "fit fitted", "lean leaned",
    "smell smelled", "true truer", "blue bluer", "blue bluest", "free freer", "free freest",
    "wrong wronger", "wrong wrongest",
  ]

  @Test func `frequent words take the forms that lemminflect knows`() throws {
    let inflector = Inflector(try Dictionary.wordnet.get())
    var wrong: [String] = []
    var checked = 0
    for word in try InflectionFixture.read() {
      for (form, spellings) in word.forms {
        guard let own = inflector.inflect(word.lemma, word.part, form) else { continue }
        // `more quiet` beside `quieter` is a matter of taste.
        if own.utf8.contains(UInt8(ascii: " ")) { continue }
        checked += 1
        if spellings.contains(where: { $0.word == own }) { continue }
        if !Self.disputed.contains("\(word.lemma) \(own)") {
          wrong.append("\(word.lemma) \(form): \(own), not \(spellings.map(\.word))")
        }
      }
    }
    #expect(checked > 2500)
    #expect(wrong == [])
  }

  @Test func `every lemma that Morphy finds is among the readings`() throws {
    let lemmatizer = Lemmatizer(try Dictionary.wordnet.get())
    var missing: [String] = []
    for word in try InflectionFixture.read() {
      for (_, spellings) in word.forms {
        for (spelling, lemmas) in spellings {
          let found = Set(
            lemmatizer.readings(of: spelling).filter { $0.part == word.part }.map(\.lemma))
          for lemma in lemmas where !found.contains(lemma) {
            missing.append("\(spelling): \(lemma)")
          }
        }
      }
    }
    #expect(missing == [])
  }

  @Test func `a form leads back to its lemma`() throws {
    let wordnet = try Dictionary.wordnet.get()
    let inflector = Inflector(wordnet)
    let lemmatizer = Lemmatizer(wordnet)
    var lost: [String] = []
    for word in try InflectionFixture.read() {
      for (form, _) in word.forms {
        guard let own = inflector.inflect(word.lemma, word.part, form), !own.contains(" ") else {
          continue
        }
        let readings = lemmatizer.readings(of: own)
        if !readings.contains(where: { $0.lemma == word.lemma && $0.part == word.part }) {
          lost.append("\(own) (\(form) of \(word.lemma))")
        }
      }
    }
    #expect(lost == [])
  }

  static let table: [(String, WordClass, WordForm, String?)] = [
    ("illness", .noun, .plural, "illnesses"), ("baby", .noun, .plural, "babies"),
    ("physician", .noun, .plural, "physicians"), ("child", .noun, .plural, "children"),
    ("analysis", .noun, .plural, "analyses"), ("fireman", .noun, .plural, "firemen"),
    ("human", .noun, .plural, "humans"),
    ("bad", .adjective, .comparative, "worse"),
    ("series", .noun, .plural, "series"), ("information", .noun, .plural, nil),
    ("purchase", .verb, .past, "purchased"),
    ("begin", .verb, .past, "began"), ("begin", .verb, .participle, "begun"),
    ("begin", .verb, .ing, "beginning"), ("stop", .verb, .ing, "stopping"),
    ("visit", .verb, .past, "visited"), ("admit", .verb, .past, "admitted"),
    ("try", .verb, .thirdPerson, "tries"), ("quit", .verb, .ing, "quitting"),
    ("overtake", .verb, .past, "overtook"), ("see", .verb, .ing, "seeing"),
    ("die", .verb, .ing, "dying"), ("big", .adjective, .comparative, "bigger"),
    ("happy", .adjective, .superlative, "happiest"), ("large", .adjective, .comparative, "larger"),
    ("famous", .adjective, .comparative, "more famous"), ("small", .adverb, .plural, nil),
  ]

  @Test(arguments: table.indices)
  func `a lemma takes a form`(_ index: Int) throws {
    let (lemma, part, form, expected) = Self.table[index]
    #expect(Inflector(try Dictionary.wordnet.get()).inflect(lemma, part, form) == expected)
  }
}
