import Models
import Records
import Stages
import Tensors

/// What the labels of sequences are, under the names of transformers.
enum LabelProblem: String, CaseIterable {
  /// One class each: the cross-entropy.
  case singleLabel = "single_label_classification"
  /// For each class whether it applies: the mean logistic loss.
  case multiLabel = "multi_label_classification"
  /// Numbers: the mean squared error.
  case regression

  /// What a configuration says; nil where it leaves it to the labels.
  /// - Throws: `ModelError.unsupported` for another word.
  init?(_ configuration: ModelConfiguration) throws(ModelError) {
    let word = try configuration.text("problem_type", default: "")
    if word.isEmpty { return nil }
    guard let problem = LabelProblem(rawValue: word) else {
      throw ModelError(
        .unsupported, file: configuration.file, problem: "problem_type is '\(word)'",
        remedy: "Known: \(Self.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    self = problem
  }

  /// What a classifier's configuration says of its classes: whether a text has one, or any number of them.
  /// - Throws: `ModelError.unsupported` for a head of numbers, which are no classes' probabilities.
  static func ofClasses(_ configuration: ModelConfiguration) throws(ModelError) -> LabelProblem {
    let problem = try LabelProblem(configuration)
    if problem == .multiLabel { return .multiLabel }
    // transformers too takes a single output for a number unless it is told otherwise.
    let isNumber = try configuration.labels?.count == 1
    guard problem != .regression, !isNumber else {
      throw ModelError(
        .unsupported, file: configuration.file,
        problem: isNumber
          ? "has a head of one number, of which there is no probability of a class"
          : "is a regression, which has no probabilities of classes",
        remedy: "Give a classifier of two classes or more; where each number is the logit of a "
          + "class, write \"problem_type\": \"\(Self.multiLabel.rawValue)\" in its config.json.")
    }
    return .singleLabel
  }
}

/// The labels of sequences as a line writes them: a number each, or one for each class.
struct SequenceLabels {
  private let request: ForwardRequest
  private let values: [[JSONValue]]
  private let classes: Int
  private let isNested: Bool

  /// Reads the labels of a line; nil where there are none.
  init?(_ request: ForwardRequest, sequences: Int, classes: Int) throws(StageError) {
    guard let value = request.line["labels"] else { return nil }
    var elements = value.array ?? [value]
    // A single sequence may write its label bare, in a list, or as one number for each class.
    if !request.isBatch, elements.first?.array == nil, elements.count == classes, classes > 1 {
      elements = [.array(elements)]
    }
    guard elements.count == sequences else {
      throw request.line.fault(
        "has \(elements.count) labels, where input_ids has \(sequences) sequences",
        field: "labels")
    }
    isNested = elements.contains { $0.array != nil }
    values = elements.map { $0.array ?? [$0] }
    self.request = request
    self.classes = classes
  }

  /// The loss as transformers computes it, which guesses the problem where none is named.
  func loss(
    _ tape: Tape, _ scores: Tensor, _ problem: LabelProblem?
  ) throws(StageError) -> Loss {
    let guess: LabelProblem =
      classes == 1 ? .regression : isNested ? .multiLabel : .singleLabel
    switch problem ?? guess {
    case .singleLabel: return tape.crossEntropy(scores, targets: try chosen())
    case .multiLabel:
      return tape.binaryCrossEntropy(scores, targets: try numbers("0 or 1 for") { 0...1 ~= $0 })
    case .regression:
      return tape.meanSquaredError(scores, targets: try numbers("a number for") { $0.isFinite })
    }
  }

  /// The class of each sequence.
  private func chosen() throws(StageError) -> [Int32] {
    var targets: [Int32] = []
    for (row, values) in values.enumerated() {
      let field = request.name("labels", row)
      guard values.count == 1 else {
        throw request.line.fault(
          "has \(values.count) labels, where each sequence has one", field: field)
      }
      targets.append(try request.line.integer(values[0], .labels(classes), field: field))
    }
    return targets
  }

  /// The numbers of all classes, sequence by sequence.
  private func numbers(
    _ expected: String, _ accepts: (Double) -> Bool
  ) throws(StageError) -> [Float] {
    var targets: [Float] = []
    for (row, values) in values.enumerated() {
      let numbers = values.compactMap(\.double).filter(accepts)
      guard numbers.count == classes, values.count == classes else {
        throw request.line.fault(
          "is \(JSONValue.array(values).text), expected \(expected) each of \(classes) classes",
          field: request.name("labels", row))
      }
      targets += numbers.map { Float($0) }
    }
    return targets
  }
}
