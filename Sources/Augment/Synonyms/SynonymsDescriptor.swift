import Records
import Stages

/// What `augment.synonyms` is called, takes and needs.
enum SynonymsDescriptor {
  static let rate = Parameter(
    "rate", default: 0.1, "The share of a record's content words that is swapped.",
    check: Check.within(0.0...1.0))
  static let minimum = Parameter(
    "min-changes", default: 1, "Derive no child with fewer words swapped.", check: Check.atLeast(1))
  static let certainty = Parameter(
    "certainty", default: 0.6,
    "Swap a word only if its first sense has this share of its uses in WordNet's tagged texts; in a "
      + "thesaurus, if the synonym has this share of its senses; with an encoder, if it finds its sense so "
      + "probable.",
    check: Check.within(0.0...1.0))
  static let familiarity = Parameter(
    "familiarity", default: 8,
    "Use only synonyms met this often in WordNet's tagged texts, definitions and examples.",
    check: Check.atLeast(0))
  static let multiword = Parameter(
    "multiword", default: false, "Also use synonyms of several words: 'start' to 'set out'.")
  static let language = Parameter(
    "language", default: "en", aliases: ["lang"],
    "The language of the texts; words of English come from WordNet, of others from 'thesaurus'.",
    check: SynonymLanguage.check)
  static let dictionary = Parameter(
    "dictionary", default: PathValue(SharedWordNet.standardFolder, base: "/"),
    "The folder of WordNet's database files, for English.")
  static let thesaurus = Parameter<PathValue?>(
    "thesaurus", default: nil,
    "For other languages, a MyThes thesaurus (.dat; by default that of Debian's package), an Open "
      + "Multilingual Wordnet (.tab) or, for Chinese, a Cilin."
  )

  /// The stage, with encoders that `provider` finds.
  static func descriptor(_ provider: @escaping MeaningModelProvider) -> StageDescriptor {
    StageDescriptor(
      AugmentNames.synonyms,
      "Derives records in which some words are replaced by synonyms from WordNet, a thesaurus or a wordnet.",
      role: .augmenting,
      parameters: [
        rate, ChildParameters.copies, minimum, ChildParameters.fields, ChildParameters.answers,
        ChildParameters.protect, certainty, familiarity, multiword, language,
        dictionary, thesaurus,
      ] + SenseParameters.all,
      memory:
        "60 MB for the dictionary, whatever the number of records; with an encoder its own, up to 30 MB for "
        + "senses and 16 bytes a record",
      example: "augment.synonyms: {rate: 0.1, copies: 1}",
      make: { values throws(Diagnostic) in try make(values, provider) })
  }

  private static func make(
    _ values: ParameterValues, _ provider: MeaningModelProvider
  ) throws(Diagnostic) -> any Stage {
    let rules = SynonymRules(
      certainty: values[certainty], familiarity: values[familiarity],
      allowsExpressions: values[multiword],
      readsAllSenses: values[SenseParameters.senses] == .encoder)
    let synonyms = try SynonymSources.find(
      SynonymLanguage(values[language]), AugmentNames.synonyms, rules: rules,
      dictionary: values[dictionary], thesaurus: values[thesaurus])
    let amount = SwapAmount(rate: values[rate], minimum: values[minimum])
    let spans = ProtectedSpans(values[ChildParameters.protect])
    let judge = try SenseParameters.judge(
      values, synonyms as? WordNetSynonyms, certainty: values[certainty], provider)
    if let judge {
      return SensedSynonymsStage(
        judge: judge, amount: amount, copies: values[ChildParameters.copies],
        fields: values[ChildParameters.fields], keepsAnswers: values[ChildParameters.answers],
        spans: spans)
    }
    return SynonymsStage(
      amount: amount, copies: values[ChildParameters.copies],
      fields: values[ChildParameters.fields], keepsAnswers: values[ChildParameters.answers],
      spans: spans, synonyms: synonyms)
  }
}
