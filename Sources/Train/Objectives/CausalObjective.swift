import Evaluate
import Models
import Records
public import Stages
import Tensors
import Tokenize

/// Which tokens a causal model learns.
public enum TrainOn: String, ChoiceValue {
  /// The answers of the assistant and their end.
  case completions
  /// Every token.
  case all
}

/// Cross-entropy of each token given those before it.
///
/// Instruction records are written out by a template; by default only answers and their end are
/// learned. Plain texts are learned whole.
struct CausalObjective: TrainingObjective {
  private static let trainOn = Parameter(
    "train-on", default: TrainOn.completions,
    "Which tokens are learned: those of answers, or all.")
  static let template = Parameter(
    "template", default: PromptTemplate.alpaca, aliases: ["chat_template", "prompt_template"],
    "How an instruction record is written as one text.")

  static let descriptor = ObjectiveDescriptor(
    component: ComponentDescriptor(
      "causal", "Cross-entropy of each token given those before it; prompts are read, not learned.",
      parameters: [trainOn, template]),
    provides: [.losses],
    make: { Plan(learnsPrompts: $0[trainOn] == .all, template: $0[template]) })

  let validationMetrics = ["loss", "perplexity"]
  let classCount: Int? = nil
  private let model: any CausalLanguageModel
  private let tokenizer: Tokenizer
  private let end: Int32
  private let limit: Int
  private let plan: Plan

  /// The settings; the model needs no more than its task.
  struct Plan: ObjectivePlan {
    let learnsPrompts: Bool
    let template: PromptTemplate

    func task(_ records: RecordCollection) -> ModelTask { .causal }

    func trainedModel(_ folder: String) throws(ModelError) -> any Model {
      try ModelLoader.causal(folder)
    }

    func bind(
      _ model: any Model, _ tokenizer: Tokenizer, maximumLength: Int
    ) throws(TrainingError) -> any TrainingObjective {
      guard let model = model as? any CausalLanguageModel else {
        preconditionFailure("a model that predicts no tokens was loaded for causal training")
      }
      guard let end = tokenizer.specialTokens.end else {
        throw TrainingError(
          "the tokenizer has no token that ends a text",
          remedy: "name one as eos_token in tokenizer_config.json, such as <|endoftext|>")
      }
      return CausalObjective(
        model: model, tokenizer: tokenizer, end: end, limit: maximumLength, plan: self)
    }
  }

  private init(
    model: any CausalLanguageModel, tokenizer: Tokenizer, end: Int32, limit: Int, plan: Plan
  ) {
    self.model = model
    self.tokenizer = tokenizer
    self.end = end
    self.limit = limit
    self.plan = plan
  }

  func example(of record: Record) throws(StageError) -> Example {
    var text = CausalText(limit: limit, end: end)
    switch record.content {
    case .text(let content): text.append(text: content, tokenizer)
    case .conversation(let conversation): try append(conversation, of: record, to: &text)
    case .preference(let preference):
      let better = Conversation(preference.prompt.messages + preference.chosen.messages)
      try append(better, of: record, to: &text)
    }
    return Example(
      id: record.id, tokens: text.tokens, targets: text.targets, isTruncated: text.isTruncated)
  }

  private func append(
    _ conversation: Conversation, of record: Record, to text: inout CausalText
  ) throws(StageError) {
    let turns = plan.template.turns(conversation)
    guard !turns.isEmpty else {
      throw StageError(
        "missing-answer", "the conversation has no answer to learn", source: record.source,
        remedy: "drop records without output")
    }
    for turn in turns {
      guard text.append(turn, learnsPrompt: plan.learnsPrompts, tokenizer) else { return }
    }
  }

  /// Scores the vocabulary only where a token is learned.
  func loss(_ tape: Tape, _ examples: [Example], divisor: Float) -> Loss {
    let targets = examples.flatMap(\.targets)
    let counted = targets.indices.filter { targets[$0] >= 0 }
    let hidden = tape.gather(
      model.hiddenStates(tape, TokenBatch(examples)), rows: counted.map { Int32($0) })
    return tape.vocabularyCrossEntropy(
      hidden, weight: model.outputWeight, bias: model.outputBias,
      targets: counted.map { targets[$0] }, divisor: divisor)
  }

  func predictions(_ examples: [Example]) -> [Prediction] {
    let losses = loss(.inference(), examples, divisor: 1).rows
    var start = 0
    return examples.map { example in
      let own = losses[start..<start + example.counted]
      start += example.counted
      return .text(loss: own.reduce(0) { $0 + Double($1) }, tokens: example.counted)
    }
  }

  func outcomes(_ predictions: [Prediction]) -> Outcomes {
    .language(
      predictions.reduce(LanguageOutcomes(totalLoss: 0, tokens: 0)) { sum, prediction in
        guard case .text(let loss, let tokens) = prediction else { return sum }
        return sum + LanguageOutcomes(totalLoss: loss, tokens: tokens)
      })
  }
}
