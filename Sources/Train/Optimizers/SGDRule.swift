import Stages
package import Tensors

/// Gradient descent, with momentum where it is asked for, as `torch.optim.SGD` has it.
package struct SGDRule: UpdateRule {
  private let momentum, dampening: Double
  private let isNesterov: Bool

  private static let momentum = Parameter(
    "momentum", default: 0.0, "The share of the last step that the next one goes on with.",
    check: Check.within(0...1))
  private static let dampening = Parameter(
    "dampening", default: 0.0, "The share of each gradient that momentum does not take.",
    check: Check.within(0...1))
  private static let nesterov = Parameter(
    "nesterov", default: false, "Look ahead along the momentum (Nesterov 1983).")

  static let descriptor = OptimizerDescriptor(
    component: ComponentDescriptor(
      "sgd", "Steps along gradients; weight decay is part of the gradient, as in torch.",
      parameters: [momentum, nesterov, dampening], check: faults),
    make: { own, _ in
      SGDRule(
        momentum: own[momentum], dampening: own[dampening], isNesterov: own[nesterov])
    })

  private static func faults(_ values: ParameterValues) -> [Diagnostic] {
    guard values[nesterov], values[momentum] == 0 || values[dampening] != 0 else { return [] }
    return [
      Diagnostic(
        "nesterov needs a momentum, and no dampening",
        remedy: "write sgd: {momentum: 0.9, nesterov: true}")
    ]
  }

  /// A rule; the defaults are those of torch.
  package init(momentum: Double = 0, dampening: Double = 0, isNesterov: Bool = false) {
    self.momentum = momentum
    self.dampening = dampening
    self.isNesterov = isNesterov
  }

  /// A buffer, with momentum.
  package func memory(of shape: [Int]) -> [(name: String, shape: [Int])] {
    momentum > 0 ? [("momentum_buffer", shape)] : []
  }

  /// Changes a parameter.
  package func update(_ parameter: Tensor, _ memory: [Tensor], _ step: UpdateStep) {
    SGD(
      learningRate: step.learningRate, momentum: Float(momentum), dampening: Float(dampening),
      isNesterov: isNesterov, weightDecay: step.weightDecay
    ).update(
      parameter, buffer: memory.first, step: step.number, gradientFactor: step.gradientFactor)
  }
}
