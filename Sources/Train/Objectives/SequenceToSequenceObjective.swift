import Evaluate
import Models
import Records
import Stages
import Tensors
import Tokenize

/// Cross-entropy of each token of a target, given its source and the tokens before it.
///
/// For models that read one sequence and write another: T5, translators. The decoder reads targets as
/// its model shifts them.
struct SequenceToSequenceObjective: SmoothingObjective, WritingObjective {
  static let sourcePrefix = Parameter(
    "source-prefix", default: "", aliases: ["source_prefix", "prefix"],
    "A text before every source, such as 'translate English to German: '.")

  static let descriptor = ObjectiveDescriptor(
    component: ComponentDescriptor(
      "sequence-to-sequence",
      "Cross-entropy of each token of an answer, given what was asked; for T5 and translators.",
      parameters: [sourcePrefix, Keys.targetLength, LabelSmoothing.share, Keys.beams]),
    provides: [.losses], make: { Plan($0) })

  let validationMetrics = ["loss", "perplexity"]
  let classCount: Int? = nil
  private let model: any SequenceToSequenceModel
  private let tokenizer: Tokenizer
  private let plan: Plan
  var smoothing: Float { plan.smoothing }
  /// How targets are generated, and the token that ends them.
  private let decoding: DecodingOptions
  private let end: Int32
  private let sourceLength, targetLength: Int

  /// The settings; the model needs no more than its task.
  struct Plan: ObjectivePlan {
    fileprivate let prefix: String
    fileprivate let targetLength: Int
    fileprivate let smoothing: Float
    fileprivate let beams: Int?

    init(_ values: ParameterValues) {
      prefix = values[sourcePrefix]
      targetLength = values[Keys.targetLength]
      smoothing = Float(values[LabelSmoothing.share])
      beams = values[Keys.beams]
    }

    func task(_ records: RecordCollection) -> ModelTask { .sequenceToSequence }

    func trainedModel(_ folder: String) throws(ModelError) -> any Model {
      try ModelLoader.sequenceToSequence(folder)
    }

    func bind(
      _ model: any Model, _ tokenizer: Tokenizer, maximumLength: Int
    ) throws(TrainingError) -> any TrainingObjective {
      guard let model = model as? any SequenceToSequenceModel else {
        preconditionFailure("a model that writes no sequence was loaded for this objective")
      }
      return try SequenceToSequenceObjective(
        model, tokenizer, self, sourceLength: maximumLength)
    }
  }

  private init(
    _ model: any SequenceToSequenceModel, _ tokenizer: Tokenizer, _ plan: Plan,
    sourceLength: Int
  ) throws(TrainingError) {
    var decoding = DecodingOptions()
    let configuration = model.configuration
    do { try decoding.apply(configuration.fields, file: configuration.file) } catch {
      throw TrainingError("\(error.problem)", remedy: "correct the model's config.json")
    }
    guard let end = decoding.eosTokenId.first ?? tokenizer.target.specialTokens.end else {
      throw TrainingError(
        "neither the model nor its tokenizer names a token that ends a text",
        remedy: "name one as eos_token_id in config.json")
    }
    targetLength = min(plan.targetLength, model.maximumTargetLength)
    (decoding.eosTokenId, decoding.maxNewTokens) = ([end], targetLength)
    decoding.numBeams = plan.beams ?? decoding.numBeams
    decoding.numReturnSequences = 1
    (self.model, self.tokenizer, self.plan) = (model, tokenizer, plan)
    (self.decoding, self.end, self.sourceLength) = (decoding, end, sourceLength)
  }

  func example(of record: Record) throws(StageError) -> Example {
    let pair = try TextPair(record)
    let source = encoded(plan.prefix + pair.source, by: tokenizer, sourceLength)
    guard source.count > 0 else {
      throw StageError(
        "empty-text", "the source has no token", source: record.source,
        remedy: "drop empty texts with clean.length")
    }
    let target = encoded(pair.target, by: tokenizer.target, targetLength)
    // A target that was cut ends as well: a model shall not learn to go on for ever.
    let labels = target.ids.last == end ? target.ids : target.ids.prefix(targetLength - 1) + [end]
    return Example(
      id: record.id, tokens: source.ids, targets: Array(labels),
      isTruncated: source.isTruncated || target.isTruncated)
  }

  private func encoded(_ text: String, by tokenizer: Tokenizer, _ length: Int) -> Encoding {
    var options = EncodingOptions()
    options.truncation = Truncation(maximumLength: length)
    return tokenizer.encode(text, options: options)
  }

  func loss(
    _ tape: Tape, _ examples: [Example], divisor: Float, smoothing: Float
  ) -> Loss {
    let target = TargetBatch(
      examples.map(\.targets), for: model, keys: examples.map(\.key))
    return model.loss(
      tape, source: TokenBatch(examples), target: target, smoothing: smoothing,
      divisor: divisor)
  }

  /// Without smoothing, so that perplexity is that of the texts.
  func predictions(_ examples: [Example]) -> [Prediction] {
    examples.texts(losses: loss(.inference(), examples, divisor: 1, smoothing: 0).rows) {
      tokenizer.decode($0)
    }
  }

  let writesUnasked = true

  func writer(_ options: WritingOptions, seed: UInt64) throws(ModelError) -> AnswerWriter {
    let tokenizer = tokenizer
    return try AnswerWriter(TokenGenerator(model, decoding), options, seed: seed) {
      tokenizer.decode($0)
    }
  }

  func question(of record: Record, for writer: AnswerWriter) throws(StageError) -> Question {
    let example = try example(of: record)
    return writer.question(example.tokens, key: example.key)
  }

  func outcomes(_ predictions: [Prediction]) -> Outcomes { .language(of: predictions) }
}

/// What `sequence-to-sequence` takes in a pipeline file.
private enum Keys {
  static let targetLength = Parameter(
    "max-target-length", default: 128,
    aliases: ["max_target_length", "val_max_target_length", "generation_max_length"],
    "Cut targets to this many tokens, and generate no more.", check: Check.atLeast(1))
  static let beams = Parameter<Int?>(
    "num-beams", default: nil, aliases: ["num_beams", "generation_num_beams"],
    "The beams of predicted texts; the model's own number by default.",
    check: Check.optionalAtLeast(1))
}
