internal import CKernels

/// One parameter's step of gradient descent, as `torch.optim.SGD` takes it.
///
/// g ← g + λ θ; b ← μ b + (1 - δ) g, at the run's first step b ← g; g ← g + μ b with Nesterov's
/// momentum, else b; θ ← θ - lr g. torch takes each parameter's first gradient whole: with dampening, a
/// parameter whose first gradient comes at a later step begins with 1 - δ of it here.
package struct SGD: Sendable {
  /// The learning rate of this step.
  package var learningRate: Float
  /// μ, the share of the buffer that stays; 0 for no buffer.
  package var momentum: Float
  /// δ, the share of each gradient that the buffer does not take.
  package var dampening: Float
  /// Whether the step looks ahead along the buffer (Nesterov 1983).
  package var isNesterov: Bool
  /// λ, added to the gradient.
  package var weightDecay: Float

  /// A step; the defaults are those of torch.
  package init(
    learningRate: Float, momentum: Float = 0, dampening: Float = 0, isNesterov: Bool = false,
    weightDecay: Float = 0
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.dampening = dampening
    self.isNesterov = isNesterov
    self.weightDecay = weightDecay
  }

  /// Updates `parameter` from its gradient times `gradientFactor`; does nothing without gradient.
  /// - Parameters:
  ///   - buffer: Of the parameter's shape; nil without momentum.
  ///   - step: Counted from 1.
  package func update(
    _ parameter: Tensor, buffer: Tensor?, step: Int, gradientFactor: Float = 1
  ) {
    guard let gradient = parameter.gradient else { return }
    let settings = anneal_sgd_settings(
      learning_rate: learningRate, momentum: momentum, dampening: dampening,
      weight_decay: weightDecay, gradient_factor: gradientFactor, is_nesterov: isNesterov,
      is_first: step == 1)
    let count = Int64(parameter.count)
    reading(gradient) {
      parameter.storage.write { value in
        guard let buffer else { return anneal_sgd(count, settings, gradient.base, value, nil) }
        buffer.storage.write { anneal_sgd(count, settings, gradient.base, value, $0) }
      }
    }
  }
}
