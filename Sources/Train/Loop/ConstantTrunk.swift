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

  /// - Parameters:
  ///   - training: The examples and the batches that they are computed in, as of the validation side.
  ///   - folder: Where vectors lie, in a file without a name, that memory has no place for.
  init(
    _ objective: any FeatureObjective, below cut: ClassifierCut,
    training: (examples: [Example], batches: [[Int]]),
    validation: (examples: [Example], batches: [[Int]]), folder: String
  ) {
    func cache(_ side: (examples: [Example], batches: [[Int]])) -> FeatureCache {
      FeatureCache(batches: side.batches, folder: folder) { batch in
        objective.features(batch.map { side.examples[$0] }, below: cut)
      }
    }
    (self.objective, self.cut) = (objective, cut)
    (self.training, self.validation) = (cache(training), cache(validation))
    (validationExamples, validationBatches) = validation
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
