import Models
import Records
public import Stages
import Tensors

/// What is added to the loss for leaving the weights that training began with.
///
/// The value is (strength / 2) Σ F (θ - θ*)², whatever is minimised: θ* are the weights of the start,
/// and F says how much each counts. A penalty knows nothing of objectives and methods; a new one is a
/// folder in `Penalties` and a line in `penalties`.
protocol TrainingPenalty: Sendable {
  /// λ, by which it counts beside the loss; 0 for no penalty at all.
  var strength: Double { get }
  /// The records of an old task that it reads; none where it needs none.
  var data: [PathValue] { get }
  /// The most of these records that it looks at.
  var samples: Int { get }
  /// The files that it reads, whose contents a result depends on.
  var files: [String] { get }
  /// Why it does not go with other options of training; nil where it does.
  func fault(with options: TrainingOptions) -> String?
  /// How much each value of weights counts, by their names; what has no name there does not. Nil where
  /// all count alike.
  /// - Throws: `FileError`, `ModelError` for a file of another model, `TrainingError`.
  func importance(_ start: PenaltyStart) throws -> [String: Tensor]?
}

extension TrainingPenalty {
  var data: [PathValue] { [] }
  var samples: Int { 0 }
  var files: [String] { [] }
  func fault(with options: TrainingOptions) -> String? { nil }
  func importance(_ start: PenaltyStart) throws -> [String: Tensor]? { nil }
}

extension TrainingPenalty {
  /// Numbers that change when anything does that it reads.
  func fingerprint(_ examples: [Example]) throws -> [UInt64] {
    try [examples.fingerprint]
      + files.map { StableHash.hash(try ContentHash.ofFile($0)) }
  }
}

/// A training before its first step, as penalties see it.
struct PenaltyStart {
  /// The weights that may be penalised: those of the model that began with values of a checkpoint.
  let weights: [NamedParameter]
  /// All that takes gradients.
  let trainable: [NamedParameter]
  /// What is minimised.
  let objective: any TrainingObjective
  /// The old task.
  let examples: [Example]
  /// The run's seed.
  let seed: UInt64
  /// The run's folder.
  let folder: String
  /// Changes when anything does that the result depends on.
  let fingerprint: String
}

/// A penalty's name, parameters and maker.
struct PenaltyDescriptor: Sendable {
  let component: ComponentDescriptor
  let make: @Sendable (ParameterValues) -> any TrainingPenalty
}

/// Every penalty, in the order of the catalog.
let penalties: [PenaltyDescriptor] = [EWCPenalty.descriptor, L2SPPenalty.descriptor]

/// What can hold weights near their start, for the catalog.
public let trainingPenalties: [ComponentDescriptor] = penalties.map(\.component)

extension PenaltyDescriptor {
  /// The penalty that a pipeline file names.
  static func penalty(_ component: Component) -> any TrainingPenalty {
    guard let descriptor = penalties.first(where: { $0.component.name == component.name }) else {
      preconditionFailure("the catalog has no penalty '\(component.name)'")
    }
    return descriptor.make(component.values)
  }
}
