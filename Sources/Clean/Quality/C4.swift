import Records
import Stages
import TextKit

/// The rules of C4 for lines and pages.
///
/// Source: Raffel and others 2020, section 2.2.
struct C4: QualityRules {
  var minSentences = 5
  var minLineWords = 3
  var maxWordLength = 1000
  var requiresEndMarks = true
  var reading = QualityReading.published

  private static let endMarks = [".", "?", "!", "\"", "'"].map(\.scalarValues)
  private static let ellipsis = ["..."].map(\.scalarValues)
  func verdict(on text: QualityText) -> QualityVerdict {
    if reading == .published, let code = C4Marks(text.text.scalars[...]).dropsPage {
      return .drop(Self.reason(code))
    }
    var kept: [UInt32] = []
    kept.reserveCapacity(text.count)
    var sentences = 0
    var words = text.words.words[...]
    for line in text.lines {
      let range = text.text.trimmed(line)
      let (start, end) = (Int32(range.lowerBound), Int32(range.upperBound))
      words = words.drop { $0.start < start }
      let own = words.prefix { $0.start < end }
      guard let found = judge(text.text, range, own) else { continue }
      if let code = found.dropsPage { return .drop(Self.reason(code)) }
      sentences += found.sentences
      if !kept.isEmpty { kept.append(0x0A) }
      kept += found.line
    }
    guard sentences >= minSentences else {
      return .drop(
        Reason(
          "too-few-sentences", "sentences", Double(sentences), "min-sentences",
          Double(minSentences)))
    }
    return kept == text.text.scalars ? .keep : .change(trimmed(kept))
  }

  /// One such mark is enough.
  private static func reason(_ code: String) -> Reason {
    Reason(code, ["occurrences": 1, "max-occurrences": 0])
  }

  /// A line that stays, or that drops the page.
  private struct Line {
    var line: ArraySlice<UInt32> = []
    var sentences = 0
    var dropsPage: String?
  }

  /// Nil where the line goes.
  private func judge(
    _ text: ScalarText, _ range: Range<Int>, _ words: ArraySlice<EnglishWords.Word>
  ) -> Line? {
    let blanks = BlankWords(text, range)
    if maxWordLength >= 0, blanks.longest > maxWordLength { return nil }
    let citations = Citations.ranges(in: text, range)
    let line = citations.isEmpty ? text : removing(citations, from: text, range)
    let scalars = citations.isEmpty ? text.scalars[range] : line.scalars[...]
    guard !requiresEndMarks || endsSentence(scalars) else { return nil }
    // Datatrove counts a citation as a word.
    let count =
      reading == .datatrove || citations.isEmpty
      ? blanks.count : BlankWords(line, 0..<line.count).count
    guard count >= minLineWords else { return nil }
    return rest(line, scalars, citations.isEmpty ? words : nil)
  }

  private func rest(
    _ line: ScalarText, _ scalars: ArraySlice<UInt32>, _ words: ArraySlice<EnglishWords.Word>?
  ) -> Line? {
    let marks = C4Marks(scalars)
    // As published, the page was asked before; datatrove asks each line that came so far.
    if marks.hasFiller { return Line(dropsPage: "lorem-ipsum") }
    if marks.hasScript { return nil }
    if marks.hasBrace { return Line(dropsPage: "curly-bracket") }
    if marks.hasPolicy { return nil }
    let sentences =
      words.map { Sentences.count($0, in: line) }
      ?? Sentences.count(EnglishWords(line).words[...], in: line)
    return Line(line: scalars, sentences: sentences)
  }

  private func endsSentence(_ scalars: ArraySlice<UInt32>) -> Bool {
    func ends(_ texts: [[UInt32]]) -> Bool {
      texts.contains { scalars.suffix($0.count).elementsEqual($0) }
    }
    return ends(Self.endMarks) && !ends(Self.ellipsis)
  }

  private func removing(
    _ parts: [Range<Int>], from text: ScalarText, _ range: Range<Int>
  ) -> ScalarText {
    var result: [UInt32] = []
    var start = range.lowerBound
    for part in parts {
      result += text.scalars[start..<part.lowerBound]
      start = part.upperBound
    }
    return ScalarText(scalars: result + text.scalars[start..<range.upperBound])
  }

  private func trimmed(_ scalars: [UInt32]) -> String {
    let text = ScalarText(scalars: scalars)
    return text.string(text.trimmed(0..<text.count))
  }
}

/// Phrases for which C4 drops a line or a page, found in one walk whatever their case.
private struct C4Marks {
  private(set) var hasFiller = false
  private(set) var hasBrace = false
  private(set) var hasScript = false
  private(set) var hasPolicy = false

  private static let filler = "lorem ipsum".scalarValues
  private static let script = "javascript".scalarValues
  private static let policies = [
    "terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies",
    "use cookies",
  ].map(\.scalarValues)

