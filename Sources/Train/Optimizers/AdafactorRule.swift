import Stages
package import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Steps by factored second moments, in little memory (Shazeer, Stern 2018), as transformers has it.
///
/// The defaults are those that transformers' Trainer sets: the learning rate is the run's.
package struct AdafactorRule: UpdateRule {
  /// What it can be told.
  package struct Settings: Sendable {
    /// Added to squared gradients, and the least scale of a parameter.
    package var epsilon = [1e-30, 1e-3]
    /// The most root mean square of an update before the learning rate.
    package var clipThreshold = 1.0
    /// The power of the step by which older gradients are forgotten.
    package var decayRate = -0.8
    /// The decay of the mean of updates; nil for none.
    package var beta1: Double?
    /// Whether steps are relative to the root mean square of a parameter.
    package var scalesParameters = false
    /// Whether the rate follows from the step alone.
    package var isRelative = false
    /// Whether that rate begins low.
    package var warmsUp = false

    /// The settings of transformers' Trainer.
    package init() {}
  }

  private let settings: Settings

  static let descriptor = OptimizerDescriptor(
    component: ComponentDescriptor(
      "adafactor",
      "Steps by squared gradients of rows and columns alone: next to no memory beside the "
        + "parameters.",
      parameters: Keys.all, check: Keys.faults),
    make: { own, _ in AdafactorRule(Keys.settings(own)) })

  /// A rule.
  package init(_ settings: Settings = Settings()) { self.settings = settings }

  /// Means over columns and over rows, of vectors one of all; the mean of updates with `beta1`.
  package func memory(of shape: [Int]) -> [(name: String, shape: [Int])] {
    let mean = settings.beta1 == nil ? [] : [("exp_avg", shape)]
    guard let means = Adafactor.meanShapes(shape) else { return [("exp_avg_sq", shape)] + mean }
    return [("exp_avg_sq_row", means.rows), ("exp_avg_sq_col", means.columns)] + mean
  }

  /// The schedule's rate, or one that follows from the step.
  package func rate(step: Int, scheduled: Double) -> Double {
    guard settings.isRelative else { return scheduled }
    return min(settings.warmsUp ? 1e-6 * Double(step) : 1e-2, 1 / Double(step).squareRoot())
  }

  /// Changes a parameter.
  package func update(_ parameter: Tensor, _ memory: [Tensor], _ step: UpdateStep) {
    let scale =
      settings.scalesParameters
      ? max(Float(settings.epsilon[1]), parameter.rootMeanSquare) : 1
    let adafactor = Adafactor(
      learningRate: scale * step.learningRate,
      decay: 1 - pow(Double(step.number), settings.decayRate),
      epsilon: Float(settings.epsilon[0]), clipThreshold: Float(settings.clipThreshold),
      beta1: settings.beta1, weightDecay: step.weightDecay)
    let isFactored = Adafactor.meanShapes(parameter.shape) != nil
    adafactor.update(
      parameter,
      isFactored ? .factored(rows: memory[0], columns: memory[1]) : .whole(memory[0]),
      mean: settings.beta1 == nil ? nil : memory[isFactored ? 2 : 1],
      gradientFactor: step.gradientFactor)
  }
}

/// What `adafactor` takes in a pipeline file.
private enum Keys {
  static let scale = Parameter(
    "scale-parameter", default: false,
    "Take steps relative to the root mean square of each parameter.")
  static let relative = Parameter(
    "relative-step", default: false,
    "Let the rate follow from the step alone; learning-rate and schedule are not used.")
  static let warmup = Parameter(
    "warmup-init", default: false, "Begin the rate of relative-step low.")
  static let clip = Parameter(
    "clip-threshold", default: 1.0, "The most root mean square of an update before the rate.",
    check: { $0 > 0 ? nil : "must be above 0" })
  static let decay = Parameter(
    "decay-rate", default: -0.8, "The power of the step by which older gradients are forgotten.",
    check: { $0 <= 0 ? nil : "must be at most 0" })
  static let epsilon = Parameter(
    "eps", default: [1e-30, 1e-3], aliases: ["epsilon"],
    "Added to squared gradients, and the least scale of a parameter.",
    check: {
      $0.count == 2 && $0.allSatisfy { $0 >= 0 } ? nil : "must be two numbers of at least 0"
    })
  static let beta1 = Parameter<Double?>(
    "beta1", default: nil, "The decay of a mean of updates; none by default.",
    check: Check.optionalShare)

  static let all: [any AnyParameter] = [scale, relative, warmup, clip, decay, epsilon, beta1]

  static func faults(_ values: ParameterValues) -> [Diagnostic] {
    guard values[warmup], !values[relative] else { return [] }
    return [
      Diagnostic("warmup-init is of relative-step", remedy: "write relative-step: true too")
    ]
  }

  static func settings(_ values: ParameterValues) -> AdafactorRule.Settings {
    var settings = AdafactorRule.Settings()
    settings.epsilon = values[epsilon]
    settings.clipThreshold = values[clip]
    settings.decayRate = values[decay]
    settings.beta1 = values[beta1]
    settings.scalesParameters = values[scale]
    settings.isRelative = values[relative]
    settings.warmsUp = values[warmup]
    return settings
  }
}
