import Records
import Stages

/// What `augment.entities` is called and takes.
enum EntitiesDescriptor {
  private static let kinds = Parameter<[EntityKind]?>(
    "kinds", default: nil,
    "What is replaced: number, weekday, month, person, city, country, organization. By default all in English (but "
      + "the last three where an assistant answers), numbers in other languages.",
    check: { $0?.isEmpty == true ? "must name a kind" : nil })
  private static let answers = Parameter(
    "answers", default: AnswerRule.repeated,
    "Where an assistant answers: replace what answers repeat, if they name nothing but what was said; all; or none."
  )
  private static let rate = Parameter(
    "rate", default: 1.0,
    "The share of the names and numbers found that is replaced; at least one.",
    check: { $0 > 0 && $0 <= 1 ? nil : "must be above 0 and at most 1" })
  /// What answers say things of that the world knows.
  private static let known: Set<EntityKind> = [.city, .country, .organization]
  private static let fields = Parameter(
    "fields", default: [Selector.all],
    "The texts to change; what stands in others as well stays. Never the label.")

  static let descriptor = StageDescriptor(
    AugmentNames.entities,
    "Derives records in which names and numbers are replaced by others of their kind.",
    role: .augmenting,
    parameters: [
      kinds, answers, rate, ChildParameters.copies, fields, ChildParameters.protect,
      ChildParameters.language,
    ],
    example: "augment.entities: {kinds: [number, city, weekday], copies: 2}",
    make: { values throws(Diagnostic) in try make(values) })

  private static func make(_ values: ParameterValues) throws(Diagnostic) -> any Stage {
    let language = values[ChildParameters.language]
    let named = values[kinds]
    let kinds = named ?? (language == "en" ? EntityKind.allCases : [.number])
    if language != "en", let kind = kinds.first(where: { $0 != .number }) {
      throw Diagnostic(
        "names of the kind '\(kind.rawValue)' are known in English alone",
        path: AugmentNames.entities,
        remedy: "kinds: [number]")
    }
    return EntitiesStage(
      kinds: Set(kinds), answeredKinds: named == nil ? Set(kinds).subtracting(known) : Set(kinds),
      answers: values[answers], rate: values[rate],
      copies: values[ChildParameters.copies], fields: values[fields],
      spans: ProtectedSpans(values[ChildParameters.protect]), language: language)
  }
}
