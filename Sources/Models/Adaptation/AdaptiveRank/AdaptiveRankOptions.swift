import Records
import Tensors

/// How much rank updates begin with, how much stays, and when it is taken away.
public struct AdaptiveRankOptions: Sendable {
  /// Where updates are added and how they are scaled; its rank is not used.
  public var updates = LowRankOptions()
  /// The rank of every update at the beginning.
  public var initialRank = 12
  /// The mean rank of updates in the end.
  public var targetRank = 8
  /// Steps before the first rank is taken away.
  public var warmup = 0
  /// Steps in the end during which ranks stay.
  public var final = 0
  /// Steps between two times that ranks are taken away.
  public var interval = 1
  /// The decays of the means of importance and of its uncertainty.
  public var beta1 = 0.85, beta2 = 0.85
  /// What the loss counts the distance from orthogonality.
  public var penalty = 0.5

  /// PEFT's numbers.
  public init() { updates.alpha = 8 }

  /// How many ranks all updates together have after a step; nil where they stay as they are.
  func budget(_ step: AdapterStep, from all: Int, to target: Int) -> Int? {
    let last = step.total - final
    if step.number <= warmup { return nil }
    if step.number >= last { return target }
    guard step.number % interval == 0 else { return nil }
    let left = 1 - Double(step.number - warmup) / Double(last - warmup)
    return Int(Double(all - target) * (left * left * left) + Double(target))
  }

  /// Refuses a schedule that would take no rank away, as PEFT does.
  func require(steps: Int) throws(ModelError) {
    guard warmup < steps - final else {
      throw ModelError(
        .invalid, file: "warmup",
        problem: "\(warmup) steps of warm-up and \(final) final ones leave none of \(steps) in "
          + "which ranks are taken away",
        remedy: "Lower warmup or final, or train longer.")
    }
  }

  /// The fields of PEFT's `AdaLoraConfig`.
  /// - Parameter total: The steps of the run; nil before there is one, for which the least that PEFT
  ///   reads is filed.
  func configuration(_ maps: [Linear], task: String?, total: Int?) -> JSONObject {
    var fields = updates.configuration(
      targets: .names(maps.map(\.name)), task: task,
      isTurned: maps.contains { $0.layout == .inputByOutput })
    fields.merge([
      "beta1": .real(beta1), "beta2": .real(beta2), "deltaT": .integer(interval),
      "init_lora_weights": true, "init_r": .integer(initialRank),
      "orth_reg_weight": .real(penalty), "peft_type": "ADALORA", "r": 8, "rank_pattern": .null,
      "target_r": .integer(targetRank), "tfinal": .integer(final), "tinit": .integer(warmup),
      "total_step": .integer(total ?? warmup + final + 1),
    ])
    return fields
  }

  /// Options as an `adapter_config.json` of PEFT says them.
  init(_ config: AdapterConfiguration) throws(ModelError) {
    updates = try LowRankOptions(config, readsRanks: false)
    initialRank = try config.integer("init_r", default: 12)
    targetRank = try config.integer("target_r", default: 8)
    warmup = try config.integer("tinit", default: 0)
    final = try config.integer("tfinal", default: 0)
    interval = try config.integer("deltaT", default: 1)
    beta1 = try config.number("beta1", default: 0.85)
    beta2 = try config.number("beta2", default: 0.85)
    penalty = try config.number("orth_reg_weight", default: 0.5)
    guard initialRank > 0, targetRank > 0, interval > 0 else {
      throw config.fault("has the ranks \(initialRank) and \(targetRank) every \(interval) steps")
    }
  }

  /// What PEFT updates in an architecture where nothing is said, and the like for those it passes over.
  static func targets(for modelType: String) -> ModuleTargets {
    switch modelType {
    case "roberta": .names(["query", "key", "value", "dense"])
    // PEFT has no Marian and no FSMT, which are built as its BART.
    case "t5", "marian", "fsmt": .allLinear
    default: ModuleRole.defaults(for: modelType)
    }
  }
}
