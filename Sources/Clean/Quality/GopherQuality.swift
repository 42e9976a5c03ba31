import Records
import Stages
import TextKit

/// The quality rules of Gopher.
///
/// Source: Rae and others 2021, appendix A.1.1.
struct GopherQuality: QualityRules {
  var minWords = 50
  var maxWords = 100_000
  var minWordLength = 3.0
  var maxWordLength = 10.0
  var maxSymbols = 0.1
  var maxBullets = 0.9
  var maxEllipses = 0.3
  var minAlphabetic = 0.8
  var minStopWords = 2
  var reading = QualityReading.published

  private static let stopWords = ["the", "be", "to", "of", "and", "that", "have", "with"]
    .map(\.scalarValues)
  private static let ellipses = ["...", "…"].map(\.scalarValues)

  func verdict(on text: QualityText) -> QualityVerdict {
    let counts = WordCounts(text, reading)
    let reason =
      length(counts) ?? symbols(text, counts) ?? lines(text) ?? vocabulary(text, counts)
    return reason.map { .drop($0) } ?? .keep
  }

  private func length(_ counts: WordCounts) -> Reason? {
    if counts.words < minWords {
      return Reason(
        "gopher-short-doc", "words", Double(counts.words), "min-words", Double(minWords))
    }
    if counts.words > maxWords {
      return Reason("gopher-long-doc", "words", Double(counts.words), "max-words", Double(maxWords))
    }
    guard counts.words > 0 else { return nil }
    let mean = Double(counts.characters) / Double(counts.words)
    if mean < minWordLength {
      return Reason(
        "gopher-below-avg-threshold", "word-length", mean, "min-word-length", minWordLength)
    }
    if mean > maxWordLength {
      return Reason(
        "gopher-above-avg-threshold", "word-length", mean, "max-word-length", maxWordLength)
    }
    return nil
  }

  private func symbols(_ text: QualityText, _ counts: WordCounts) -> Reason? {
    guard counts.all > 0 else { return nil }
    let hashes = Double(text.text.scalars.count { $0 == 0x23 }) / Double(counts.all)
    if hashes > maxSymbols {
      return Reason("gopher-too-many-hashes", "hashes", hashes, "max-symbols", maxSymbols)
    }
    let dots = Self.ellipses.reduce(0) { $0 + text.occurrences(of: $1) }
    let ratio = Double(dots) / Double(counts.all)
    if ratio > maxSymbols {
      return Reason("gopher-too-many-ellipsis", "ellipses", ratio, "max-symbols", maxSymbols)
    }
    return nil
  }

  private func lines(_ text: QualityText) -> Reason? {
    let lines = text.lines.map(text.text.trimmed)
    guard !lines.isEmpty else { return nil }
    let bullets = lines.count { line in
      line.first.map { [0x2022, 0x2D].contains(text.text.scalars[$0]) } ?? false
    }
    let ratio = Double(bullets) / Double(lines.count)
    if ratio > maxBullets {
      return Reason("gopher-too-many-bullets", "bullets", ratio, "max-bullets", maxBullets)
    }
    let ellipses = lines.count { text.ends($0, with: Self.ellipses) }
    let ends = Double(ellipses) / Double(lines.count)
    if ends > maxEllipses {
      return Reason("gopher-too-many-end-ellipsis", "ellipses", ends, "max-ellipses", maxEllipses)
    }
    return nil
  }

  private func vocabulary(_ text: QualityText, _ counts: WordCounts) -> Reason? {
    if counts.all > 0 {
      let share = Double(counts.alphabetic) / Double(counts.all)
      if share < minAlphabetic {
        return Reason(
          "gopher-below-alpha-threshold", "alphabetic", share, "min-alphabetic", minAlphabetic)
      }
    }
    guard minStopWords > 0 else { return nil }
    let found = stopWords(text)
    return found < minStopWords
      ? Reason(
        "gopher-enough-stop-words", "stop-words", Double(found), "min-stop-words",
        Double(minStopWords)) : nil
  }

