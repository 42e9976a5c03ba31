public import Stages
package import Tensors

/// How one parameter is changed by its gradient: the formula of an optimizer, and what it remembers.
///
/// A rule knows nothing of schedules, clipping and accumulation. A new one is a file in `Optimizers`
/// and a line in `optimizers`.
package protocol UpdateRule: Sendable {
  /// What is remembered of a parameter of a shape, by torch's names; all of it begins as zeros.
  func memory(of shape: [Int]) -> [(name: String, shape: [Int])]
  /// The learning rate of a step, counted from 1, for which the schedule says `scheduled`.
  func rate(step: Int, scheduled: Double) -> Double
  /// Changes a parameter, and what is remembered of it in the order of `memory`.
  func update(_ parameter: Tensor, _ memory: [Tensor], _ step: UpdateStep)
}

extension UpdateRule {
  /// Most do as the schedule says.
  package func rate(step: Int, scheduled: Double) -> Double { scheduled }
}

/// What a step is to one parameter.
package struct UpdateStep: Sendable {
  /// The step's number, from 1.
  package let number: Int
  /// Its learning rate for the parameter.
  package let learningRate: Float
  /// The decay of the parameter; 0 for biases and norms.
  package let weightDecay: Float
  /// What clipping multiplies gradients by.
  package let gradientFactor: Float
}

/// An optimizer's name, parameters and maker.
struct OptimizerDescriptor: Sendable {
  let component: ComponentDescriptor
  /// Makes the rule of its own values and those of `train`.
  let make: @Sendable (_ own: ParameterValues, _ training: ParameterValues) -> any UpdateRule
}

/// Every optimizer, in the order of the catalog.
let optimizers: [OptimizerDescriptor] = [
  AdamWRule.descriptor, SGDRule.descriptor, LionRule.descriptor, AdafactorRule.descriptor,
]

/// What can take steps, for the catalog.
public let trainingOptimizers: [ComponentDescriptor] = optimizers.map(\.component)

extension OptimizerDescriptor {
  /// The rule that a pipeline file names.
  static func rule(_ training: ParameterValues) -> any UpdateRule {
    let component = training[TrainingOptions.Keys.optimizer]
    guard let descriptor = optimizers.first(where: { $0.component.name == component.name }) else {
      preconditionFailure("the catalog has no optimizer '\(component.name)'")
    }
    return descriptor.make(component.values, training)
  }
}

extension Check {
  /// A number, where written, must be a share.
  static let optionalShare: @Sendable (Double?) -> String? = {
    $0.map { !(0...1).contains($0) } == true ? "must be from 0.0 to 1.0" : nil
  }
}
