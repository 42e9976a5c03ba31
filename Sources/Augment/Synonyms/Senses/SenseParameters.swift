import Records
import Stages

/// What chooses the sense of a word.
enum SenseChoice: String, ChoiceValue {
  /// How often people meant it in WordNet's tagged texts.
  case frequency
  /// That, and how like WordNet's definition an encoder finds the sentence.
  case encoder
}

/// What `augment.synonyms` takes to choose senses by an encoder.
enum SenseParameters {
  static let senses = Parameter(
    "senses", default: SenseChoice.frequency,
    "Choose a word's sense by how frequent it is, or, in English, also by how like its definition an "
      + "encoder finds the sentence.")
  static let model = Parameter<ModelName?>(
    "model", default: nil,
    "The encoder of 'senses: encoder': its folder, or its name in a model cache; \(usualModel) where none "
      + "is named.")
  static let minSimilarity = Parameter<Double?>(
    "min-similarity", default: nil,
    "With 'senses: encoder', leave a word where with every synonym the encoder finds the sentence less like "
      + "itself (cosine); \(SenseRules.usualSimilarity) where nothing is said.",
    check: { $0.map { (-1.0...1.0).contains($0) } == false ? "must be from -1.0 to 1.0" : nil })

  static let all: [any AnyParameter] = [senses, model, minSimilarity]

  private static let usualModel = "all-MiniLM-L6-v2"

  /// What chooses senses by an encoder; nil where their frequency does.
  /// - Throws: `Diagnostic` where the encoder is missing, where it is not asked for, and for a language
  ///   without definitions.
  static func judge(
    _ values: ParameterValues, _ synonyms: WordNetSynonyms?, certainty: Double,
    _ encoders: MeaningModelProvider
  ) throws(Diagnostic) -> SenseJudge? {
    guard values[senses] == .encoder else {
      try refuseUnread(values)
      return nil
    }
    guard let synonyms else {
      throw Diagnostic(
        "senses are chosen by an encoder in English alone: thesauri define none",
        path: path(senses),
        remedy: "leave out 'senses'")
    }
    let name = values[model]?.path ?? PathValue(usualModel, base: ".")
    do {
      return SenseJudge(
        model: try encoders(name), synonyms: synonyms,
        rules: SenseRules(
          certainty: certainty, similarity: values[minSimilarity] ?? SenseRules.usualSimilarity))
    } catch {
      throw Diagnostic(
        error.message, path: path(model), place: error.place, remedy: error.remedy)
    }
  }

  private static func refuseUnread(_ values: ParameterValues) throws(Diagnostic) {
    let unread =
      values[model] != nil ? model.name : values[minSimilarity] != nil ? minSimilarity.name : nil
    guard let unread else { return }
    throw Diagnostic(
      "'\(unread)' is of use with 'senses: encoder' alone",
      path: "\(AugmentNames.synonyms).\(unread)",
      remedy: "add 'senses: encoder', or leave '\(unread)' out")
  }

  private static func path(_ parameter: any AnyParameter) -> String {
    "\(AugmentNames.synonyms).\(parameter.name)"
  }
}