  /// How many of the stop words occur; capital letters count as small ones but to datatrove.
  private func stopWords(_ text: QualityText) -> Int {
    var found: Set<Int> = []
    for word in text.words.words where word.range.count <= 4 {
      let scalars = text.text.scalars[word.range]
      let index = Self.stopWords.firstIndex { stop in
        stop.elementsEqual(scalars) {
          $0 == $1 || reading == .published && (0x41...0x5A).contains($1) && $0 == $1 | 0x20
        }
      }
      if let index { found.insert(index) }
      if found.count == Self.stopWords.count { break }
    }
    return found.count
  }
}

/// What the rules of Gopher count of words.
private struct WordCounts {
  /// All words, punctuation among them.
  var all = 0
  /// Words with a character that is no punctuation.
  var words = 0
  /// Their characters.
  var characters = 0
  /// Words with a letter.
  var alphabetic = 0

  /// Datatrove calls a full-width １ punctuation.
  init(_ text: QualityText, _ reading: QualityReading) {
    all = text.words.words.count
    let (scalars, traits) = (text.text.scalars, text.text.traits)
    for word in text.words.words {
      var isWord = false
      var hasLetter = false
      for place in word.range {
        let isPunctuation =
          traits[place].contains(.punctuation)
          && (reading == .datatrove || scalars[place] != 0xFF11)
        isWord = isWord || !isPunctuation
        hasLetter = hasLetter || traits[place].contains(.letter)
      }
      if isWord {
        words += 1
        characters += word.range.count
      }
      if hasLetter { alphabetic += 1 }
    }
    // As published, words are what blanks divide: punctuation is none.
    if reading == .published { all = words }
  }
}

extension GopherQuality {
  private enum Keys {
    static let minWords = Parameter("min-words", default: 50, "The fewest words.")
    static let maxWords = Parameter("max-words", default: 100_000, "The most words.")
    static let minWordLength = Parameter(
      "min-word-length", default: 3.0, "The least mean length of a word, in characters.")
    static let maxWordLength = Parameter(
      "max-word-length", default: 10.0, "The greatest mean length of a word.")
    static let maxSymbols = Parameter(
      "max-symbols", default: 0.1, "The most # a word, and the most ellipses a word.")
    static let maxBullets = Parameter(
      "max-bullets", default: 0.9, "The greatest share of lines that begin with a bullet.")
    static let maxEllipses = Parameter(
      "max-ellipses", default: 0.3, "The greatest share of lines that end with an ellipsis.")
    static let minAlphabetic = Parameter(
      "min-alphabetic", default: 0.8, "The least share of words with a letter.")
    static let minStopWords = Parameter(
      "min-stop-words", default: 2,
      "The fewest of the words the, be, to, of, and, that, have, with.")
  }

  static let descriptor = QualityStage.descriptor(
    "clean.gopher-quality",
    "Drop texts that are no prose, by Gopher's rules for English web pages.",
    parameters: [
      Keys.minWords, Keys.maxWords, Keys.minWordLength, Keys.maxWordLength, Keys.maxSymbols,
      Keys.maxBullets, Keys.maxEllipses, Keys.minAlphabetic, Keys.minStopWords,
      QualityStage.reading,
    ],
    example: "clean.gopher-quality: {min-words: 20, fields: output}"
  ) { values in
    [
      GopherQuality(
        minWords: values[Keys.minWords], maxWords: values[Keys.maxWords],
        minWordLength: values[Keys.minWordLength], maxWordLength: values[Keys.maxWordLength],
        maxSymbols: values[Keys.maxSymbols], maxBullets: values[Keys.maxBullets],
        maxEllipses: values[Keys.maxEllipses], minAlphabetic: values[Keys.minAlphabetic],
        minStopWords: values[Keys.minStopWords], reading: values[QualityStage.reading])
    ]
  }
}
