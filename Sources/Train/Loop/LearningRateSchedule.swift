import Glibc
package import Stages

/// The learning rate of each step as a share of its peak, exactly as transformers computes it.
package struct LearningRateSchedule: Sendable {
  private let curve: Curve
  package let warmupSteps: Int
  private let totalSteps: Int

  /// What happens after the warm-up.
  private enum Curve {
    case constant, linear
    case cosine(waves: Double, least: Double)
    case restarts(Int)
    case inverseSquareRoot(timescale: Int)
    case polynomial(power: Double, end: Double)
    case stable(StableDecay)
  }

  /// A schedule of a number of steps.
  /// - Parameters:
  ///   - warmupRatio: The share of steps in which the rate rises, rounded up.
  ///   - warmupSteps: Overrides the ratio.
  ///   - peak: The learning rate that the shares are of.
  package init(
    _ component: Component, warmupRatio: Double, warmupSteps: Int?, totalSteps: Int, peak: Double
  ) {
    let warmup = warmupSteps ?? Int((Double(totalSteps) * warmupRatio).rounded(.up))
    self.warmupSteps = warmup
    self.totalSteps = totalSteps
    let values = component.values
    curve =
      switch component.name {
      case "linear": .linear
      case "cosine":
        .cosine(waves: values[ScheduleKeys.waves], least: values[ScheduleKeys.minRatio])
      case "cosine-with-restarts": .restarts(values[ScheduleKeys.restarts])
      case "inverse-sqrt":
        .inverseSquareRoot(
          timescale: values[ScheduleKeys.timescale] ?? (warmup > 0 ? warmup : 10_000))
      case "polynomial":
        .polynomial(
          power: values[ScheduleKeys.power],
          end: peak > 0 ? values[ScheduleKeys.end] / peak : 0)
      case "warmup-stable-decay":
        .stable(StableDecay(values, warmupSteps: warmup, totalSteps: totalSteps))
      // A plateau cuts the peak itself.
      case "constant", "reduce-on-plateau": .constant
      default: preconditionFailure("the catalog has no schedule '\(component.name)'")
      }
  }

  /// The factor of the step counted from 0: the first step of a warm-up has 0.
  package func factor(step: Int) -> Double {
    if step < warmupSteps {
      let share = Double(step) / Double(max(1, warmupSteps))
      guard case .stable(let decay) = curve else { return share }
      return decay.warmupFactor(share)
    }
    let progress = Double(step - warmupSteps) / Double(max(1, totalSteps - warmupSteps))
    switch curve {
    case .constant: return 1
    case .linear:
      return max(0, Double(totalSteps - step) / Double(max(1, totalSteps - warmupSteps)))
    case .cosine(let waves, let least):
      let factor = 0.5 * (1 + cos(.pi * waves * 2 * progress))
      return max(0, factor * (1 - least) + least)
    case .restarts(let cycles):
      guard progress < 1 else { return 0 }
      let place = (Double(cycles) * progress).truncatingRemainder(dividingBy: 1)
      return max(0, 0.5 * (1 + cos(.pi * place)))
    case .inverseSquareRoot(let timescale):
      return 1 / (Double(step + timescale - warmupSteps) / Double(timescale)).squareRoot()
    case .polynomial(let power, let end):
      return step > totalSteps ? end : (1 - end) * pow(1 - progress, power) + end
    case .stable(let decay): return decay.factor(stepsSinceWarmup: step - warmupSteps)
    }
  }
}

/// A plateau and a decay at its end.
private struct StableDecay {
  let stableSteps, decaySteps: Int
  let rise, fall: RampShape
  let waves, least: Double

  init(_ values: ParameterValues, warmupSteps: Int, totalSteps: Int) {
    decaySteps =
      values[ScheduleKeys.decaySteps]
      ?? Int((Double(totalSteps) * values[ScheduleKeys.decayRatio]).rounded(.up))
    stableSteps = values[ScheduleKeys.stableSteps] ?? totalSteps - warmupSteps - decaySteps
    (rise, fall) = (values[ScheduleKeys.warmup], values[ScheduleKeys.decay])
    (waves, least) = (values[ScheduleKeys.waves], values[ScheduleKeys.minRatio])
  }

  func warmupFactor(_ share: Double) -> Double {
    let factor =
      switch rise {
      case .linear: share
      case .cosine: 0.5 * (1 - cos(.pi * share))
      case .inverseRoot: 1 - (1 - share).squareRoot()
      }
    return scaled(factor)
  }

  func factor(stepsSinceWarmup step: Int) -> Double {
    if step < stableSteps { return 1 }
    guard step < stableSteps + decaySteps else { return least }
    let share = Double(step - stableSteps) / Double(max(1, decaySteps))
    let factor =
      switch fall {
      case .linear: 1 - share
      case .cosine: 0.5 * (1 + cos(.pi * waves * 2 * share))
      case .inverseRoot: 1 - share.squareRoot()
      }
    return scaled(factor)
  }

  private func scaled(_ factor: Double) -> Double { max(0, factor * (1 - least) + least) }
}
