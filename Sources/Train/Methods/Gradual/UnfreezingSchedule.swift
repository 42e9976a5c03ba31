import Models
import Records
import Tensors

/// When the groups of a plan begin to train in a run.
package struct UnfreezingSchedule: Sendable {
  /// The groups, each with the steps behind which it begins.
  package let phases: [(begin: Int, group: UnfreezingGroup)]
  private let interval: UnfreezingInterval

  /// - Parameter stepsPerEpoch: Optimizer steps of a pass over the training side.
  package init(_ plan: UnfreezingPlan, stepsPerEpoch: Int) {
    interval = plan.interval
    phases = plan.groups.enumerated().map { number, group in
      (plan.interval.steps(before: number, stepsPerEpoch: stepsPerEpoch), group)
    }
  }

  /// The steps behind which each parameter begins to train, by name.
  package var begins: [String: Int] {
    var begins: [String: Int] = [:]
    for phase in phases {
      for parameter in phase.group.parameters { begins[parameter.name] = phase.begin }
    }
    return begins
  }

  /// What begins behind just so many steps.
  func groups(beginningBehind step: Int) -> [UnfreezingGroup] {
    phases.filter { $0.begin == step }.map(\.group)
  }

  /// Lets those parameters have gradients that train behind so many steps, and no others.
  package func freeze(at step: Int) {
    for phase in phases {
      for parameter in phase.group.parameters {
        parameter.tensor.requiresGradient = phase.begin <= step
      }
    }
  }

  /// What a person should know of a run of so many steps.
  func notes(totalSteps: Int) -> [String] {
    let late = phases.filter { $0.begin >= max(1, totalSteps) }
    let names = phases.map(\.group.name)
    let order =
      names.count > 4 ? "\(names[0]), …, \(names[names.count - 1])" : names.joined(separator: "; ")
    let plan = "\(phases.count) groups begin to train, one every \(interval): \(order)"
    guard let first = late.first else { return [plan] }
    return [
      plan,
      "\(late.count) of them, from \(first.group.name) on, never do in \(totalSteps) steps: shorten "
        + "unfreeze-every, or raise layers, where that is not meant",
    ]
  }

  /// What has begun in so many steps, as `metrics.json` has it.
  func json(totalSteps: Int) -> JSONValue {
    .array(
      phases.filter { $0.begin < totalSteps }.map { begin, group in
        [
          "first_step": .integer(begin + 1), "group": .string(group.name),
          "parameters": .integer(group.count),
        ]
      })
  }
}
