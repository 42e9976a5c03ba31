import Stages

/// The tab files of the Open Multilingual Wordnet (Bond and Foster 2013): `offset-pos`, `lemma` or
/// `cmn:lemma`, and a word, one a line; comments begin with `#`.
///
/// Lines of other kinds (`cmn:def`, `arb:lemma:root`) say nothing of synonyms. The Chinese Open Wordnet
/// parts particles by a `+`: 美丽+的 is 美丽 where an adjective is meant.
enum OpenWordnetFile {
  /// Whether a line is of this format.
  static func begins(with line: ArraySlice<UInt8>) -> Bool {
    let fields = line.split(separator: tab, maxSplits: 2, omittingEmptySubsequences: false)
    return fields.count == 3 && part(of: fields[0]) != nil
  }

  private static let tab = UInt8(ascii: "\t")

  /// The class of a synset's name, such as `02131777-v`; nil where it is no such name.
  private static func part(of name: ArraySlice<UInt8>) -> String? {
    guard let last = name.last, "nvars".utf8.contains(last),
      name.dropLast().last == UInt8(ascii: "-"),
      name.dropLast(2).suffix(8).allSatisfy(Bytes.isDigit), name.count >= 10
    else { return nil }
    return last == UInt8(ascii: "s") ? "a" : String(decoding: [last], as: UTF8.self)
  }

  /// The synonyms of a file, the senses in its order.
  /// - Throws: `StageError` at a line that is none of the format.
  static func lexicon(_ bytes: [UInt8], _ path: String) throws(StageError) -> SynsetLexicon {
    var sets: [(part: String, words: [String])] = []
    var places: [ArraySlice<UInt8>: Int] = [:]
    var lines = LinesOfBytes(bytes)
    while let line = lines.next() {
      if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
      let fields = line.split(separator: tab, omittingEmptySubsequences: false)
      guard fields.count >= 3, let part = part(of: fields[0]) else {
        throw LexiconFile.fault(
          "'offset-pos', 'lemma' and a word are expected, with tabs between", path, lines.number)
      }
      guard isLemma(fields[1]) else { continue }
      let place = places[fields[0]] ?? sets.count
      if place == sets.count {
        places[fields[0]] = place
        sets.append((part, []))
      }
      let word = word(String(decoding: fields[2], as: UTF8.self), part)
      if !word.isEmpty, !sets[place].words.contains(word) { sets[place].words.append(word) }
    }
    guard !sets.isEmpty else {
      throw LexiconFile.fault("the wordnet lists no words", path, 0)
    }
    return SynsetLexicon(
      sets.map { ThesaurusSense(hint: $0.part, synonyms: $0.words, members: Set($0.words)) })
  }

  /// `lemma`, or `lemma` of a language.
  private static func isLemma(_ kind: ArraySlice<UInt8>) -> Bool {
    let name = String(decoding: kind, as: UTF8.self)
    return name == "lemma" || name.hasSuffix(":lemma")
  }

  /// A word as texts have it: blanks for `_`, without the particle that makes an adjective of it.
  private static func word(_ entry: String, _ part: String) -> String {
    let plain = entry.replacing("_", with: " ").replacing("+", with: "")
    guard part == "a", plain.hasSuffix("的"), plain.unicodeScalars.count > 2 else { return plain }
    return String(plain.dropLast())
  }
}
