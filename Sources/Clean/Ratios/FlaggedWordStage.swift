import Records
import Stages

/// `clean.flagged-words`: drops records of which a text has too many words of a list.
///
/// Words are compared whole, without case and punctuation; in Chinese and Japanese, which write no
/// blanks, wherever their characters stand. An entry of several words counts as many.
struct FlaggedWordStage: RecordStage {
  private enum Keys {
    static let list = Parameter<PathValue?>(
      "list", default: nil, "A file with a word or phrase a line; without, a short list of our own."
    )
    static let languages = Parameter(
      "languages", default: FlaggedWords.Language.allCases, "Whose short lists: en, de, zh.")
    static let maxRatio = Parameter<Double?>(
      "max-ratio", default: 0.045, aliases: ["max_ratio"],
      "The greatest share of such words; none for any.",
      check: { $0.map { (0...1).contains($0) } == false ? "must be from 0 to 1" : nil })
    static let maxCount = Parameter<Int?>(
      "max-count", default: nil, "The most such words.", check: Check.optionalAtLeast(0))
  }

  static let descriptor = StageDescriptor(
    "clean.flagged-words", "Drop records with too many words of a list, such as vulgar ones.",
    role: .cleaning,
    parameters: [Keys.list, Keys.languages, Keys.maxRatio, Keys.maxCount, CleanKeys.fields],
    example: "clean.flagged-words: {max-count: 0}"
  ) { values in
    FlaggedWordStage(
      path: values[Keys.list]?.resolved, languages: values[Keys.languages],
      maxRatio: values[Keys.maxRatio], maxCount: values[Keys.maxCount],
      fields: values[CleanKeys.fields])
  }

  let path: String?
  let languages: [FlaggedWords.Language]
  let maxRatio: Double?
  let maxCount: Int?
  let fields: [Selector]
  private let phrases: Phrases
  private let failure: FileError?

  init(
    path: String?, languages: [FlaggedWords.Language], maxRatio: Double?, maxCount: Int?,
    fields: [Selector]
  ) {
    self.path = path
    self.languages = languages
    self.maxRatio = maxRatio
    self.maxCount = maxCount
    self.fields = fields
    guard let path else {
      phrases = Phrases(languages.flatMap(FlaggedWords.words))
      failure = nil
      return
    }
    do throws(FileError) {
      let text = String(decoding: try FileReader.contents(path), as: UTF8.self)
      phrases = Phrases(text.split(whereSeparator: \.isNewline).map(String.init))
      failure = nil
    } catch {
      phrases = Phrases([])
      failure = error
    }
  }

  func dependencies() throws(StageError) -> [String] {
    if let failure {
      throw StageError(
        "unreadable-list", "\(failure)", source: Source(file: path ?? "", line: 0), field: "list",
        remedy: "name a text file with a word or phrase a line")
    }
    return path.map { [$0] } ?? []
  }

  func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
    var notes = JSONObject()
    for field in fields.flatMap({ record.fields($0) }) {
      let words = PlainForm.words(of: field.text)
      let found = phrases.found(in: words)
      guard found.count > 0 else { continue }
      let ratio = Double(found.count) / Double(words.count)
      if let reason = reason(found.count, ratio, found.first) {
        return .drop(reason.at(field.path))
      }
      notes[field.path] = ["count": .integer(found.count), "ratio": .number(ratio)]
    }
    return .keep(record, note: notes.isEmpty ? nil : .object(notes))
  }

  private func reason(_ count: Int, _ ratio: Double, _ first: String) -> Reason? {
    var detail: JSONObject = [
      "count": .integer(count), "ratio": .number(ratio), "first": .string(first),
    ]
    if let maxCount, count > maxCount {
      detail["max-count"] = .integer(maxCount)
    } else if let maxRatio, ratio > maxRatio {
      detail["max-ratio"] = .number(maxRatio)
    } else {
      return nil
    }
    return Reason("flagged-words", detail)
  }
}

/// Words and phrases by their first word.
struct Phrases: Sendable {
  private var entries: [String: [[String]]] = [:]

  init(_ list: [String]) {
    for entry in list {
      let words = PlainForm.words(of: entry)
      if let first = words.first { entries[first, default: []].append(words) }
    }
    // The longest that fits counts.
    for key in Array(entries.keys) { entries[key]?.sort { $0.count > $1.count } }
  }

  /// How many words of a text are of a phrase, and the first phrase found.
  func found(in words: [String]) -> (count: Int, first: String) {
    var (count, place) = (0, 0)
    var first = ""
    while place < words.count {
      let match = entries[words[place]]?.first { words[place...].starts(with: $0) }
      if let match, count == 0 { first = match.joined(separator: " ") }
      count += match?.count ?? 0
      place += match?.count ?? 1
    }
    return (count, first)
  }
}
