import Glibc

/// The learning rate of each step as a share of its peak, exactly as transformers computes it.
package struct LearningRateSchedule: Sendable {
  let curve: LearningRateCurve
  package let warmupSteps: Int
  let totalSteps: Int

  /// A schedule; `warmupSteps` overrides `warmupRatio`, whose steps are rounded up.
  package init(
    _ curve: LearningRateCurve, warmupRatio: Double, warmupSteps: Int?, totalSteps: Int
  ) {
    self.curve = curve
    self.warmupSteps = warmupSteps ?? Int((Double(totalSteps) * warmupRatio).rounded(.up))
    self.totalSteps = totalSteps
  }

  /// The factor of the step counted from 0: the first step of a warm-up has 0.
  package func factor(step: Int) -> Double {
    if step < warmupSteps { return Double(step) / Double(max(1, warmupSteps)) }
    let rest = Double(max(1, totalSteps - warmupSteps))
    return switch curve {
    case .constant: 1
    case .linear: max(0, Double(totalSteps - step) / rest)
    case .cosine: max(0, 0.5 * (1 + cos(.pi * Double(step - warmupSteps) / rest)))
    }
  }
}
