import Evaluate
import Models
import Records
import Stages
import Tensors
import Tokenize

/// Cross-entropy of each token given those before it.
///
/// Instruction records are written out by a template; by default only answers and their end are
/// learned. Plain texts are learned whole.
struct CausalObjective: SmoothingObjective, WritingObjective {
  private static let trainOn = Parameter(
    "train-on", default: TrainOn.completions,
    aliases: [
      "train_on", "masking_strategy", "train_on_inputs", "train_on_input", "train_on_prompt",
    ],
    "Which tokens are learned: those of answers, of the assistant, of its last turn, or all.")
  static let template = Parameter(
    "template", default: TemplateChoice.auto,
    aliases: ["chat_template", "prompt_template", "chat_template_path", "chat_template_jinja"],
    "How conversations are written: as the tokenizer's chat template says, by name, or a Jinja file."
  )

  static let descriptor = ObjectiveDescriptor(
    component: ComponentDescriptor(
      "causal", "Cross-entropy of each token given those before it; prompts are read, not learned.",
      parameters: [trainOn, template, LabelSmoothing.share]),
    provides: [.losses],
    make: {
      Plan(
        trainOn: $0[trainOn], template: $0[template], smoothing: Float($0[LabelSmoothing.share]))
    })

  let validationMetrics = ["loss", "perplexity"]
  let writesUnasked = false
  let classCount: Int? = nil
  private let model: any CausalLanguageModel
  private let tokenizer: Tokenizer
  private let style: ConversationStyle
  private let end: Int32
  private let limit: Int
  private let plan: Plan
  var smoothing: Float { plan.smoothing }

  /// The settings; the model needs no more than its task.
  struct Plan: ObjectivePlan {
    let trainOn: TrainOn
    let template: TemplateChoice
    let smoothing: Float

    func task(_ records: RecordCollection) -> ModelTask { .causal }

    func checkQuestion(_ record: Record) throws(StageError) {
      _ = try CausalObjective.asked(record)
    }

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
        model: model, tokenizer: tokenizer, style: try style(tokenizer), end: end,
        limit: maximumLength, plan: self)
    }

    private func style(_ tokenizer: Tokenizer) throws(TrainingError) -> ConversationStyle {
      do { return try template.style(for: tokenizer) } catch {
        throw TrainingError(
          "\(error)", remedy: "name another template, such as template: chatml")
      }
    }
  }

  private init(
    model: any CausalLanguageModel, tokenizer: Tokenizer, style: ConversationStyle, end: Int32,
    limit: Int, plan: Plan
  ) {
    self.model = model
    self.tokenizer = tokenizer
    self.style = style
    self.end = end
    self.limit = limit
    self.plan = plan
  }

  var notes: [String] {
    guard case .chat(let format) = style, format.end == nil else { return [] }
    return [
      "\(format.template.name) ends answers with no token, so the model will not learn to stop"
    ]
  }

  func example(of record: Record) throws(StageError) -> Example {
    switch record.content {
    case .text(let content):
      var text = CausalText(limit: limit, end: end)
      text.append(text: content, tokenizer)
      return Example(
        id: record.id, tokens: text.tokens, targets: text.targets, isTruncated: text.isTruncated)
    case .conversation(let conversation): return try example(conversation, of: record)
    case .preference(let preference):
      let better = Conversation(preference.prompt.messages + preference.chosen.messages)
      return try example(better, of: record)
    }
  }

  private func example(
    _ conversation: Conversation, of record: Record
  ) throws(StageError) -> Example {
    guard conversation.messages.contains(where: { $0.role == .assistant }) else {
      throw StageError(
        "missing-answer", "the conversation has no answer to learn", source: record.source,
        remedy: "drop records without output")
    }
    switch style {
    case .alpaca: return alpaca(conversation, record.id)
    case .chat(let format): return try chat(conversation, format, record)
    }
  }

  private func alpaca(_ conversation: Conversation, _ id: String) -> Example {
    var text = CausalText(limit: limit, end: end)
    let answers = zip(conversation.messages, plan.trainOn.learned(conversation.messages))
      .filter { $0.0.role == .assistant }
    for (turn, answer) in zip(PromptTemplate.alpaca.turns(conversation), answers) {
      let fits = text.append(
        turn, learnsPrompt: plan.trainOn == .all, learnsAnswer: answer.1, tokenizer)
      guard fits else { break }
    }
    return Example(
      id: id, tokens: text.tokens, targets: text.targets, isTruncated: text.isTruncated)
  }

  private func chat(
    _ conversation: Conversation, _ format: ChatFormat, _ record: Record
  ) throws(StageError) -> Example {
    let tokens: ChatExample
    do { tokens = try format.tokens(of: conversation, tools: record.tools) } catch {
      throw StageError(
        "refused-by-template", "\(error)", source: record.source,
        remedy: error.code == .refused
          ? "drop or change such conversations, or choose another template"
          : "correct the template, or choose another with 'template'")
    }
    let text = ChatText(
      tokens, learned: plan.trainOn.learned(conversation.messages),
      learnsAll: plan.trainOn == .all, limit: limit)
    return Example(
      id: record.id, tokens: text.tokens, targets: text.targets, isTruncated: text.isTruncated)
  }

  /// Scores the vocabulary only where a token is learned.
  func loss(
    _ tape: Tape, _ examples: [Example], divisor: Float, smoothing: Float
  ) -> Loss {
    let targets = examples.flatMap(\.targets)
    let counted = targets.indices.filter { targets[$0] >= 0 }
    return model.vocabularyLoss(
      tape, model.hiddenStates(tape, TokenBatch(examples)), rows: counted.map { Int32($0) },
      targets: counted.map { targets[$0] }, smoothing: smoothing, divisor: divisor)
  }

  func predictions(_ examples: [Example]) -> [Prediction] {
    examples.texts(losses: loss(.inference(), examples, divisor: 1, smoothing: 0).rows) {
      tokenizer.decode($0)
    }
  }

  func outcomes(_ predictions: [Prediction]) -> Outcomes { .language(of: predictions) }
}

