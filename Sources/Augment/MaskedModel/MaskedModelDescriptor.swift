import Records
import Stages

/// What `augment.masked-model` is called, takes and needs.
enum MaskedModelDescriptor {
  private static let model = Parameter<ModelName>(
    required: "model", aliases: ["model_path"],
    "The masked language model: the folder or the name of a BERT, RoBERTa or DistilBERT with its head "
      + "for masked tokens, or a run that trained one.")
  private static let action = Parameter(
    "action", default: MaskedAction.replace,
    "Put the model's words in the place of words, or in before them.")
  private static let rate = Parameter(
    "rate", default: 0.1, aliases: ["aug_p"],
    "The share of a record's words that is replaced, or that one is put in before; at least one.",
    check: Check.within(0.0...1.0))
  private static let topK = Parameter(
    "top-k", default: 50, aliases: ["max_candidates"],
    "Draw from so many of the likeliest words, as far as they fit.", check: Check.within(1...1000))
  private static let temperature = Parameter(
    "temperature", default: 1.0,
    "How much chance there is in what is drawn: near 0 it is the likeliest word.",
    check: Check.within(0.01...5.0))
  private static let least = Parameter(
    "min-probability", default: 0.01, aliases: ["min_confidence"],
    "Leave out words that the model holds to be less probable there.",
    check: Check.within(0.0...1.0))

  /// The stage, with models that `provider` finds.
  static func descriptor(_ provider: @escaping WordPredictorProvider) -> StageDescriptor {
    StageDescriptor(
      AugmentNames.maskedModel,
      "Derives records in which a masked language model replaced words, or put some in.",
      role: .augmenting,
      parameters: [
        model, action, rate, ChildParameters.copies, topK, temperature, least,
        ChildParameters.fields, ChildParameters.answers, ChildParameters.protect,
        ChildParameters.language, SynonymsDescriptor.dictionary,
      ],
      memory: "the model's, 60 MB for the dictionary of English, and 16 bytes a record",
      example: "augment.masked-model: {model: google-bert/bert-base-uncased, rate: 0.1}",
      make: { values throws(Diagnostic) in try make(values, provider) })
  }

  private static func make(
    _ values: ParameterValues, _ provider: WordPredictorProvider
  ) throws(Diagnostic) -> any Stage {
    let language = values[ChildParameters.language]
    let rules = MaskedRules(
      action: values[action], rate: values[rate], topK: values[topK],
      temperature: values[temperature], least: values[least],
      fit: try fit(language, values[SynonymsDescriptor.dictionary]))
    return MaskedModelStage(
      words: try provider(values[model]), rules: rules, copies: values[ChildParameters.copies],
      fields: values[ChildParameters.fields], keepsAnswers: values[ChildParameters.answers],
      spans: ProtectedSpans(values[ChildParameters.protect]), language: language)
  }

  private static func fit(
    _ language: String, _ dictionary: PathValue
  ) throws(Diagnostic) -> any WordFit {
    guard language == "en" else { return PlainFit(language) }
    let shared = SharedWordNet(folder: dictionary.resolved)
    if let missing = shared.missingFiles.first {
      throw Diagnostic(
        "WordNet is not there: \(missing) is missing", path: AugmentNames.maskedModel,
        remedy: "apt-get install wordnet-base, or name its folder with 'dictionary'")
    }
    return EnglishFit(dictionary: shared)
  }
}
