package import Models
import Tensors

/// AdamW over the trainable parameters, with weight decay where transformers has it.
package struct Optimizer {
  /// The settings that stay the same over a run.
  package struct Settings: Sendable {
    package var beta1: Double
    package var beta2: Double
    package var epsilon: Double
    package var weightDecay: Double
    /// Gradients with a larger norm are scaled down to it; 0 turns it off.
    package var maximumNorm: Double

    /// Settings; the defaults are those of torch and of transformers' Trainer.
    package init(
      beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0,
      maximumNorm: Double = 1
    ) {
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
      self.weightDecay = weightDecay
      self.maximumNorm = maximumNorm
    }
  }

  let parameters: [NamedParameter]
  private(set) var moments: [AdamW.Moments]
  private let settings: Settings
  private let rates: [Float]

  /// An optimizer that has seen nothing yet.
  /// - Parameter rates: Learning rates of parameters by name, as multiples of that of a step.
  package init(
    _ parameters: [NamedParameter], _ settings: Settings, rates: [String: Double] = [:]
  ) {
    self.parameters = parameters
    self.settings = settings
    self.rates = parameters.map { Float(rates[$0.name] ?? 1) }
    moments = parameters.map { AdamW.Moments(shape: $0.tensor.shape) }
  }

  /// Updates every parameter from its gradient, clears the gradients and tells their norm.
  /// - Parameters:
  ///   - step: Counted from 1.
  ///   - behind: Called with the factor of the gradients while these are still there.
  package func update(
    step: Int, learningRate: Double, behind: (_ gradientFactor: Float) -> Void = { _ in }
  ) -> Float {
    let norm = gradientNorm(of: parameters.map(\.tensor))
    let factor =
      settings.maximumNorm > 0
      ? clippingFactor(norm: norm, maximum: Float(settings.maximumNorm)) : 1
    for (index, (parameter, moments)) in zip(parameters, moments).enumerated() {
      let adam = AdamW(
        learningRate: Float(learningRate) * rates[index], beta1: Float(settings.beta1),
        beta2: Float(settings.beta2), epsilon: Float(settings.epsilon),
        weightDecay: parameter.isDecayed ? Float(settings.weightDecay) : 0)
      adam.update(parameter.tensor, moments, step: step, gradientFactor: factor)
    }
    behind(factor)
    for parameter in parameters { parameter.tensor.gradient = nil }
    return norm
  }

  /// The moments as they are saved, under the names that torch gives them.
  var saved: [(name: String, tensor: Tensor)] {
    zip(parameters, moments).flatMap { parameter, moments in
      [
        ("\(parameter.name).exp_avg", moments.first),
        ("\(parameter.name).exp_avg_sq", moments.second),
      ]
    }
  }

  /// Takes the moments of a checkpoint.
  /// - Throws: `ModelError` where one is missing or has another shape.
  mutating func restore(_ file: SafetensorsFile) throws(ModelError) {
    var restored: [AdamW.Moments] = []
    for parameter in parameters {
      let first = try file.tensor("\(parameter.name).exp_avg")
      let second = try file.tensor("\(parameter.name).exp_avg_sq")
      guard first.shape == parameter.tensor.shape, second.shape == first.shape else {
        throw ModelError(
          .mismatch, file: file.path, problem: "the moments of \(parameter.name) have other shapes")
      }
      restored.append(AdamW.Moments(first: first, second: second))
    }
    moments = restored
  }
}
