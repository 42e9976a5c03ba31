package import Models
import Stages
package import Tensors

/// A rule's steps over the trainable parameters, with clipping, and weight decay where transformers
/// has it.
package struct Optimizer {
  let parameters: [NamedParameter]
  private let rule: any UpdateRule
  /// What the rule remembers of each parameter; nothing is held of one that has not begun to train.
  private var memory: [[Tensor]?]
  /// The steps behind which each parameter begins to train.
  private let begins: [Int]
  private let weightDecay: Double
  private let maximumNorm: Double
  private let rates: [Float]

  /// An optimizer that has seen nothing yet.
  /// - Parameters:
  ///   - weightDecay: Of weights; biases and norms have none.
  ///   - maximumNorm: Gradients with a larger norm are scaled down to it; 0 turns it off.
  ///   - rates: Learning rates of parameters by name, as multiples of that of a step.
  ///   - begins: The steps behind which parameters begin to train, by name; 0 where there is none. As in
  ///     torch, where a frozen parameter has no gradient, nothing decays before, and the rule counts
  ///     a parameter's steps from there.
  package init(
    _ parameters: [NamedParameter], _ rule: any UpdateRule = AdamWRule(), weightDecay: Double = 0,
    maximumNorm: Double = 1, rates: [String: Double] = [:], begins: [String: Int] = [:]
  ) {
    self.parameters = parameters
    self.rule = rule
    self.weightDecay = weightDecay
    self.maximumNorm = maximumNorm
    self.rates = parameters.map { Float(rates[$0.name] ?? 1) }
    self.begins = parameters.map { begins[$0.name] ?? 0 }
    memory = parameters.map { _ in nil }
    prepare(for: 1)
  }

  /// Sees to it that there is memory of what trains in a step, counted from 1; done for the first.
  package mutating func prepare(for step: Int) {
    for index in active(in: step) where memory[index] == nil {
      memory[index] = rule.memory(of: parameters[index].tensor.shape).map {
        Tensor(shape: $0.shape)
      }
    }
  }

  /// What trains in a step, counted from 1.
  private func active(in step: Int) -> [Int] {
    parameters.indices.filter { begins[$0] < step }
  }

  /// The learning rate of a step, counted from 1, for which the schedule says `scheduled`.
  package func rate(step: Int, scheduled: Double) -> Double {
    rule.rate(step: step, scheduled: scheduled)
  }

  /// Updates every parameter from its gradient, clears the gradients and tells their norm.
  ///
  /// Nothing is updated where the norm is not a number.
  /// - Parameters:
  ///   - step: Counted from 1.
  ///   - learningRate: What `rate` says.
  ///   - behind: Called with the factor of the gradients while these are still there.
  package func update(
    step: Int, learningRate: Double, behind: (_ gradientFactor: Float) -> Void = { _ in }
  ) -> Float {
    let active = active(in: step)
    let norm = gradientNorm(of: active.map { parameters[$0].tensor })
    if norm.isFinite {
      let factor = maximumNorm > 0 ? clippingFactor(norm: norm, maximum: Float(maximumNorm)) : 1
      for index in active {
        let parameter = parameters[index]
        guard let memory = memory[index] else {
          preconditionFailure("step \(step) was not prepared for: \(parameter.name) begins")
        }
        rule.update(
          parameter.tensor, memory,
          UpdateStep(
            number: step - begins[index], learningRate: Float(learningRate) * rates[index],
            weightDecay: parameter.isDecayed ? Float(weightDecay) : 0, gradientFactor: factor))
      }
      behind(factor)
    }
    for parameter in parameters { parameter.tensor.gradient = nil }
    return norm
  }
}

// MARK: - Checkpoints

extension Optimizer {
  /// What the rule remembers as it is saved, under the names that torch gives it.
  package var saved: [(name: String, tensor: Tensor)] {
    zip(parameters, memory).flatMap { parameter, memory in
      zip(rule.memory(of: parameter.tensor.shape), memory ?? []).map {
        ("\(parameter.name).\($0.name)", $1)
      }
    }
  }

  /// Takes what a checkpoint remembers.
  /// - Parameter step: The steps that the checkpoint had taken.
  /// - Throws: `ModelError` where a tensor is missing or has another shape.
  package mutating func restore(
    _ file: SafetensorsFile, behind step: Int = .max
  ) throws(ModelError) {
    var restored: [[Tensor]?] = parameters.map { _ in nil }
    for index in active(in: step) {
      let parameter = parameters[index]
      var memory: [Tensor] = []
      for (name, shape) in rule.memory(of: parameter.tensor.shape) {
        let tensor = try file.tensor("\(parameter.name).\(name)")
        guard tensor.shape == shape else {
          throw ModelError(
            .mismatch, file: file.path,
            problem: "\(name) of \(parameter.name) has the shape \(tensor.shape), not \(shape)")
        }
        memory.append(tensor)
      }
      restored[index] = memory
    }
    memory = restored
  }
}
