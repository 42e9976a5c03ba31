import Records
import Stages

/// What a set of rules makes of a text.
enum QualityVerdict {
  case keep
  case change(String)
  case drop(Reason)
}

/// Rules that judge a text as a whole; the first that fails drops it.
protocol QualityRules: Sendable {
  func verdict(on text: QualityText) -> QualityVerdict
}

/// Whose reading of the published rules holds where they differ.
enum QualityReading: String, ChoiceValue {
  /// The rules as they were published.
  case published
  /// The rules as datatrove has them, to the letter.
  case datatrove
}

/// `clean.gopher-quality` and its like: drops a record of which a text fails a rule.
struct QualityStage: RecordStage {
  static let reading = Parameter(
    "reading", default: QualityReading.published,
    "The rules as published, or as datatrove has them, with its departures.")

  let fields: [Selector]
  let rules: [any QualityRules]

  func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
    var record = record
    var failure: Reason?
    for selector in fields {
      record.mapFields(selector) { path, text in
        guard failure == nil else { return text }
        switch judge(text) {
        case .kept(let text): return text
        case .dropped(let reason): failure = reason.at(path)
        }
        return text
      }
    }
    return failure.map { .drop($0) } ?? .keep(record)
  }

  private enum Judgement {
    case kept(String)
    case dropped(Reason)
  }

  private func judge(_ string: String) -> Judgement {
    var text = QualityText(string)
    for rules in rules {
      switch rules.verdict(on: text) {
      case .keep: break
      case .change(let changed): text = QualityText(changed)
      case .drop(let reason): return .dropped(reason)
      }
    }
    return .kept(text.string)
  }
}

extension QualityStage {
  /// The stage of some sets of rules, which `rules` makes from its parameters.
  static func descriptor(
    _ name: String, _ summary: String, parameters: [any AnyParameter], example: String,
    _ rules: @escaping @Sendable (ParameterValues) -> [any QualityRules]
  ) -> StageDescriptor {
    StageDescriptor(
      name, summary, role: .cleaning, version: 2, parameters: parameters + [CleanKeys.fields],
      example: example
    ) { values in
      QualityStage(fields: values[CleanKeys.fields], rules: rules(values))
    }
  }
}

extension Reason {
  /// A rule, what was measured and the threshold, each by its name.
  init(_ code: String, _ name: String, _ value: Double, _ rule: String, _ threshold: Double) {
    self.init(code, JSONObject([(name, .number(value)), (rule, .number(threshold))]))
  }

  /// The same with the text it is about.
  func at(_ path: String) -> Reason {
    var detail = detail
    detail["field"] = .string(path)
    return Reason(code, detail)
  }
}

extension JSONValue {
  /// A whole number as an integer, any other rounded to six places.
  static func number(_ value: Double) -> JSONValue {
    if let whole = Int(exactly: value) { return .integer(whole) }
    return .real((value * 1e6).rounded() / 1e6)
  }
}
