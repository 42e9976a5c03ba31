import Records
import Stages

/// `clean.ratios`: drops records of which a text has too much or too little of something.
///
/// The measures are Data-Juicer's, of each text by itself; texts without a character pass. The
/// ledger keeps what was measured of records that stay, too.
struct RatioStage: RecordStage {
  private enum Keys {
    static func share(_ name: String, _ summary: String) -> Parameter<Double?> {
      Parameter<Double?>(
        name, default: nil, summary,
        check: { $0.map { (0...1).contains($0) } == false ? "must be from 0 to 1" : nil })
    }

    static let minAlphanumeric = share(
      "min-alphanumeric", "The least share of letters and digits; Data-Juicer has 0.25.")
    static let maxAlphanumeric = share(
      "max-alphanumeric", "The greatest share of letters and digits.")
    static let maxSpecial = share(
      "max-special", "The greatest share of characters that are no letters; 0.25.")
    static let maxCharacterRepetition = share(
      "max-character-repetition",
      "The greatest share of the most frequent runs of characters that come again; 0.5.")
    static let characterRun = Parameter(
      "character-run", default: 10, "Characters a run.", check: Check.atLeast(1))
    static let maxWordRepetition = share(
      "max-word-repetition", "The greatest share of runs of words that come again; 0.5.")
    static let wordRun = Parameter(
      "word-run", default: 10, "Words a run.", check: Check.atLeast(1))
    static let minStopWords = share(
      "min-stop-words", "The least share of words that are frequent ones; 0.3.")
    static let maxStopWords = share("max-stop-words", "Their greatest share.")
    static let stopWords = Parameter(
      "stop-words", default: StopWords.Language.en, "Whose frequent words count: en, de, zh.")
    static let minAverageLine = Parameter<Int?>(
      "min-average-line", default: nil, "The least mean length of a line, in characters; 10.",
      check: Check.optionalAtLeast(0))
    static let minLongestLine = Parameter<Int?>(
      "min-longest-line", default: nil, "The least length of the longest line; 10.",
      check: Check.optionalAtLeast(0))
  }

  static let descriptor = StageDescriptor(
    "clean.ratios",
    "Drop records by shares of letters, special characters, stop words and repetition.",
    role: .cleaning,
    parameters: [
      Keys.minAlphanumeric, Keys.maxAlphanumeric, Keys.maxSpecial, Keys.maxCharacterRepetition,
      Keys.characterRun, Keys.maxWordRepetition, Keys.wordRun, Keys.minStopWords,
      Keys.maxStopWords, Keys.stopWords, Keys.minAverageLine, Keys.minLongestLine,
      CleanKeys.fields,
    ],
    example: "clean.ratios: {min-alphanumeric: 0.25, max-word-repetition: 0.5}"
  ) { values in
    let (characterRun, wordRun) = (values[Keys.characterRun], values[Keys.wordRun])
    let stopWords = StopWords.words(values[Keys.stopWords])
    return RatioStage(
      fields: values[CleanKeys.fields],
      measures: [
        Measure("alphanumeric", values[Keys.minAlphanumeric], values[Keys.maxAlphanumeric]) {
          $0.alphanumericShare
        },
        Measure("special", nil, values[Keys.maxSpecial]) { $0.specialShare },
        Measure("character-repetition", nil, values[Keys.maxCharacterRepetition]) {
          $0.characterRepetition(characterRun)
        },
        Measure("word-repetition", nil, values[Keys.maxWordRepetition]) {
          $0.wordRepetition(wordRun)
        },
        Measure("stop-words", values[Keys.minStopWords], values[Keys.maxStopWords]) {
          $0.share(of: stopWords)
        },
        Measure("average-line", values[Keys.minAverageLine].map(Double.init), nil) {
          $0.averageLine
        },
        Measure("longest-line", values[Keys.minLongestLine].map(Double.init), nil) {
          $0.longestLine
        },
      ].filter(\.isAsked))
  }

  /// Something that is measured of a text, and its bounds.
  struct Measure: Sendable {
    let name: String
    let least: Double?
    let most: Double?
    let value: @Sendable (MeasuredText) -> Double

    init(
      _ name: String, _ least: Double?, _ most: Double?,
      _ value: @escaping @Sendable (MeasuredText) -> Double
    ) {
      self.name = name
      self.least = least
      self.most = most
      self.value = value
    }

    var isAsked: Bool { least != nil || most != nil }

    /// Why a value is out of bounds; nil where it is not.
    func reason(_ value: Double) -> Reason? {
      if let least, value < least {
        return Reason("min-\(name)", name, value, "min-\(name)", least)
      }
      if let most, value > most { return Reason("max-\(name)", name, value, "max-\(name)", most) }
      return nil
    }
  }

  let fields: [Selector]
  let measures: [Measure]

  func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
    var notes = JSONObject()
    for field in fields.flatMap({ record.fields($0) }) where !field.text.isEmpty {
      let text = MeasuredText(field.text)
      var values = JSONObject()
      for measure in measures {
        let value = measure.value(text)
        if let reason = measure.reason(value) { return .drop(reason.at(field.path)) }
        values[measure.name] = .number(value)
      }
      notes[field.path] = .object(values)
    }
    return .keep(record, note: .object(notes))
  }
}
