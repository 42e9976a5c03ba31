import Evaluate
import Models
import Records
import Stages
import Tensors
import Tokenize

/// Cross-entropy of the label given the text, or the two texts of a pair of sentences.
struct ClassificationObjective: TrainingObjective {
  private static let classWeights = Parameter<ClassWeights?>(
    "class-weights", default: nil, aliases: ["class_weights", "class_weight"],
    "How much the records of a class count: balanced, by how rare it is, or {LABEL: number}.")

  static let descriptor = ObjectiveDescriptor(
    component: ComponentDescriptor(
      "classification", "Cross-entropy of the label given the text, or a pair of sentences.",
      parameters: [LabelSmoothing.share, classWeights],
      check: { values in
        guard values[LabelSmoothing.share] > 0, values[classWeights] != nil else { return [] }
        return [
          Diagnostic(
            "has label-smoothing and class-weights, which are not joined here",
            remedy: "leave one of them out")
        ]
      }),
    provides: [.labels, .probabilities, .losses], writes: false,
    make: {
      Plan(smoothing: Float($0[LabelSmoothing.share]), classWeights: $0[classWeights])
    })

  let validationMetrics = ["loss", "accuracy", "f1.weighted"]
  private let model: any SequenceClassifier
  private let encoder: SegmentEncoder
  /// The share of a target that training spreads over all classes.
  private let smoothing: Float
  private let classWeights: ClassWeights?
  /// How much a record of each class counts; nil where all count alike.
  private var weights: [Float]?
  /// Labels are told apart by their bytes: two spellings that Unicode calls equal are two labels.
  private let classes: [[UInt8]: Int32]

  /// The classes are those of the training records.
  struct Plan: ObjectivePlan {
    let smoothing: Float
    let classWeights: ClassWeights?

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
      return ClassificationObjective(model, tokenizer, maximumLength: maximumLength, self)
    }
  }

  private init(
    _ model: any SequenceClassifier, _ tokenizer: Tokenizer, maximumLength: Int, _ plan: Plan
  ) {
    (smoothing, classWeights) = (plan.smoothing, plan.classWeights)
    self.model = model
    encoder = SegmentEncoder(tokenizer, maximumLength: maximumLength)
    classes = Dictionary(
      model.labels.enumerated().map { (Array($1.utf8), Int32($0)) },
      uniquingKeysWith: { first, _ in first })
  }

  var classCount: Int? { model.labels.count }

  func fitted(
    to training: [Example], taken: [Double]?
  ) throws(TrainingError) -> any TrainingObjective {
    guard let classWeights else { return self }
    var counts = [Double](repeating: 0, count: model.labels.count)
    for (place, example) in training.enumerated() {
      for target in example.targets where target >= 0 {
        counts[Int(target)] += taken?[place] ?? 1
      }
    }
    var fitted = self
    fitted.weights = try classWeights.weights(of: model.labels, counts)
    return fitted
  }

  func weight(of example: Example) -> Float {
    guard let weights else { return Float(example.counted) }
    return example.targets.reduce(0) { $0 + ($1 < 0 ? 0 : weights[Int($1)]) }
  }

  func example(of record: Record) throws(StageError) -> Example {
    let text = try LabelledText(record)
    guard let target = classes[Array(text.label.utf8)] else {
      throw StageError(
        "unknown-label", "the label '\(text.label)' is on no record of the training side",
        source: record.source, field: "label", remedy: "stratify the split by label")
    }
    let encoded = encoder.encode(text.text)
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
    loss(tape, examples, logits: model.logits(tape, TokenBatch(examples)), divisor: divisor)
  }

  private func loss(
    _ tape: Tape, _ examples: [Example], logits: Tensor, divisor: Float
  ) -> Loss {
    tape.crossEntropy(
      logits, targets: examples.flatMap(\.targets), smoothing: smoothing, divisor: divisor,
      classWeights: weights)
  }

  func predictions(_ examples: [Example]) -> [Prediction] {
    let tape = Tape.inference()
    return predictions(tape, examples, logits: model.logits(tape, TokenBatch(examples)))
  }

  func surprise(_ tape: Tape, _ example: Example) -> Loss {
    tape.crossEntropy(
      model.logits(tape, TokenBatch([example])), targets: example.targets, divisor: 1)
  }

  /// Without weights, so that losses are those of the records as they are.
  private func predictions(
    _ tape: Tape, _ examples: [Example], logits: Tensor
  ) -> [Prediction] {
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

extension ClassificationObjective: FeatureObjective {
  func features(_ examples: [Example], below cut: ClassifierCut) -> Tensor {
    model.features(Tape.inference(), TokenBatch(examples), below: cut)
  }

  func loss(
    _ tape: Tape, _ examples: [Example], features: Tensor, above cut: ClassifierCut, divisor: Float
  ) -> Loss {
    let logits = logits(tape, examples, features, above: cut)
    return loss(tape, examples, logits: logits, divisor: divisor)
  }

  func predictions(
    _ examples: [Example], features: Tensor, above cut: ClassifierCut
  ) -> [Prediction] {
    let tape = Tape.inference()
    return predictions(tape, examples, logits: logits(tape, examples, features, above: cut))
  }

  private func logits(
    _ tape: Tape, _ examples: [Example], _ features: Tensor, above cut: ClassifierCut
  ) -> Tensor {
    model.logits(tape, features: features, above: cut, TokenBatch(examples))
  }
}
