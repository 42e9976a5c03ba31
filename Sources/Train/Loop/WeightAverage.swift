package import Models
package import Tensors

/// A moving average of the trainable parameters, which is evaluated and saved in their place.
///
/// After the first step it is the parameters; after each later one average ← decay · average + (1 -
/// decay) · parameters, as torch's `AveragedModel` with `get_ema_multi_avg_fn(decay)` has it.
package struct WeightAverage {
  private let parameters: [NamedParameter]
  private let averages: [Tensor]
  private let decay: Double

  /// An average that has seen no step.
  package init(_ parameters: [NamedParameter], decay: Double) {
    self.parameters = parameters
    self.decay = decay
    averages = parameters.map { $0.tensor.copy() }
  }

  /// Takes the parameters behind a step, counted from 1, into the average.
  package func note(step: Int) {
    for (parameter, average) in zip(parameters, averages) {
      if step == 1 {
        average.assign(parameter.tensor)
      } else {
        average.approach(parameter.tensor, by: 1 - decay)
      }
    }
  }

  /// Runs `body` while the parameters have the values of the average.
  func standingIn<Result>(_ body: () throws -> Result) rethrows -> Result {
    exchange()
    defer { exchange() }
    return try body()
  }

  /// Gives the parameters the values of the average, and the average theirs.
  func exchange() {
    for (parameter, average) in zip(parameters, averages) {
      let values = parameter.tensor.copy()
      parameter.tensor.assign(average)
      average.assign(values)
    }
  }

  // MARK: - Checkpoints

  /// The file of a checkpoint that holds the average.
  static let file = "ema.safetensors"

  /// The average as it is saved.
  package var saved: [(name: String, tensor: Tensor)] {
    zip(parameters, averages).map { ($0.name, $1) }
  }

  /// Takes the average of a checkpoint's folder.
  /// - Throws: `ModelError` where a tensor is missing or has another shape.
  func restore(from folder: String) throws(ModelError) {
    let file = try SafetensorsFile("\(folder)/\(Self.file)")
    for (parameter, average) in zip(parameters, averages) {
      let stored = try file.tensor(parameter.name)
      guard stored.shape == average.shape else {
        throw ModelError(
          .mismatch, file: file.path, problem: "\(parameter.name) has the shape \(stored.shape)")
      }
      average.assign(stored)
    }
  }
}
