import Models
import Stages
import Tensors

/// The part of a model that no step changes, and what it says of each example, computed once.
///
/// It runs without dropout, as one result stands for all epochs. The first epoch costs a forward pass, later
/// ones what lies above the cut. Nothing of it is in a checkpoint: a run that goes on computes the vectors
/// again as it needs them, bit for bit.
struct ConstantTrunk {
  private let objective: any FeatureObjective
  private let cut: ClassifierCut
  private let vectors: TrunkVectors
  private let training, validation: [Example]

  /// - Parameters:
  ///   - vectors: What is known of the examples so far, and what is to come; of these sides, in their order.
  ///   - training: The examples of the training side.
  ///   - validation: Those of the validation side.
  init(
    _ objective: any FeatureObjective, below cut: ClassifierCut, _ vectors: TrunkVectors,
    training: [Example], validation: [Example]
  ) {
    (self.objective, self.cut, self.vectors) = (objective, cut, vectors)
    (self.training, self.validation) = (training, validation)
  }

  /// What a person should know of it.
  var notes: [String] {
    let below =
      switch cut {
      case .layer(1): "first layer"
      case .layer(let number): "first \(number) layers"
      case .pooling, .output: "encoder"
      }
    let run = cut.isOfSequences || cut == .layer(1) ? "runs" : "run"
    return [
      "the frozen \(below) \(run) once a record, without dropout (cache: false in the method: in every "
        + "step, with dropout)"
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
      tape, examples, features: try vectors.training.vectors(places) { features(training, $0) },
      above: cut, divisor: divisor)
  }

  /// What the model says of each example of the validation side.
  func predictions() throws -> [Prediction] {
    try Predictor.predictions(vectors.validationBatches) { batch in
      objective.predictions(
        batch.map { validation[$0] },
        features: try vectors.validation.vectors(batch) { features(validation, $0) }, above: cut)
    }
  }

  private func features(_ side: [Example], _ places: [Int]) -> Tensor {
    objective.features(places.map { side[$0] }, below: cut)
  }
}

/// What a trunk says of the examples of both sides, for whoever asks for it first.
struct TrunkVectors {
  let training, validation: FeatureCache
  /// The batches that the validation side is read in.
  let validationBatches: [[Int]]

  /// - Parameters:
  ///   - training: The examples and the batches that they are computed in, as of the validation side.
  ///   - memory: What a side may hold in memory.
  ///   - folder: Where vectors lie, in files without a name, that memory has no place for.
  init(
    below cut: ClassifierCut, training: (examples: [Example], batches: [[Int]]),
    validation: (examples: [Example], batches: [[Int]]), memory: () -> MemoryAllowance,
    folder: String
  ) {
    func cache(_ side: (examples: [Example], batches: [[Int]])) -> FeatureCache {
      FeatureCache(
        batches: side.batches, rows: cut.isOfSequences ? nil : side.examples.map(\.tokens.count),
        memory: memory(), folder: folder)
    }
    (self.training, self.validation) = (cache(training), cache(validation))
    validationBatches = validation.batches
  }
}
