import Models
import Stages

/// Updates factors of keys, values and feed-forward networks (IA3: Liu and others 2022).
struct IA3Method: TrainingMethod {
  private let options: ColumnFactorOptions

  private static let targets = Parameter<[String]?>(
    "targets", default: nil, aliases: ["target_modules"],
    "The maps that get factors: roles or ends of names; keys, values and the feed-forward network's "
      + "second map by default.")
  private static let feedForward = Parameter<[String]?>(
    "feed-forward", default: nil, aliases: ["feedforward_modules"],
    "Those of the targets whose input gets the factors.")

  static let descriptor = MethodDescriptor(
    component: ComponentDescriptor(
      "ia3", "Factors of keys, values and feed-forward networks are trained.",
      parameters: [targets, feedForward]),
    make: { values in
      var options = ColumnFactorOptions()
      options.targets = values[targets].map { ModuleTargets($0) }
      options.feedForward = values[feedForward].map { ModuleTargets($0) }
      return IA3Method(options: options)
    })

  func prepare(_ model: any Model, _ start: MethodStart) throws(ModelError) -> PreparedMethod {
    var options = options
    options.savedModules = TaskHead.modules(of: model, start)
    return PreparedMethod(try ColumnFactorAdapter(options, to: model))
  }
}
