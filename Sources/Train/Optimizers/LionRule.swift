import Stages
package import Tensors

/// Steps along the sign of a mean of gradients (Chen and others 2023).
package struct LionRule: UpdateRule {
  private let beta1, beta2: Double

  private static let beta1 = Parameter(
    "beta1", default: 0.9, aliases: ["adam_beta1"], "The share of the mean in the direction.",
    check: Check.within(0...1))
  private static let beta2 = Parameter(
    "beta2", default: 0.99, aliases: ["adam_beta2"], "The decay of the mean of gradients.",
    check: Check.within(0...1))

  static let descriptor = OptimizerDescriptor(
    component: ComponentDescriptor(
      "lion", aliases: ["lion_32bit", "paged_lion", "paged_lion_32bit"],
      "Steps of one size along the sign of a mean of gradients: a third to a tenth of AdamW's "
        + "learning rate.",
      parameters: [beta1, beta2]),
    make: { own, _ in LionRule(beta1: own[beta1], beta2: own[beta2]) })

  /// A rule; the defaults are those of the paper.
  package init(beta1: Double = 0.9, beta2: Double = 0.99) {
    self.beta1 = beta1
    self.beta2 = beta2
  }

  /// A mean.
  package func memory(of shape: [Int]) -> [(name: String, shape: [Int])] { [("exp_avg", shape)] }

  /// Changes a parameter.
  package func update(_ parameter: Tensor, _ memory: [Tensor], _ step: UpdateStep) {
    Lion(
      learningRate: step.learningRate, beta1: beta1, beta2: beta2,
      weightDecay: step.weightDecay
    ).update(parameter, mean: memory[0], gradientFactor: step.gradientFactor)
  }
}
