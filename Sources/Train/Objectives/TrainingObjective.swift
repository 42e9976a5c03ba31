import Evaluate
import Models
import Records
public import Stages
import Tensors
import Tokenize

/// What is minimised, over a model that is fit for it.
///
/// An objective knows nothing of what is updated and how steps are taken: it turns records into
/// examples, examples into a loss, and predictions into outcomes.
protocol TrainingObjective: Sendable {
  /// The metrics of the validation side that are always computed.
  var validationMetrics: [String] { get }
  /// The number of classes, for choosing metrics; nil where there are none.
  var classCount: Int? { get }
  /// What a person should know before training begins.
  var notes: [String] { get }
  /// A record as the model sees it.
  /// - Throws: `StageError` naming the record and the field that is missing.
  func example(of record: Record) throws(StageError) -> Example
  /// The objective with what it takes from the training side as a whole.
  /// - Parameter taken: How often an epoch takes each example; once if nil.
  /// - Throws: `TrainingError` for options that do not fit it.
  func fitted(
    to training: [Example], taken: [Double]?
  ) throws(TrainingError) -> any TrainingObjective
  /// How much an example counts in the mean of a step: its counted targets, unless they are weighed.
  func weight(of example: Example) -> Float
  /// What a step learns of an example, where that is drawn anew for each.
  /// - Parameter randomness: The step; nil for what gradients are judged by before training.
  func drawn(_ example: Example, _ randomness: Tape.Randomness?) -> Example
  /// The loss of examples as they were drawn: the weighed sum over targets, divided by `divisor`.
  func loss(_ tape: Tape, _ examples: [Example], divisor: Float) -> Loss
  /// -log p(y|x) of all targets of an example together, unsmoothed and unweighed.
  func surprise(_ tape: Tape, _ example: Example) -> Loss
  /// What the model says of each example, dropout off.
  func predictions(_ examples: [Example]) -> [Prediction]
  /// What metrics need.
  func outcomes(_ predictions: [Prediction]) -> Outcomes
}

extension TrainingObjective {
  /// Most objectives have nothing to say.
  var notes: [String] { [] }

  /// Most objectives need nothing of it.
  func fitted(
    to training: [Example], taken: [Double]?
  ) throws(TrainingError) -> any TrainingObjective { self }

  /// Most objectives weigh all targets alike.
  func weight(of example: Example) -> Float { Float(example.counted) }

  /// Most objectives learn an example whole.
  func drawn(_ example: Example, _ randomness: Tape.Randomness?) -> Example { example }
}

/// An objective whose losses follow from what a part of the model says of each example by itself.
///
/// Where no step changes what gives these vectors, they need not be computed again.
protocol FeatureObjective: TrainingObjective {
  /// The vectors below a cut, dropout off: `[vectors, width]`, one of each example or, below a layer, of each
  /// of its tokens.
  func features(_ examples: [Example], below cut: ClassifierCut) -> Tensor
  /// The loss of examples of which these are the vectors, as `loss` has it of the examples alone.
  func loss(
    _ tape: Tape, _ examples: [Example], features: Tensor, above cut: ClassifierCut, divisor: Float
  ) -> Loss
  /// What the model says of each example of which these are the vectors, dropout off.
  func predictions(
    _ examples: [Example], features: Tensor, above cut: ClassifierCut
  ) -> [Prediction]
}

/// An objective whose models write texts.
protocol WritingObjective: TrainingObjective {
  /// Whether predictions hold what the model writes even where no metric is of it.
  var writesUnasked: Bool { get }
  /// What writes answers.
  /// - Throws: `ModelError` for options that make no sense, or a model that generates nothing.
  func writer(_ options: WritingOptions, seed: UInt64) throws(ModelError) -> AnswerWriter
  /// What the model reads before it writes the answer to a record.
  /// - Throws: `StageError` for a record that asks nothing.
  func question(of record: Record, for writer: AnswerWriter) throws(StageError) -> Question
}

/// The settings of an objective before there is a model.
protocol ObjectivePlan: Sendable {
  /// What the model must do, learned from the training records.
  /// - Throws: `StageError` for a record that cannot be learned from.
  func task(_ records: RecordCollection) throws -> ModelTask
  /// A model that was trained for this objective, with its head.
  /// - Throws: `ModelError` where the folder's model is none.
  func trainedModel(_ folder: String) throws(ModelError) -> any Model
  /// The objective over a model.
  /// - Throws: `TrainingError` where the model or its tokenizer does not fit.
  func bind(
    _ model: any Model, _ tokenizer: Tokenizer, maximumLength: Int
  ) throws(TrainingError) -> any TrainingObjective
  /// Refuses a record that asks a model nothing, before there is one.
  /// - Throws: `StageError` naming the record.
  func checkQuestion(_ record: Record) throws(StageError)
}

extension ObjectivePlan {
  /// Most objectives read any record they learn from.
  func checkQuestion(_ record: Record) throws(StageError) {}
}

/// An objective's name, parameters, what its outcomes provide, and its maker.
struct ObjectiveDescriptor: Sendable {
  let component: ComponentDescriptor
  let provides: Set<MetricNeed>
  /// Whether its models write texts.
  var writes = true
  let make: @Sendable (ParameterValues) -> any ObjectivePlan
}

/// Every objective; a new one is a file in `Objectives` and a line here.
let objectives: [ObjectiveDescriptor] = [
  ClassificationObjective.descriptor, CausalObjective.descriptor,
  SequenceToSequenceObjective.descriptor, MaskedObjective.descriptor,
]

/// What can be minimised, for the catalog.
public let trainingObjectives: [ComponentDescriptor] = objectives.map(\.component)

extension ObjectiveDescriptor {
  /// The objective that a pipeline file names.
  static func named(_ name: String) -> ObjectiveDescriptor {
    guard let descriptor = objectives.first(where: { $0.component.name == name }) else {
      preconditionFailure("the catalog has no objective '\(name)'")
    }
    return descriptor
  }
}