// MARK: - Writing

extension CausalObjective {
  /// Greedy unless told otherwise, whatever `generation_config.json` says: scores are compared.
  func writer(_ options: WritingOptions, seed: UInt64) throws(ModelError) -> AnswerWriter {
    guard let model = model as? any CachedCausalLanguageModel else {
      throw ModelError(
        .unsupported, file: model.configuration.file,
        problem: "a model of this type generates nothing")
    }
    var decoding = DecodingOptions()
    decoding.maxNewTokens = WritingOptions.usualLength
    if let ends = model.configuration.fields["eos_token_id"] {
      try decoding.apply(["eos_token_id": ends], file: model.configuration.file)
    }
    if !decoding.eosTokenId.contains(end) { decoding.eosTokenId.append(end) }
    var stops: [String] = []
    // A model that was trained on conversations ends its turns as they were written.
    if case .chat(let format) = style, let end = format.end {
      if let id = end.id { decoding.eosTokenId.append(id) } else { stops.append(end.text) }
    }
    let tokenizer = tokenizer
    return try AnswerWriter(TokenGenerator(model, decoding), options, seed: seed, stops: stops) {
      tokenizer.decode($0)
    }
  }

  /// All turns before the last answer, as training wrote them.
  func question(of record: Record, for writer: AnswerWriter) throws(StageError) -> Question {
    let conversation = try Self.asked(record)
    do {
      let tokens = try style.prompt(conversation, tools: record.tools, tokenizer, end: end)
      return writer.question(tokens ?? [], key: StableHash.hash(record.id))
    } catch {
      throw StageError(
        "refused-by-template", "\(error)", source: record.source,
        remedy: "drop or change such conversations, or choose another template")
    }
  }

  /// The turns before the last answer.
  /// - Throws: `StageError` for plain texts, and where nothing is answered.
  fileprivate static func asked(_ record: Record) throws(StageError) -> Conversation {
    let messages: [Message] =
      switch record.content {
      case .text: []
      case .conversation(let conversation): conversation.messages
      case .preference(let preference):
        preference.prompt.messages + preference.chosen.messages
      }
    guard let answer = messages.lastIndex(where: { $0.role == .assistant }) else {
      throw StageError(
        "no-question", "the record asks nothing that a model could answer", source: record.source,
        remedy: "score what the model writes on records with instruction and output, or name "
          + "metrics of its loss: perplexity, bits-per-byte")
    }
    return Conversation(Array(messages[..<answer]))
  }
}
