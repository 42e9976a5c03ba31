import Models
import Stages
import Tensors

/// The weights that training began with, and how strongly each is held there.
///
/// Memory: once more what is penalised, and again where each value counts by itself.
struct WeightAnchor {
  /// A weight, its values at the start and how much each counts; nil where all count alike.
  private typealias Held = (weight: Tensor, start: Tensor, importance: Tensor?)
  private let held: [Held]
  private let strength: Double
  private let name: String

  /// Takes the weights as they are now for the start.
  /// - Throws: what the penalty throws; `TrainingError` where nothing is left to hold. Nil where a
  ///   strength of 0 asks for no penalty.
  init?(_ penalty: any TrainingPenalty, named name: String, _ start: PenaltyStart) throws {
    guard !start.weights.isEmpty else {
      throw TrainingError(
        "penalty '\(name)' finds no weight to hold: what is trained begins with random values",
        remedy: "train more of the model, as with method: full, or leave penalty out")
    }
    let importance = try penalty.importance(start)
    guard penalty.strength > 0 else { return nil }
    held = start.weights.compactMap { parameter -> Held? in
      guard let importance else { return (parameter.tensor, parameter.tensor.copy(), nil) }
      return importance[parameter.name].map { (parameter.tensor, parameter.tensor.copy(), $0) }
    }
    strength = penalty.strength
    self.name = name
  }

  /// Adds the slope of the penalty to the gradients of what trains in this step.
  /// - Returns: the penalty itself.
  func pull() -> Double {
    let sum = held.reduce(0.0) { sum, held in
      // What is frozen yet has not left its start.
      guard held.weight.requiresGradient else { return sum }
      return sum
        + held.weight.pull(
          towards: held.start, weights: held.importance, strength: Float(strength))
    }
    return strength / 2 * sum
  }

  /// What a person should know.
  var note: String {
    let count = held.reduce(0) { $0 + $1.weight.count }
    let bytes = held.reduce(0) { $0 + 4 * $1.weight.count * ($1.importance == nil ? 1 : 2) }
    let mean = held.reduce(0.0) { $0 + ($1.importance?.sum ?? Double($1.weight.count)) }
    let importance =
      held.contains { $0.importance != nil }
      ? ", whose F is \(Float(mean / Double(max(count, 1)))) on average" : ""
    return "penalty \(name) holds \(count) weights near their start\(importance); "
      + "\((Double(bytes) / 1e6 * 10).rounded() / 10) MB of memory for that"
  }
}
