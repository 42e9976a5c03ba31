import Records
import Stages

/// What `augment.eda` is called, takes and needs.
enum EDADescriptor {
  private static let replace = rate(
    "replace", "alpha_sr",
    "The share of the words replaced by synonyms; 0 for none. 0.1 where synonyms are known.")
  private static let insert = rate(
    "insert", "alpha_ri",
    "How many synonyms are put in, by the number of words; 0 for none. 0.1 where synonyms are known."
  )
  private static let swap = Parameter(
    "swap", default: 0.1, aliases: ["alpha_rs"],
    "How often two words change places, by the number of words; 0 for none.",
    check: Check.within(0.0...1.0))
  private static let delete = Parameter(
    "delete", default: 0.1, aliases: ["p_rd", "alpha_rd"],
    "The probability that a word is left out; 0 for none.", check: Check.within(0.0...1.0))
  private static let copies = Parameter(
    "copies", default: 4, aliases: ["num_aug"],
    "How many children are derived from each record, each by one operation.",
    check: Check.within(1...100))

  private static func rate(
    _ name: String, _ alias: String, _ summary: String
  ) -> Parameter<Double?> {
    Parameter(
      name, default: nil, aliases: [alias], summary,
      check: { $0.map { (0.0...1.0).contains($0) } == false ? "must be from 0.0 to 1.0" : nil })
  }

  static let descriptor = StageDescriptor(
    AugmentNames.eda,
    "Derives records by easy data augmentation: words replaced, put in, swapped or left out.",
    role: .augmenting,
    parameters: [
      replace, insert, swap, delete, copies, ChildParameters.fields, ChildParameters.answers,
      ChildParameters.protect, ChildParameters.language, SynonymsDescriptor.dictionary,
      SynonymsDescriptor.thesaurus,
    ],
    memory: "60 MB for the dictionary, whatever the number of records",
    example: "augment.eda: {replace: 0.1, insert: 0.1, swap: 0.1, delete: 0.1, copies: 4}",
    make: { values throws(Diagnostic) in try make(values) })

  private static func make(_ values: ParameterValues) throws(Diagnostic) -> any Stage {
    let language = values[ChildParameters.language]
    let synonyms = SynonymLanguage(language)
    let thesaurus = values[SynonymsDescriptor.thesaurus]
    let isKnown = synonyms.isEnglish || synonyms.packaged != nil || thesaurus != nil
    let usual = isKnown ? 0.1 : 0
    let rates: [EasyOperation: Double] = [
      .replace: values[replace] ?? usual, .insert: values[insert] ?? usual, .swap: values[swap],
      .delete: values[delete],
    ].filter { $0.value > 0 }
    guard !rates.isEmpty else {
      throw Diagnostic(
        "no operation is left", path: AugmentNames.eda, remedy: "give one a rate: swap: 0.1")
    }
    let needsSynonyms = rates[.replace] != nil || rates[.insert] != nil
    if needsSynonyms, !isKnown {
      throw Diagnostic(
        "no synonyms are known in '\(language)'", path: AugmentNames.eda,
        remedy: "leave out 'replace' and 'insert', name a 'thesaurus', or use one of "
          + SynonymLanguage.packagedCodes.joined(separator: ", "))
    }
    var source: (any SynonymSource)?
    if needsSynonyms {
      do {
        source = try SynonymSources.find(
          synonyms, AugmentNames.eda, dictionary: values[SynonymsDescriptor.dictionary],
          thesaurus: thesaurus)
      } catch {
        throw Diagnostic(
          error.message, path: AugmentNames.eda,
          remedy: [error.remedy, "or set 'replace' and 'insert' to 0"].compactMap(\.self)
            .joined(separator: ", "))
      }
    }
    return EDAStage(
      rates: rates, copies: values[copies], fields: values[ChildParameters.fields],
      keepsAnswers: values[ChildParameters.answers],
      spans: ProtectedSpans(values[ChildParameters.protect]), language: language, synonyms: source)
  }
}
