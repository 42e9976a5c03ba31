import Records
import Stages

/// What `augment.self-instruct` is called, takes and needs.
enum SelfInstructDescriptor {
  private static let chat = ChatParameters(temperature: 0.7, maximumTokens: 2048)
  private static let count = Parameter(
    "count", default: 100, aliases: ["num_instructions_to_generate"],
    "How many records to make in all.", check: Check.within(1...1_000_000))
  private static let prompt = Parameter<PathValue?>(
    "prompt", default: nil,
    "A text file with the words to ask with: {tasks} stands for those shown, {count} for how many "
      + "are wanted, {next} for the number of the first.")
  private static let novelty = Parameter(
    "novelty", default: 0.7,
    "Refuse tasks of this ROUGE-L or more to any other, be it of an evaluation record.",
    check: Check.within(0.01...1.0))
  private static let least = Parameter(
    "min-words", default: 3, "Refuse tasks of fewer words.", check: Check.atLeast(1))
  private static let most = Parameter(
    "max-words", default: 150, "Refuse tasks of more words, and show none.",
    check: Check.atLeast(1))
  private static let banned = Parameter(
    "banned", default: TaskRules.banned,
    "Refuse tasks with these words, in capitals or small letters.")
  private static let tries = Parameter(
    "tries", default: 5,
    "How many prompts to ask with at most, for each that would do if nothing were refused.",
    check: Check.within(1...100))

  /// The stage, with models that `provider` finds.
  static func descriptor(_ provider: @escaping ChatModelProvider) -> StageDescriptor {
    StageDescriptor(
      AugmentNames.selfInstruct,
      "Makes new instructions and answers by a model behind an endpoint that is shown some of the records.",
      role: .augmenting,
      parameters: [count] + chat.all + [
        prompt, novelty, least, most, banned, tries, ChildParameters.language,
      ],
      memory: "the instructions of the training side, and 4 bytes for each word of all",
      example: "augment.self-instruct: {model: llama-3, count: 500}",
      make: { values throws(Diagnostic) in try make(values, provider) })
  }

  private static func make(
    _ values: ParameterValues, _ provider: ChatModelProvider
  ) throws(Diagnostic) -> any Stage {
    guard values[least] <= values[most] else {
      throw Diagnostic(
        "min-words is more than max-words", path: AugmentNames.selfInstruct,
        remedy: "min-words: 3, max-words: 150")
    }
    return SelfInstructStage(
      model: try provider(chat.request(values)),
      prompt: try StagePrompt(
        values[prompt], or: SelfInstructPrompt.text, needs: SelfInstructPrompt.needs,
        offers: SelfInstructPrompt.offers),
      count: values[count], tries: values[tries],
      rules: TaskRules(
        words: values[least]...values[most], least: values[novelty], banned: values[banned],
        language: values[ChildParameters.language]),
      longest: values[most])
  }
}
