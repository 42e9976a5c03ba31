import Models
import Records
import Stages
import Tensors

/// What a model computes for a line, by the task it was trained for.
protocol ForwardTask: Sendable {
  /// Scores, and the loss where there are labels.
  /// - Throws: `StageError` naming the field at fault.
  func result(_ request: ForwardRequest) throws(StageError) -> ForwardResult
}

/// The limits of what a model reads.
struct ForwardLimits {
  let tokens, length, segments: Int

  init(_ model: any Model, _ configuration: ModelConfiguration) {
    tokens = model.vocabularySize
    length = model.maximumLength
    // A model of one segment passes over the segments that tokenizers give.
    segments = max(configuration.fields["type_vocab_size"]?.int ?? 2, 2)
  }
}

extension ForwardRequest {
  /// The sequences that a model reads.
  func source(_ limits: ForwardLimits) throws(StageError) -> PaddedRows {
    try source(tokens: limits.tokens, length: limits.length, segments: limits.segments)
  }
}

extension Loss {
  /// The mean, where anything counts.
  fileprivate var value: Float? { counted > 0 ? mean.item : nil }
}

/// Scores of every token: of the next one, of the masked one, of its class, or its vector.
struct TokenScores: ForwardTask {
  let limits: ForwardLimits
  /// What the scores are, as transformers names it.
  var name = "logits"
  /// How many places after a token its label stands.
  var shift = 0
  /// Whether the model has labels to score.
  var hasLoss = true
  /// Puts a prompt's virtual tokens before each row, whose scores come first then, as in PEFT.
  var prompted: @Sendable (TokenBatch) -> TokenBatch = { $0 }
  let scores: @Sendable (Tape, TokenBatch) -> Tensor

  func result(_ request: ForwardRequest) throws(StageError) -> ForwardResult {
    let source = try request.source(limits)
    let batch = prompted(source.packed.batch)
    let rows = source.prompted(batch.virtual)
    let tape = Tape.inference()
    let scores = scores(tape, batch)
    return ForwardResult(
      name: name, values: rows.unpacked(scores, rows.packed.places),
      shape: (request.isBatch ? rows.shape : [rows.shape[1]]) + [scores.columns],
      loss: try loss(tape, scores, source, batch.virtual, request))
  }

  private func loss(
    _ tape: Tape, _ scores: Tensor, _ rows: PaddedRows, _ virtual: Int, _ request: ForwardRequest
  ) throws(StageError) -> Float? {
    guard hasLoss else {
      guard request.line["labels"] == nil else {
        throw request.line.fault("is nothing that a model without a head knows", field: "labels")
      }
      return nil
    }
    guard let labels = try request.labels(scores.columns, like: rows, "input_ids")
    else { return nil }
    let none = [Int32](repeating: Tape.ignoredTarget, count: virtual)
    let targets = try rows.prompted(virtual).targets(
      labels.map { none + $0 }, shift: shift, request.line)
    return tape.crossEntropy(scores, targets: targets).value
  }
}

/// Scores of every sequence: of its class, or how good it is.
struct SequenceScores: ForwardTask {
  let limits: ForwardLimits
  /// What the configuration says of labels; nil where it leaves it to them.
  let problem: LabelProblem?
  let scores: @Sendable (Tape, TokenBatch) -> Tensor

  func result(_ request: ForwardRequest) throws(StageError) -> ForwardResult {
    let rows = try request.source(limits)
    let tape = Tape.inference()
    let scores = scores(tape, rows.packed.batch)
    let labels = try SequenceLabels(request, sequences: rows.rows.count, classes: scores.columns)
    return ForwardResult(
      name: "logits", values: scores.values,
      shape: (request.isBatch ? [rows.rows.count] : []) + [scores.columns],
      loss: try labels?.loss(tape, scores, problem).value)
  }
}

/// Scores of every token of a target, given its source.
struct TargetScores: ForwardTask {
  let limits: ForwardLimits
  let model: any SequenceToSequenceModel

  func result(_ request: ForwardRequest) throws(StageError) -> ForwardResult {
    let sources = try request.source(
      tokens: model.sourceVocabularySize, length: max(limits.length, model.maximumTargetLength),
      segments: limits.segments)
    let targets = try targets(request, sources: sources.rows.count)
    let ((source, _), (target, places)) = (sources.packed, targets.packed)
    let tape = Tape.inference()
    let hidden = model.decode(
      tape, target, encoded: model.encode(tape, source), source: source.layout)
    let scores = model.scores(tape, hidden: hidden)
    let labels = try request.labels(scores.columns, like: targets, "decoder_input_ids")
    let loss = try labels.map { (labels) throws(StageError) in
      tape.crossEntropy(scores, targets: try targets.targets(labels, shift: 0, request.line))
    }
    return ForwardResult(
      name: "logits", values: targets.unpacked(scores, places),
      shape: (request.isBatch ? targets.shape : [targets.shape[1]]) + [scores.columns],
      loss: loss?.value)
  }

  /// What the decoder reads: as the line says, or made of its labels.
  private func targets(
    _ request: ForwardRequest, sources: Int
  ) throws(StageError) -> PaddedRows {
    let (tokens, length) = (model.vocabularySize, model.maximumTargetLength)
    let mask = "decoder_attention_mask"
    if let given = try request.padded("decoder_input_ids", mask, tokens: tokens, length: length) {
      try request.requireShape(
        given.rows, [sources, given.shape[1]], "decoder_input_ids", like: "input_ids")
      return given
    }
    guard let labels = try request.matrix("labels", .labels(tokens)), labels.first?.isEmpty == false
    else {
      throw request.line.fault(
        "is missing", field: "decoder_input_ids", remedy: "give it, or labels to make it from")
    }
    try request.requireShape(labels, [sources, labels[0].count], "labels", like: "input_ids")
    guard labels[0].count <= length else {
      throw request.line.fault(
        "has \(labels[0].count) tokens, where the model takes \(length)", field: "labels")
    }
    let given = try request.matrix(mask, .mask)
    try request.requireShape(given, [sources, labels[0].count], mask, like: "labels")
    return PaddedRows(
      rows: labels.map { model.decoderInputs(for: $0) },
      mask: given ?? labels.map { $0.map { _ in 1 } })
  }
}
