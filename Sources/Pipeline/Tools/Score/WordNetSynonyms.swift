import Augment
public import Evaluate
import Stages

/// Synonyms from WordNet's files, found as nltk's `synsets` finds them.
public struct WordNetSynonyms: SynonymSource {
  private let wordnet: WordNet

  /// Where Debian's `wordnet-base` puts the files.
  private static let standardFolder = "/usr/share/wordnet"

  /// nltk's rules of inflection, one list a class of words: an ending, and what it may stand for.
  private static let rules: [[(ending: String, replacement: String)]] = [
    [
      ("s", ""), ("ses", "s"), ("ves", "f"), ("xes", "x"), ("zes", "z"), ("ches", "ch"),
      ("shes", "sh"), ("men", "man"), ("ies", "y"),
    ],
    [
      ("s", ""), ("ies", "y"), ("es", "e"), ("es", ""), ("ed", "e"), ("ed", ""), ("ing", "e"),
      ("ing", ""),
    ],
    [("er", ""), ("est", ""), ("er", "e"), ("est", "e")], [],
  ]

  /// Reads the files of a folder.
  /// - Throws: `FileError` where one is missing, `StageError` where one is damaged.
  public init(folder: String) throws { wordnet = try WordNet(folder: folder) }

  /// The synonyms of a folder; of the standard one if nil, if it is there; nil for an empty name.
  /// - Throws: `FileError` and `StageError` as ``init(folder:)``.
  public static func find(_ folder: String?) throws -> WordNetSynonyms? {
    if let folder { return folder.isEmpty ? nil : try WordNetSynonyms(folder: folder) }
    guard Folders.exists("\(standardFolder)/index.noun") else { return nil }
    return try WordNetSynonyms(folder: standardFolder)
  }

  /// The files of the synonyms that ``find(_:)`` gives.
  static func files(_ folder: String?) -> [String] {
    let folder = folder ?? standardFolder
    return WordNet.paths(below: folder).filter { !folder.isEmpty && Folders.exists($0) }
  }

  /// The single words of every set of synonyms that any form of a word is in.
  public func synonyms(of word: String) -> [String] {
    var found: [String] = []
    for part in WordClass.allCases {
      for form in forms(of: word, part) {
        for sense in wordnet.senses(of: form, part) {
          for name in wordnet.words(of: sense, part) where !name.utf8.contains(UInt8(ascii: "_")) {
            found.append(Self.withoutMarker(name))
          }
        }
      }
    }
    return found
  }

  /// The word itself, and its irregular forms where it has some, else what the rules make of it.
  private func forms(of word: String, _ part: WordClass) -> [String] {
    var forms = [word]
    if let irregular = wordnet.irregularLemmas(of: word, part) {
      forms += irregular
    } else {
      for rule in Self.rules[part.rawValue] where word.hasSuffix(rule.ending) {
        forms.append(String(word.dropLast(rule.ending.count)) + rule.replacement)
      }
    }
    return forms
  }

  /// A word without the marker of where an adjective may stand: `awake(p)`.
  private static func withoutMarker(_ name: String) -> String {
    guard name.utf8.last == UInt8(ascii: ")"), let start = name.lastIndex(of: "(") else {
      return name
    }
    return String(name[..<start])
  }
}
