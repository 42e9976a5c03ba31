import Records
import Stages
import TextKit

/// `clean.language`: tells the language of a record, and drops those in others than are wanted.
struct LanguageStage: RecordStage {
  private enum Keys {
    static let languages = Parameter(
      "languages", default: [String](),
      "Keep records in these languages (en, zh, …); none: drop nothing.",
      check: { list in
        let known = LanguageIdentifier.standard.languages
        let unknown = list.first { !known.contains($0) }
        return unknown.map { "names '\($0)', which is none of \(known.joined(separator: ", "))" }
      })
    static let least = Parameter(
      "min-probability", default: 0.65, "Drop records whose language is less sure.",
      check: Check.within(0...1))
    static let store = Parameter<String?>(
      "store", default: nil, "Write the language into the metadata under this name.")
  }

  static let descriptor = StageDescriptor(
    "clean.language",
    "Tell the language of each record; keep those in some languages, or write it down.",
    role: .cleaning, version: 2,
    parameters: [Keys.languages, Keys.least, Keys.store, CleanKeys.fields],
    example: "clean.language: {languages: [en, zh], min-probability: 0.65}"
  ) { values in
    LanguageStage(
      fields: values[CleanKeys.fields], languages: values[Keys.languages],
      least: values[Keys.least], store: values[Keys.store])
  }

  let fields: [Selector]
  let languages: [String]
  let least: Double
  let store: String?

  /// A text without letters, such as a number, is of no language and stays.
  func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
    let text = fields.flatMap { record.fields($0) }.map(\.text).joined(separator: "\n")
    guard let guess = LanguageIdentifier.standard.guess(text) else { return .keep(record) }
    let found = JSONObject([
      ("language", .string(guess.language)), ("probability", .number(guess.probability)),
    ])
    if !languages.isEmpty {
      if let reason = reason(guess, found) { return .drop(reason) }
    }
    var record = record
    if let store { record.metadata[store] = .string(guess.language) }
    return .keep(record, note: .object(found))
  }

  private func reason(_ guess: LanguageGuess, _ found: JSONObject) -> Reason? {
    var detail = found
    if !languages.contains(guess.language) {
      detail["languages"] = .array(languages.map { .string($0) })
      return Reason("other-language", detail)
    }
    guard guess.probability < least else { return nil }
    detail["min-probability"] = .number(least)
    return Reason("unsure-language", detail)
  }
}
