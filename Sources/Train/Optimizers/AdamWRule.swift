import Stages
package import Tensors

/// Adam with decoupled weight decay (Loshchilov, Hutter 2019).
package struct AdamWRule: UpdateRule {
  private let beta1, beta2, epsilon: Double

  private static let beta1 = Parameter<Double?>(
    "beta1", default: nil, aliases: ["adam_beta1"],
    "The decay of the first moment; that of train by default.", check: Check.optionalShare)
  private static let beta2 = Parameter<Double?>(
    "beta2", default: nil, aliases: ["adam_beta2"],
    "The decay of the second moment; that of train by default.", check: Check.optionalShare)
  private static let epsilon = Parameter<Double?>(
    "epsilon", default: nil, aliases: ["adam_epsilon", "eps"],
    "The term for stability; that of train by default.", check: Check.optionalAtLeast(0))

  static let descriptor = OptimizerDescriptor(
    component: ComponentDescriptor(
      "adamw",
      aliases: [
        "adamw_torch", "adamw_torch_fused", "adamw_hf", "adamw_apex_fused", "paged_adamw",
        "paged_adamw_32bit",
      ],
      "Steps by the mean of gradients over the root of their mean square.",
      parameters: [beta1, beta2, epsilon]),
    make: { own, training in
      AdamWRule(
        beta1: own[beta1] ?? training[TrainingOptions.Keys.beta1],
        beta2: own[beta2] ?? training[TrainingOptions.Keys.beta2],
        epsilon: own[epsilon] ?? training[TrainingOptions.Keys.epsilon])
    })

  /// A rule; the defaults are those of torch.
  package init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  /// Two moments.
  package func memory(of shape: [Int]) -> [(name: String, shape: [Int])] {
    [("exp_avg", shape), ("exp_avg_sq", shape)]
  }

  /// Changes a parameter.
  package func update(_ parameter: Tensor, _ memory: [Tensor], _ step: UpdateStep) {
    AdamW(
      learningRate: step.learningRate, beta1: beta1, beta2: beta2,
      epsilon: Float(epsilon), weightDecay: step.weightDecay
    ).update(
      parameter, AdamW.Moments(first: memory[0], second: memory[1]), step: step.number,
      gradientFactor: step.gradientFactor)
  }
}
