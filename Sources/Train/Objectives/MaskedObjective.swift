import Evaluate
import Models
import Records
import Stages
import Tensors
import Tokenize

/// Cross-entropy of hidden tokens given the others: an encoder learns the language of its texts.
///
/// Every text of a record is read, turns one below the other. Validation and test hide the same tokens
/// in every run, so that their losses compare.
struct MaskedObjective: SmoothingObjective {
  static let descriptor = ObjectiveDescriptor(
    component: ComponentDescriptor(
      "masked", "Cross-entropy of hidden tokens given the others, for encoders such as BERT.",
      parameters: MaskedTokens.parameters + [LabelSmoothing.share], check: MaskedTokens.faults),
    provides: [.losses], writes: false, make: { Plan(values: $0) })

  let validationMetrics = ["loss", "perplexity"]
  let classCount: Int? = nil
  private let model: any MaskedLanguageModel
  private let tokenizer: Tokenizer
  private let hiding: MaskedTokens
  let smoothing: Float
  private let options: EncodingOptions

  /// The settings; the model needs no more than its task.
  struct Plan: ObjectivePlan {
    let values: ParameterValues

    func task(_ records: RecordCollection) -> ModelTask { .masked }

    func trainedModel(_ folder: String) throws(ModelError) -> any Model {
      try ModelLoader.masked(folder)
    }

    func bind(
      _ model: any Model, _ tokenizer: Tokenizer, maximumLength: Int
    ) throws(TrainingError) -> any TrainingObjective {
      guard let model = model as? any MaskedLanguageModel else {
        preconditionFailure("a model that predicts no hidden token was loaded for this objective")
      }
      guard let mask = tokenizer.specialTokens.mask else {
        throw TrainingError(
          "the tokenizer has no token that hides another",
          remedy: "name one as mask_token in tokenizer_config.json, such as [MASK]")
      }
      let hiding = MaskedTokens(values, mask: mask, vocabularySize: tokenizer.vocabularySize)
      return MaskedObjective(
        model, tokenizer, hiding, Float(values[LabelSmoothing.share]), maximumLength: maximumLength)
    }
  }

  private init(
    _ model: any MaskedLanguageModel, _ tokenizer: Tokenizer, _ hiding: MaskedTokens,
    _ smoothing: Float, maximumLength: Int
  ) {
    (self.model, self.tokenizer) = (model, tokenizer)
    (self.hiding, self.smoothing) = (hiding, smoothing)
    var options = EncodingOptions()
    options.truncation = Truncation(maximumLength: maximumLength)
    self.options = options
  }

  /// The text's tokens, each a target but for those that the tokenizer adds.
  func example(of record: Record) throws(StageError) -> Example {
    let encoded = tokenizer.encode(Self.text(of: record), options: options)
    let targets = zip(encoded.ids, encoded.specialMask).map { id, special in
      special == 0 ? id : Tape.ignoredTarget
    }
    guard targets.contains(where: { $0 >= 0 }) else {
      throw StageError(
        "empty-text", "the text has no token", source: record.source, field: "text",
        remedy: "drop empty texts with clean.length")
    }
    return Example(
      id: record.id, tokens: encoded.ids, targets: targets, isTruncated: encoded.isTruncated)
  }

  private static func text(of record: Record) -> String {
    func joined(_ messages: [Message]) -> String {
      messages.flatMap { [$0.content, $0.input].compactMap(\.self) }.filter { !$0.isEmpty }
        .joined(separator: "\n")
    }
    return switch record.content {
    case .text(let text): text
    case .conversation(let conversation): joined(conversation.messages)
    case .preference(let preference):
      joined(preference.prompt.messages + preference.chosen.messages)
    }
  }

  func drawn(_ example: Example, _ randomness: Tape.Randomness?) -> Example {
    hiding.hidden(example, randomness)
  }

  /// Scores the vocabulary only where a token is hidden.
  func loss(
    _ tape: Tape, _ examples: [Example], divisor: Float, smoothing: Float
  ) -> Loss {
    let targets = examples.flatMap(\.targets)
    let counted = targets.indices.filter { targets[$0] >= 0 }
    return model.vocabularyLoss(
      tape, model.predictionStates(tape, TokenBatch(examples)), rows: counted.map { Int32($0) },
      targets: counted.map { targets[$0] }, smoothing: smoothing, divisor: divisor)
  }

  func predictions(_ examples: [Example]) -> [Prediction] {
    let hidden = examples.map { drawn($0, nil) }
    return hidden.texts(losses: loss(.inference(), hidden, divisor: 1, smoothing: 0).rows) {
      tokenizer.decode($0)
    }
  }

  func outcomes(_ predictions: [Prediction]) -> Outcomes { .language(of: predictions) }
}
