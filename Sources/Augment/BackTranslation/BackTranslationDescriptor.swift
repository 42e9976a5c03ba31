import Records
import Stages

/// What `augment.back-translation` is called, takes and needs.
enum BackTranslationDescriptor {
  private static let via = Parameter(
    "via", default: "de", aliases: ["pivot"],
    "The language that texts are translated to and back from.",
    check: isLanguage)
  private static let language = Parameter(
    "language", default: "en", aliases: ["lang"], "The language of the texts.", check: isLanguage)
  private static let backend = Parameter(
    "backend", default: TranslatorBackend.auto,
    "Where translations come from; auto: from what is named, else the first of a model and Apertium."
  )
  private static let model = Parameter<ModelName?>(
    "model", default: nil, aliases: ["from_model_name"],
    "The checkpoint that translates to the other language, or the endpoint's model.")
  private static let back = Parameter<ModelName?>(
    "back", default: nil, aliases: ["to_model_name"],
    "The checkpoint that translates back, or the endpoint's model.")
  private static let prefix = Parameter<String?>(
    "prefix", default: nil, aliases: ["source-prefix"],
    "What a checkpoint reads before each text: '>>fr<< '; by default what its config.json says.")
  private static let backPrefix = Parameter<String?>(
    "back-prefix", default: nil, "The same on the way back.")
  private static let command = Parameter<String?>(
    "command", default: nil,
    "A program that reads {\"text\", \"from\", \"to\"} a line and writes {\"text\"} a line.")
  private static let version = Parameter<String?>(
    "version", default: nil,
    "Another one makes anew what was kept; for a program or a model that changed behind its name.")
  private static let copies = Parameter(
    "copies", default: 1, "How many children are derived from each record.",
    check: Check.within(1...20))
  private static let readings = Parameter(
    "readings", default: 2,
    "How many translations of the way back are looked at, the likeliest first, where a checkpoint makes "
      + "them.",
    check: Check.within(1...20))
  private static let tries = Parameter<Int?>(
    "tries", default: nil,
    "How often a record is translated for a child, further times drawn; by default once where there are "
      + "several readings, else 3 times.",
    check: { $0.map { (1...20).contains($0) } == false ? "must be from 1 to 20" : nil })
  /// The tries where each has one reading.
  private static let usualTries = 3
  private static let temperature = Parameter(
    "temperature", default: 0.8, "How much chance there is in what is drawn.",
    check: Check.within(0.01...5.0))
  private static let kept = RoundTripParameters(AugmentNames.backTranslation, usual: 40...95)

  /// The stage, with translators that `provider` finds.
  static func descriptor(_ provider: @escaping TranslatorProvider) -> StageDescriptor {
    StageDescriptor(
      AugmentNames.backTranslation,
      "Derives records whose texts were translated to another language and back by a model.",
      role: .augmenting, version: 4,
      parameters: [
        via, language, backend, model, back, prefix, backPrefix, command, version,
        EndpointLimits.parameter, copies, readings, tries, temperature, kept.least, kept.most,
        ChildParameters.fields, RoundTripParameters.protect,
      ],
      memory: "the models', and 16 bytes a record",
      example: "augment.back-translation: {via: de, model: models/en-de, back: models/de-en}",
      make: { values throws(Diagnostic) in try make(values, provider) })
  }

  private static func make(
    _ values: ParameterValues, _ provider: TranslatorProvider
  ) throws(Diagnostic) -> any Stage {
    let contract = try kept.contract(values)
    guard values[via] != values[language] else {
      throw Diagnostic(
        "texts in '\(values[language])' are to pass through the same language",
        path: AugmentNames.backTranslation, remedy: "name another one with 'via'")
    }
    let request = TranslatorRequest(
      from: values[language], to: values[via], backend: values[backend],
      model: values[model]?.path, prefix: values[prefix], command: values[command],
      temperature: values[temperature], version: values[version],
      account: EndpointAccount(values[EndpointLimits.parameter]))
    let there = try provider(request)
    let back = try provider(request.back(model: values[back]?.path, prefix: values[backPrefix]))
    guard values[EndpointLimits.parameter] == nil || there.spent != nil || back.spent != nil else {
      throw Diagnostic(
        "'\(EndpointLimits.parameter.name)' is for endpoints, and the \(there.name) is none",
        path: AugmentNames.backTranslation, remedy: "leave it out")
    }
    return BackTranslationStage(
      there: there, back: back,
      language: values[language], pivot: values[via], copies: values[copies],
      tries: values[tries] ?? (back.ranks && values[readings] > 1 ? 1 : usualTries),
      readings: back.ranks ? values[readings] : 1, fields: values[ChildParameters.fields],
      contract: contract)
  }

  private static let isLanguage: @Sendable (String) -> String? = { code in
    let letters = code.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
    return letters && (2...3).contains(code.utf8.count) ? nil : "must be a code such as 'de'"
  }
}
