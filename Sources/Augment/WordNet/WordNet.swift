import Records
import Stages

/// The database files of WordNet 3.0 (Princeton University), as Debian's `wordnet-base` installs them.
///
/// Read whole, once: some 30 MB and a tenth of a second. Formats: wndb(5WN), senseidx(5WN),
/// morphy(7WN).
package final class WordNet: Sendable {
  /// Lemmas and where their senses stand, one table a class.
  private let lemmas: [LineTable]
  /// Sets of synonyms, one file a class; a sense is named by its place in the file.
  private let synsets: [[UInt8]]
  /// Irregular forms and what they are forms of, one dictionary a class.
  package let exceptions: [[String: [String]]]
  /// How often each sense of a lemma was met in texts that people tagged, one dictionary a class.
  private let tagCounts: [[String: [Int]]]
  /// How often a word stands in WordNet's own definitions and examples, by the word's hash.
  private let glossCounts: [UInt64: Int]
  /// Expressions of several words, such as `heart_attack`.
  let expressions: Expressions

  /// The files below a folder, in the order they are read.
  package static func paths(below folder: String) -> [String] {
    WordClass.allCases.flatMap {
      ["\(folder)/index.\($0.suffix)", "\(folder)/data.\($0.suffix)", "\(folder)/\($0.suffix).exc"]
    } + ["\(folder)/cntlist.rev"]
  }

  /// Reads the files of a folder.
  /// - Throws: `FileError` where one is missing, `StageError` where one is not what it should be.
  package init(folder: String) throws {
    lemmas = try WordClass.allCases.map { part in
      let table = LineTable(try FileReader.contents("\(folder)/index.\(part.suffix)"))
      guard table.count > 0 else { throw Self.emptyFile("\(folder)/index.\(part.suffix)") }
      return table
    }
    synsets = try WordClass.allCases.map {
      try FileReader.contents("\(folder)/data.\($0.suffix)")
    }
    exceptions = try WordClass.allCases.map {
      Self.readExceptions(try FileReader.contents("\(folder)/\($0.suffix).exc"))
    }
    tagCounts = Self.readTagCounts(try FileReader.contents("\(folder)/cntlist.rev"))
    glossCounts = Self.countGlosses(synsets)
    expressions = Expressions(lemmas)
  }

  private static func emptyFile(_ path: String) -> StageError {
    StageError(
      "invalid-dictionary", "the dictionary file lists no words",
      source: Source(file: path, line: 0),
      remedy: "install it again: apt-get install --reinstall wordnet-base")
  }

  /// The senses of a lemma, the most frequent first; empty where WordNet does not list it.
  package func senses(of lemma: String, _ part: WordClass) -> [Int] {
    guard let line = lemmas[part.rawValue].line(of: lemma) else { return [] }
    let fields = line.split(separator: 0x20)
    // pos, number of senses, …, and as many places as there are senses.
    guard fields.count > 2, let count = Self.number(fields[1]), fields.count > count else {
      return []
    }
    return fields.suffix(count).compactMap(Self.number)
  }

  /// Whether WordNet lists a lemma in a class.
  func lists(_ lemma: String, _ part: WordClass) -> Bool {
    lemmas[part.rawValue].line(of: lemma) != nil
  }

  /// The words of a set of synonyms as they are spelled, such as `United_States` or `awake(p)`.
  package func words(of synset: Int, _ part: WordClass) -> [String] {
    let bytes = synsets[part.rawValue]
    guard synset >= 0, synset < bytes.count else { return [] }
    let line = bytes[synset...].prefix { $0 != 0x0A && $0 != UInt8(ascii: "|") }
    let fields = line.split(separator: 0x20)
    guard fields.count > 4, let count = Int(String(decoding: fields[3], as: UTF8.self), radix: 16),
      fields.count >= 4 + 2 * count
    else { return [] }
    return (0..<count).map { String(decoding: fields[4 + 2 * $0], as: UTF8.self) }
  }

  /// What a set of synonyms means, as WordNet defines it; its examples are left out.
  package func definition(of synset: Int, _ part: WordClass) -> String {
    let bytes = synsets[part.rawValue]
    guard synset >= 0, synset < bytes.count,
      let bar = bytes[synset...].prefix(while: { $0 != 0x0A }).firstIndex(of: UInt8(ascii: "|"))
    else { return "" }
    let gloss = String(decoding: bytes[(bar + 1)...].prefix { $0 != 0x0A }, as: UTF8.self)
    let definition = gloss[..<(gloss.firstRange(of: "; \"")?.lowerBound ?? gloss.endIndex)]
    return definition.split(separator: " ").joined(separator: " ")
  }

  /// How often each sense of a lemma was met, by sense; shorter than the senses where some never were.
  func counts(of lemma: String, _ part: WordClass) -> [Int] {
    tagCounts[part.rawValue][lemma] ?? []
  }

  /// How often a lemma was met in a class.
  func count(of lemma: String, _ part: WordClass) -> Int { counts(of: lemma, part).reduce(0, +) }

  /// How well known a word is: how often it stands in tagged texts, definitions and examples.
  func familiarity(of word: String) -> Int {
    let tagged = WordClass.allCases.reduce(0) { $0 + count(of: word, $1) }
    return tagged + glossCounts[StableHash.hash(word), default: 0]
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    digits.reduce(Int?(0)) { sum, digit in
      guard let sum, (0x30...0x39).contains(digit), sum < 1 << 40 else { return nil }
      return sum * 10 + Int(digit - 0x30)
    }
  }
}
