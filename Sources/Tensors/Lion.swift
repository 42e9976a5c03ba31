internal import CKernels

/// One parameter's step of Lion: a whole step along the sign of a mean (Chen and others 2023).
///
/// θ ← θ (1 - lr λ) - lr sign(β₁ m + (1 - β₁) g); m ← β₂ m + (1 - β₂) g.
package struct Lion: Sendable {
  /// The learning rate of this step.
  package var learningRate: Float
  /// The share of the mean in the direction.
  package var beta1: Double
  /// The decay of the mean of gradients.
  package var beta2: Double
  /// λ, applied to the value itself.
  package var weightDecay: Float

  /// A step; the defaults are those of the paper.
  package init(
    learningRate: Float, beta1: Double = 0.9, beta2: Double = 0.99, weightDecay: Float = 0
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.weightDecay = weightDecay
  }

  /// Updates `parameter` from its gradient times `gradientFactor`; does nothing without gradient.
  /// - Parameter mean: The mean of gradients, zeros at first.
  package func update(_ parameter: Tensor, mean: Tensor, gradientFactor: Float = 1) {
    guard let gradient = parameter.gradient else { return }
    let settings = anneal_lion_settings(
      learning_rate: learningRate, beta1: Float(beta1), beta2: Float(beta2),
      rest1: Float(1 - beta1), rest2: Float(1 - beta2), weight_decay: weightDecay,
      gradient_factor: gradientFactor)
    reading(gradient) {
      parameter.storage.write { value in
        mean.storage.write {
          anneal_lion(Int64(parameter.count), settings, gradient.base, value, $0)
        }
      }
    }
  }
}
