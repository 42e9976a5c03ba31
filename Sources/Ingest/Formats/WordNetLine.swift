import Records
import Stages

/// One synset of WordNet 3.0's `data.noun`, `data.verb`, `data.adj` and `data.adv` (wndb(5WN)).
enum WordNetLine {
  /// The names of the lexicographer files by number, from the table of lexnames(5WN).
  static let lexicographerFiles = [
    "adj.all", "adj.pert", "adv.all", "noun.Tops", "noun.act", "noun.animal", "noun.artifact",
    "noun.attribute", "noun.body", "noun.cognition", "noun.communication", "noun.event",
    "noun.feeling", "noun.food", "noun.group", "noun.location", "noun.motive", "noun.object",
    "noun.person", "noun.phenomenon", "noun.plant", "noun.possession", "noun.process",
    "noun.quantity", "noun.relation", "noun.shape", "noun.state", "noun.substance", "noun.time",
    "verb.body", "verb.change", "verb.cognition", "verb.communication", "verb.competition",
    "verb.consumption", "verb.contact", "verb.creation", "verb.emotion", "verb.motion",
    "verb.perception", "verb.possession", "verb.social", "verb.stative", "verb.weather", "adj.ppl",
  ]

  /// Whether a line belongs to the licence at the top of each file.
  static func isLicence(_ line: [UInt8]) -> Bool { line.starts(with: [0x20, 0x20]) }

  /// The definition, its lexicographer file as label, and `lemmas`, `offset` and `pos`.
  static func object(_ line: [UInt8], at source: Source) throws(StageError) -> JSONObject {
    let text = try UTF8Check.text(line, at: source)
    let halves = text.utf8.split(separator: UInt8(ascii: "|"), maxSplits: 1).map { Substring($0) }
    let words = (halves.first ?? "").utf8.split(separator: blank).map { Substring($0) }
    guard halves.count == 2, words.count > 4, let file = Int(words[1]),
      lexicographerFiles.indices.contains(file), let count = Int(words[3], radix: 16), count > 0,
      words.count > 3 + 2 * count
    else {
      throw StageError(
        "invalid-wordnet", "the line is no synset of WordNet's data files", source: source,
        remedy: "name files such as /usr/share/wordnet/data.*")
    }
    let lemmas = (0..<count).map { JSONValue.string(lemma(words[4 + 2 * $0])) }
    return [
      "text": .string(definition(halves[1])), "label": .string(lexicographerFiles[file]),
      "lemmas": .array(lemmas), "offset": .string(String(words[0])),
      "pos": .string(String(words[2])),
    ]
  }

  private static let blank = UInt8(ascii: " ")
  private static let quote = UInt8(ascii: "\"")

  /// A lemma with its blanks, without the marker of an adjective's place, such as `(p)`.
  private static func lemma(_ word: Substring) -> String {
    let bytes = word.utf8.prefix { $0 != UInt8(ascii: "(") }
    return String(decoding: bytes.map { $0 == UInt8(ascii: "_") ? blank : $0 }, as: UTF8.self)
  }

  /// The gloss without its quoted examples; a gloss that is nothing but a quotation stays.
  static func definition(_ gloss: Substring) -> String {
    let parts = parts(of: gloss).filter { !$0.isEmpty }
    let definitions = parts.filter { $0.utf8.first != quote }.map(withoutExample)
    return (definitions.isEmpty ? parts : definitions).joined(separator: "; ")
  }

  /// The parts between semicolons; a semicolon within quotes divides nothing.
  private static func parts(of gloss: Substring) -> [Substring] {
    var parts: [Substring] = []
    var start = gloss.startIndex
    var inQuotes = false
    for place in gloss.utf8.indices {
      if gloss.utf8[place] == quote { inQuotes.toggle() }
      guard gloss.utf8[place] == UInt8(ascii: ";"), !inQuotes else { continue }
      parts.append(trimmed(gloss[start..<place]))
      start = gloss.utf8.index(after: place)
    }
    return parts + [trimmed(gloss[start...])]
  }

  /// Some examples stand behind a colon: `penetrating no deeper than the skin: "her beauty …"`.
  private static func withoutExample(_ part: Substring) -> Substring {
    let pattern = Array(": \"".utf8)
    let bytes = part.utf8
    for place in bytes.indices where bytes[place...].starts(with: pattern) {
      return part[..<place]
    }
    return part
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.utf8.first == blank { text.removeFirst() }
    while text.utf8.last == blank { text.removeLast() }
    return text
  }
}
