import Evaluate
import Models
import Records
import Stages
import Tensors
import Tokenize

/// Cross-entropy of the label given the text.
struct ClassificationObjective: TrainingObjective {
  static let descriptor = ObjectiveDescriptor(
    component: ComponentDescriptor(
      "classification", "Cross-entropy of the label given the text.",
      parameters: [LabelSmoothing.share]),
    provides: [.labels, .probabilities, .losses], writes: false,
    make: { Plan(smoothing: Float($0[LabelSmoothing.share])) })

  let validationMetrics = ["loss", "accuracy", "f1.weighted"]
  private let model: any SequenceClassifier
  private let tokenizer: Tokenizer
  private let encoding: EncodingOptions
  /// The share of a target that training spreads over all classes.
  private let smoothing: Float
  /// Labels are told apart by their bytes: two spellings that Unicode calls equal are two labels.
  private let classes: [[UInt8]: Int32]

  /// The classes are those of the training records.
  struct Plan: ObjectivePlan {
    let smoothing: Float

    func task(_ records: RecordCollection) throws -> ModelTask {
      let labels = Set(try records.map { Array(try LabelledText($0).label.utf8) })
      guard labels.count > 1 else {
        let found =
          labels.first.map {
            "only the label '\(String(decoding: $0, as: UTF8.self))'"
          } ?? "no record"
        throw TrainingError(
          "the training side has \(found)",
          remedy: "classification needs records of two labels or more")
      }
      return .classification(labels: LabelledText.sorted(labels))
    }

    func trainedModel(_ folder: String) throws(ModelError) -> any Model {
      try ModelLoader.classifier(folder)
    }

    func bind(
      _ model: any Model, _ tokenizer: Tokenizer, maximumLength: Int
    ) throws(TrainingError) -> any TrainingObjective {
      guard let model = model as? any SequenceClassifier else {
        preconditionFailure("a model without classes was loaded for classification")
      }
      return ClassificationObjective(
        model, tokenizer, maximumLength: maximumLength, smoothing: smoothing)
    }
  }

  private init(
    _ model: any SequenceClassifier, _ tokenizer: Tokenizer, maximumLength: Int, smoothing: Float
  ) {
    self.smoothing = smoothing
    self.model = model
    self.tokenizer = tokenizer
    var encoding = EncodingOptions()
    encoding.truncation = Truncation(maximumLength: maximumLength)
    self.encoding = encoding
    classes = Dictionary(
      model.labels.enumerated().map { (Array($1.utf8), Int32($0)) },
      uniquingKeysWith: { first, _ in first })
  }

  var classCount: Int? { model.labels.count }

  func example(of record: Record) throws(StageError) -> Example {
    let text = try LabelledText(record)
    guard let target = classes[Array(text.label.utf8)] else {
      throw StageError(
        "unknown-label", "the label '\(text.label)' is on no record of the training side",
        source: record.source, field: "label", remedy: "stratify the split by label")
    }
    let encoded = tokenizer.encode(text.text, options: encoding)
    guard encoded.count > 0 else {
      throw StageError(
        "empty-text", "the text has no token", source: record.source, field: "text",
        remedy: "drop empty texts with clean.length")
    }
    return Example(
      id: record.id, tokens: encoded.ids, types: encoded.typeIds, targets: [target],
      isTruncated: encoded.isTruncated)
  }

  func loss(_ tape: Tape, _ examples: [Example], divisor: Float) -> Loss {
    tape.crossEntropy(
      model.logits(tape, TokenBatch(examples)), targets: examples.flatMap(\.targets),
      smoothing: smoothing, divisor: divisor)
  }

  func predictions(_ examples: [Example]) -> [Prediction] {
    let tape = Tape.inference()
    let logits = model.logits(tape, TokenBatch(examples))
    let targets = examples.flatMap(\.targets)
    let losses = tape.crossEntropy(logits, targets: targets).rows
    let probabilities = logits.softmaxRows().values
    let chosen = logits.argmaxRows()
    let width = model.labels.count
    return examples.indices.map { row in
      .label(
        reference: Int(targets[row]), predicted: Int(chosen[row]),
        probabilities: Array(probabilities[row * width..<(row + 1) * width]), loss: losses[row])
    }
  }

  func outcomes(_ predictions: [Prediction]) -> Outcomes {
    var references: [Int] = []
    var chosen: [Int] = []
    var scores: [Float] = []
    var total = 0.0
    for case .label(let reference, let predicted, let probabilities, let loss) in predictions {
      references.append(reference)
      chosen.append(predicted)
      scores += probabilities
      total += Double(loss)
    }
    return .classification(
      ClassificationOutcomes(
        labels: model.labels, references: references, predictions: chosen, scores: scores,
        totalLoss: total))
  }
}

/// What a record offers a classifier: a text and its label.
struct LabelledText {
  let text: String
  let label: String

  /// Reads a text record, or the question of a conversation whose answer is the label.
  /// - Throws: `StageError` where there is no text or no label.
  init(_ record: Record) throws(StageError) {
    text = try Self.text(record)
    guard let label = record.label?.name ?? Self.answer(record) else {
      throw StageError(
        "missing-label", "the record has no label", source: record.source, field: "label",
        remedy: "name the column with fields: {label: …}")
    }
    self.label = label
  }

  private static func text(_ record: Record) throws(StageError) -> String {
    switch record.content {
    case .text(let text): return text
    case .conversation(let conversation):
      return conversation.messages.filter { $0.role != .assistant }
        .flatMap { [$0.content, $0.input].compactMap(\.self) }
        .filter { !$0.isEmpty }.joined(separator: "\n")
    case .preference:
      throw StageError(
        "no-text", "a preference is no text to classify", source: record.source,
        remedy: "use records with text and label")
    }
  }

  private static func answer(_ record: Record) -> String? {
    guard case .conversation(let conversation) = record.content else { return nil }
    return conversation.messages.last { $0.role == .assistant }?.content
  }

  /// Labels in the order of their numbers where all are numbers, else of their bytes.
  static func sorted(_ labels: Set<[UInt8]>) -> [String] {
    let ordered = labels.sorted { $0.lexicographicallyPrecedes($1) }
      .map { String(decoding: $0, as: UTF8.self) }
    let numbers = ordered.compactMap { label in Int(label).map { ($0, label) } }
    guard numbers.count == ordered.count else { return ordered }
    return numbers.sorted { $0.0 < $1.0 }.map(\.1)
  }
}
