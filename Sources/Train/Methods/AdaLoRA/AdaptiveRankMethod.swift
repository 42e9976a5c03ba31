import Models
import Stages

/// Low-rank updates whose ranks go where they are needed (AdaLoRA: Zhang and others 2023).
struct AdaptiveRankMethod: TrainingMethod {
  private let options: AdaptiveRankOptions

  static let descriptor = MethodDescriptor(
    component: ComponentDescriptor(
      "adalora",
      "Low-rank updates whose ranks are given, step by step, to the maps that need them.",
      parameters: Keys.all, check: Keys.faults),
    make: { AdaptiveRankMethod(options: Keys.options($0)) })

  func prepare(_ model: any Model, _ start: MethodStart) throws(ModelError) -> PreparedMethod {
    var options = options
    options.updates.savedModules = TaskHead.modules(of: model, start)
    return PreparedMethod(try AdaptiveRankAdapter(options, to: model, seed: start.seed))
  }
}

/// What `adalora` takes in a pipeline file.
private enum Keys {
  static let initialRank = Parameter(
    "initial-rank", default: 12, aliases: ["init_r", "init-r"],
    "The rank of every update at the beginning.", check: Check.atLeast(1))
  static let targetRank = Parameter(
    "target-rank", default: 8, aliases: ["target_r", "target-r"],
    "The mean rank of updates in the end.", check: Check.atLeast(1))
  static let alpha = Parameter(
    "alpha", default: 8.0, aliases: ["lora_alpha"],
    "Updates are scaled by alpha / initial-rank.")
  static let dropout = Parameter(
    "dropout", default: 0.0, aliases: ["lora_dropout"], "The dropout of what updates read.",
    check: { (0..<1).contains($0) ? nil : "must be from 0 to below 1" })
  static let targets = Parameter<[String]?>(
    "targets", default: nil, aliases: ["target_modules"],
    "What is updated: roles, ends of names, all-linear or a regular expression; queries and values by "
      + "default, more in RoBERTa, and all in T5, Marian and FSMT.")
  static let warmup = Parameter(
    "warmup", default: 0, aliases: ["tinit"], "Steps before the first rank is taken away.",
    check: Check.atLeast(0))
  static let final = Parameter(
    "final", default: 0, aliases: ["tfinal"], "Steps in the end during which ranks stay.",
    check: Check.atLeast(0))
  static let interval = Parameter(
    "interval", default: 1, aliases: ["deltaT"], "Steps between two times that ranks are taken.",
    check: Check.atLeast(1))
  static let beta1 = Parameter(
    "beta1", default: 0.85, "The decay of the mean of importance.", check: decay)
  static let beta2 = Parameter(
    "beta2", default: 0.85, "The decay of the mean of its uncertainty.", check: decay)
  static let penalty = Parameter(
    "orthogonality", default: 0.5, aliases: ["orth_reg_weight"],
    "What the loss counts how far the directions of an update are from orthogonal.",
    check: Check.atLeast(0.0))

  private static let decay: @Sendable (Double) -> String? = {
    $0 > 0 && $0 < 1 ? nil : "must be between 0 and 1"
  }

  static let all: [any AnyParameter] = [
    initialRank, targetRank, alpha, dropout, targets, warmup, final, interval, beta1, beta2,
    penalty,
  ]

  static let faults: @Sendable (ParameterValues) -> [Diagnostic] = { values in
    guard values[targetRank] > values[initialRank] else { return [] }
    return [
      Diagnostic(
        "has the target-rank \(values[targetRank]), above its initial-rank \(values[initialRank])",
        remedy: "lower target-rank, or raise initial-rank")
    ]
  }

  static func options(_ values: ParameterValues) -> AdaptiveRankOptions {
    var options = AdaptiveRankOptions()
    options.initialRank = values[initialRank]
    options.targetRank = values[targetRank]
    options.updates.alpha = values[alpha]
    options.updates.dropout = values[dropout]
    options.updates.targets = values[targets].map { ModuleTargets($0) }
    options.warmup = values[warmup]
    options.final = values[final]
    options.interval = values[interval]
    options.beta1 = values[beta1]
    options.beta2 = values[beta2]
    options.penalty = values[penalty]
    return options
  }
}
