import Models
import Stages
import Tensors

/// The part of a model that no step changes, and what it says of each example, computed once.
///
/// It runs without dropout, as one vector stands for all epochs. The first epoch costs a forward pass, later
/// ones what lies above the cut. Nothing of it is in a checkpoint: a run that goes on computes the vectors
/// again as it needs them, bit for bit.
struct ConstantTrunk {
  private let objective: any FeatureObjective
  private let cut: ClassifierCut
  private let training, validation: FeatureCache
  private let validationExamples: [Example]
  private let validationBatches: [[Int]]

  /// - Parameter folder: Where vectors lie, in a file without a name, that memory has no place for.
  init(
    _ objective: any FeatureObjective, below cut: ClassifierCut, _ training: [Example],
    _ validation: [Example], _ settings: LoopSettings, folder: String
  ) {
    func cache(_ examples: [Example], _ batches: [[Int]]) -> FeatureCache {
      FeatureCache(batches: batches, folder: folder) { batch in
        objective.features(batch.map { examples[$0] }, below: cut)
      }
    }
    (self.objective, self.cut) = (objective, cut)
    // The first epoch's own, so that each of its steps computes what it reads.
    let first = settings.order(lengths: training.map(\.tokens.count), epoch: 0)
    self.training = cache(training, Array(first.steps.joined()))
    validationExamples = validation
    validationBatches = BatchOrder.sortedBatches(
      lengths: validation.map(\.tokens.count), batchSize: settings.evaluationBatchSize)
    self.validation = cache(validation, validationBatches)
  }

  /// What a person should know of it.
  var notes: [String] {
    [
      "the frozen encoder runs once a record, without dropout "
        + "(method: {head: {cache: false}} runs it in every step, with dropout)"
    ]
  }

  /// The loss of training examples, as the objective has it of the whole model.
  /// - Parameters:
  ///   - places: Where they stand on the training side.
  ///   - examples: What the step learns of them.
  func loss(
    _ tape: Tape, _ places: [Int], _ examples: [Example], divisor: Float
  ) throws(FileError) -> Loss {
    objective.loss(
      tape, examples, features: try training.vectors(places), above: cut, divisor: divisor)
  }

  /// What the model says of each example of the validation side.
  func predictions() throws -> [Prediction] {
    try Predictor.predictions(validationBatches) { batch in
      objective.predictions(
        batch.map { validationExamples[$0] }, features: try validation.vectors(batch), above: cut)
    }
  }
}
