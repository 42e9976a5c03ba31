import Records
import Stages

/// What an edit made of a text: the text, and what was taken out or replaced.
struct Edit {
  var text: String
  /// How many parts were taken out or replaced.
  var count = 0
  /// Which rules took out the first of them, each with its value and threshold.
  var reasons: [JSONObject] = []

  /// The most reasons that a text's entry in the ledger has.
  static let mostReasons = 10
}

/// A cleaner that takes parts out of texts; a record of which it leaves no word is dropped.
///
/// The ledger shows for every text how many parts went.
struct EditStage: RecordStage {
  let fields: [Selector]
  /// The name that reasons have.
  let code: String
  /// The thresholds that hold, for the ledger.
  let thresholds: JSONObject
  let edit: @Sendable (String) -> Edit

  func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
    var edited = record
    var notes: [JSONValue] = []
    var emptied: String?
    for selector in fields {
      edited.mapFields(selector) { path, text in
        let edit = edit(text)
        guard edit.count > 0 else { return text }
        var note: JSONObject = ["field": .string(path), "removed": .integer(edit.count)]
        if !edit.reasons.isEmpty { note["rules"] = .array(edit.reasons.map { .object($0) }) }
        notes.append(.object(note))
        if !edit.text.hasWords, text.hasWords { emptied = path }
        return edit.text
      }
    }
    if let emptied { return .drop(Reason(code, detail(notes)).at(emptied)) }
    return .keep(edited, note: notes.isEmpty ? nil : .object(detail(notes)))
  }

  private func detail(_ notes: [JSONValue]) -> JSONObject {
    var detail = thresholds
    detail["edits"] = .array(notes)
    return detail
  }
}

extension EditStage {
  /// The stage of an edit, which `edit` makes from its parameters.
  static func descriptor(
    _ name: String, _ summary: String, version: Int = 1, parameters: [any AnyParameter] = [],
    example: String? = nil,
    thresholds: @escaping @Sendable (ParameterValues) -> JSONObject = { _ in [:] },
    _ edit: @escaping @Sendable (ParameterValues) -> @Sendable (String) -> Edit
  ) -> StageDescriptor {
    StageDescriptor(
      name, summary, role: .cleaning, version: version,
      parameters: parameters + [CleanKeys.fields],
      example: example ?? "\(name): {fields: output}"
    ) { values in
      EditStage(
        fields: values[CleanKeys.fields], code: String(name.dropFirst("clean.".count)),
        thresholds: thresholds(values), edit: edit(values))
    }
  }
}

extension String {
  /// Whether there is a letter, a digit or a symbol: anything but white space and punctuation.
  var hasWords: Bool {
    unicodeScalars.contains { scalar in
      switch scalar.properties.generalCategory {
      case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
        .initialPunctuation, .finalPunctuation, .otherPunctuation, .spaceSeparator,
        .lineSeparator, .paragraphSeparator, .control, .format:
        false
      default: true
      }
    }
  }
}