  init(_ scalars: ArraySlice<UInt32>) {
    for place in scalars.indices {
      switch scalars[place] | 0x20 {
      case 0x7B: hasBrace = hasBrace || scalars[place] == 0x7B
      case 0x6C: hasFiller = hasFiller || Self.occurs(Self.filler, in: scalars, at: place)
      case 0x6A: hasScript = hasScript || Self.occurs(Self.script, in: scalars, at: place)
      case 0x63, 0x70, 0x74, 0x75:
        hasPolicy = hasPolicy || Self.policies.contains { Self.occurs($0, in: scalars, at: place) }
      default: continue
      }
    }
  }

  /// Why the whole page goes, wherever the marks stand in it.
  var dropsPage: String? { hasFiller ? "lorem-ipsum" : hasBrace ? "curly-bracket" : nil }

  private static func occurs(
    _ part: [UInt32], in scalars: ArraySlice<UInt32>, at place: Int
  ) -> Bool {
    guard place + part.count <= scalars.endIndex else { return false }
    for offset in part.indices {
      let value = scalars[place + offset]
      guard ((0x41...0x5A).contains(value) ? value | 0x20 : value) == part[offset] else {
        return false
      }
    }
    return true
  }
}

/// The words between blanks.
private struct BlankWords {
  var count = 0
  var longest = 0

  init(_ text: ScalarText, _ range: Range<Int>) {
    var length = 0
    let traits = text.traits
    for place in range {
      if traits[place].contains(.space) {
        length = 0
      } else {
        if length == 0 { count += 1 }
        length += 1
        longest = max(longest, length)
      }
    }
  }
}

/// Marks of Wikipedia: `[12]`, `[]`, `[edit]`, `[citation needed]`.
private enum Citations {
  private static let names = ["[edit]", "[citation needed]"].map(\.scalarValues)

  static func ranges(in text: ScalarText, _ range: Range<Int>) -> [Range<Int>] {
    var found: [Range<Int>] = []
    let scalars = text.scalars
    var place = range.lowerBound
    while place < range.upperBound {
      guard scalars[place] == 0x5B, let end = end(text, place, range.upperBound) else {
        place += 1
        continue
      }
      found.append(place..<end)
      place = end
    }
    return found
  }

  private static func end(_ text: ScalarText, _ start: Int, _ limit: Int) -> Int? {
    var place = start + 1
    while place < limit, isDigit(text.scalars[place]) { place += 1 }
    if place < limit, text.scalars[place] == 0x5D { return place + 1 }
    let name = names.first { text.scalars[start..<limit].starts(with: $0) }
    return name.map { start + $0.count }
  }

  private static func isDigit(_ value: UInt32) -> Bool {
    if value < 0x80 { return (0x30...0x39).contains(value) }
    return Unicode.Scalar(value)?.properties.generalCategory == .decimalNumber
  }
}

/// Counts sentences: one ends with the marks at its end and all punctuation behind them.
enum Sentences {
  static func count(_ words: ArraySlice<EnglishWords.Word>, in text: ScalarText) -> Int {
    guard !words.isEmpty else { return 0 }
    var count = 1
    var ended = false
    for word in words {
      if ended, word.followsGap {
        count += 1
        ended = false
      }
      let isEnd =
        word.range.count == 1 && text.traits[word.range.lowerBound].contains(.sentenceEnd)
      if isEnd {
        ended = true
      } else if ended, !word.range.allSatisfy({ text.traits[$0].contains(.punctuationCategory) }) {
        count += 1
        ended = false
      }
    }
    return count
  }
}

extension C4 {
  private enum Keys {
    static let minSentences = Parameter("min-sentences", default: 5, "The fewest sentences.")
    static let minLineWords = Parameter(
      "min-line-words", default: 3, "Remove lines with fewer words.")
    static let maxWordLength = Parameter(
      "max-word-length", default: 1000, "Remove lines with a longer word, in characters.")
    static let endMarks = Parameter(
      "end-marks", default: true,
      "Remove lines that do not end with a full stop or another end mark; FineWeb keeps them.")
  }

  static let descriptor = QualityStage.descriptor(
    "clean.c4",
    "Remove lines that are no sentences, and drop what is left too short, by C4's rules.",
    parameters: [
      Keys.minSentences, Keys.minLineWords, Keys.maxWordLength, Keys.endMarks,
      QualityStage.reading,
    ],
    example: "clean.c4: {end-marks: false}"
  ) { values in
    [
      C4(
        minSentences: values[Keys.minSentences], minLineWords: values[Keys.minLineWords],
        maxWordLength: values[Keys.maxWordLength], requiresEndMarks: values[Keys.endMarks],
        reading: values[QualityStage.reading])
    ]
  }
}
