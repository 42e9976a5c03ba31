import Records
import Stages

/// What `augment.evol-instruct` is called, takes and needs.
enum EvolInstructDescriptor {
  private static let chat = ChatParameters(temperature: 1, maximumTokens: 2048)
  private static let generations = Parameter(
    "generations", default: 1, aliases: ["num_evolutions"],
    "How many times each instruction is evolved, every time a child of its record.",
    check: Check.within(1...10))
  private static let operations = Parameter(
    "operations", default: EvolOperation.allCases,
    "What may be done to an instruction, each as likely: in depth constraints, deepen, concretize and "
      + "reasoning, in breadth breadth.",
    check: { $0.isEmpty ? "must name an operation" : nil })
  private static let prompt = Parameter<PathValue?>(
    "prompt", default: nil,
    "A text file with the words to ask with in depth: {instruction} stands for it, {method} for what to do."
  )
  private static let breadthPrompt = Parameter<PathValue?>(
    "breadth-prompt", default: nil, "The same in breadth, with {instruction} alone.")

  /// The stage, with models that `provider` finds.
  static func descriptor(_ provider: @escaping ChatModelProvider) -> StageDescriptor {
    StageDescriptor(
      AugmentNames.evolInstruct,
      "Derives harder or rarer instructions and their answers by a model behind an endpoint.",
      role: .augmenting,
      parameters: chat.all + [generations, operations, prompt, breadthPrompt],
      memory: "16 bytes a record",
      example: "augment.evol-instruct: {model: llama-3, generations: 2}",
      make: { values throws(Diagnostic) in try make(values, provider) })
  }

  private static func make(
    _ values: ParameterValues, _ provider: ChatModelProvider
  ) throws(Diagnostic) -> any Stage {
    EvolInstructStage(
      model: try provider(chat.request(values)),
      depth: try StagePrompt(
        values[prompt], or: EvolPrompts.depth, needs: EvolPrompts.depthNeeds),
      breadth: try StagePrompt(
        values[breadthPrompt], or: EvolPrompts.breadth, needs: EvolPrompts.breadthNeeds),
      generations: values[generations], operations: values[operations])
  }
}
