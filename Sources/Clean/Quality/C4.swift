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
