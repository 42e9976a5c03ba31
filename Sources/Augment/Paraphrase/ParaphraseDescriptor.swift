import Records
import Stages

/// What `augment.paraphrase` is called, takes and needs.
enum ParaphraseDescriptor {
  private static let chat = ChatParameters(temperature: 0.9, maximumTokens: 1024)
  private static let prompt = Parameter<PathValue?>(
    "prompt", default: nil,
    "A text file with the words to ask with: {text} stands for the text, {keep} for words to keep.")
  private static let tries = Parameter(
    "tries", default: 3, "How often a child that is refused is asked for anew.",
    check: Check.within(1...20))
  private static let kept = RoundTripParameters(AugmentNames.paraphrase, usual: 20...90)

  /// The stage, with models that `provider` finds.
  static func descriptor(_ provider: @escaping ChatModelProvider) -> StageDescriptor {
    StageDescriptor(
      AugmentNames.paraphrase,
      "Derives records whose texts a model behind an endpoint said in other words.",
      role: .augmenting,
      parameters: chat.all + [
        prompt, ChildParameters.copies, tries, kept.least, kept.most, ChildParameters.fields,
        RoundTripParameters.protect,
      ],
      memory: "16 bytes a record",
      example: "augment.paraphrase: {model: llama-3, copies: 2}",
      make: { values throws(Diagnostic) in try make(values, provider) })
  }

  private static func make(
    _ values: ParameterValues, _ provider: ChatModelProvider
  ) throws(Diagnostic) -> any Stage {
    let contract = try kept.contract(values)
    return ParaphraseStage(
      model: try provider(chat.request(values)),
      prompt: try StagePrompt(
        values[prompt], or: ParaphrasePrompt.text, needs: ParaphrasePrompt.needs,
        offers: ParaphrasePrompt.offers),
      copies: values[ChildParameters.copies], tries: values[tries],
      fields: values[ChildParameters.fields], contract: contract)
  }
}
