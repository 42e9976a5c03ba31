import Models
import Stages

extension TrainingOptions {
  /// What `model:` says for a model that begins with random weights.
  public static let scratch = "scratch"

  /// The method chosen.
  var method: any TrainingMethod { MethodDescriptor.method(values[Keys.method]) }

  /// The objective chosen, before there is a model.
  var objectivePlan: any ObjectivePlan {
    let component = values[Keys.objective]
    return ObjectiveDescriptor.named(component.name).make(component.values)
  }

  /// How conversations were written for the model; nil where the objective reads none.
  package var template: TemplateChoice? {
    let component = values[Keys.objective]
    let isCausal = component.name == CausalObjective.descriptor.component.name
    return isCausal ? component.values[CausalObjective.template] : nil
  }

  /// What is read before each source; nil where the objective reads no sources.
  package var sourcePrefix: String? {
    guard readsSources else { return nil }
    return values[Keys.objective].values[SequenceToSequenceObjective.sourcePrefix]
  }

  /// Whether the model reads one sequence and writes another, by an encoder and a decoder.
  var readsSources: Bool {
    values[Keys.objective].name == SequenceToSequenceObjective.descriptor.component.name
  }

  /// How parts of the training side are mixed; nil where an epoch takes every record once.
  public var mixture: MixtureOptions? { values[Keys.mixture] }

  /// The files that options name, whose contents a result depends on.
  public var files: [String] {
    let own = if case .file(let path)? = template { [path.resolved] } else { [String]() }
    return own + penaltyFiles
  }

  /// What matrix products multiply on this machine.
  public var precision: PrecisionChoice { PrecisionChoice(values[Keys.precision]) }

  /// The length records are cut to: never more than the model takes.
  func length(of model: any Model, otherwise fallback: Int?) -> Int {
    min(values[Keys.maxLength] ?? fallback ?? model.maximumLength, model.maximumLength)
  }

  /// What `reduce-on-plateau` was told; nil for another schedule.
  var plateau: ParameterValues? {
    let schedule = values[Keys.schedule]
    return schedule.name == "reduce-on-plateau" ? schedule.values : nil
  }

  /// The learning rates of a number of steps.
  package func schedule(totalSteps: Int) -> LearningRateSchedule {
    LearningRateSchedule(
      values[Keys.schedule], warmupRatio: values[Keys.warmupRatio],
      warmupSteps: values[Keys.warmupSteps], totalSteps: totalSteps,
      peak: values[Keys.learningRate])
  }

  /// The rule by which parameters are changed.
  package var updateRule: any UpdateRule { OptimizerDescriptor.rule(values) }
}
