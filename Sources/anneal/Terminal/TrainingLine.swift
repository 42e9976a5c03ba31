import Foundation
import Report
import Stages
import Synchronization
import Train

/// The one line that tells how a training goes on.
struct TrainingLine {
  var pace: Pace
  private var countdown = Countdown()
  private var losses: [Double] = []
  /// How many steps one of the losses stands for.
  private var stride = 1
  private var pending: [Double] = []
  private var tokensPerSecond: Double?

  private static let mostLosses = 256
  /// Short enough for the whole line to fit a terminal of 80 columns.
  private static let sparkWidth = 10

  init(_ plan: TrainingPlan, startedAt moment: Double) {
    let effort = plan.effort
    pace = Pace(
      costs: effort.steps, phases: effort.phases, lookSteps: effort.lookSteps,
      lookCost: effort.look, saveSteps: effort.saveSteps, doneSteps: plan.doneSteps)
    pace.start(at: moment)
  }

  mutating func take(_ step: StepReport, at moment: Double) {
    pace.step(step.step, at: moment)
    pending.append(Double(step.loss))
    if pending.count == stride {
      losses.append(pending.reduce(0, +) / Double(stride))
      pending = []
    }
    if losses.count == Self.mostLosses { halve() }
    tokensPerSecond =
      tokensPerSecond.map { 0.9 * $0 + 0.1 * step.tokensPerSecond }
      ?? step.tokensPerSecond
  }

  /// Neighbours become one, so that a long training takes no more memory than a short one.
  private mutating func halve() {
    losses = Swift.stride(from: 0, to: losses.count, by: 2).map {
      (losses[$0] + losses[$0 + 1]) / 2
    }
    stride *= 2
  }

  /// `train  15 %  step 1,204/8,000  loss 2.3140 ▇▆▅▄▃▂▂▁  3 min left  12,345 tokens/s`.
  mutating func text(_ step: StepReport, isLive: Bool, at moment: Double) -> String {
    let percent = Int(100 * Double(step.step) / Double(max(1, step.totalSteps)))
    var parts = [
      "train", "\(percent) %".leftPadded(to: 5),
      "step \(step.step.grouped)/\(step.totalSteps.grouped)",
      "loss \(RunReporter.short(Double(step.loss)))"
        + (isLive ? " \(Sparkline.text(losses, width: Self.sparkWidth))" : ""),
    ]
    if let remaining = pace.remaining(at: moment) {
      parts.append("\(countdown.shown(remaining, at: moment).span) left")
    }
    if let tokensPerSecond { parts.append("\(Int(tokensPerSecond).grouped) tokens/s") }
    if !isLive { parts.append("lr \(String(format: "%.2e", step.learningRate))") }
    return parts.joined(separator: "  ")
  }
}

/// Lets through one call of so many, by time.
final class Rhythm: Sendable {
  private let interval: Duration
  private let last = Mutex<ContinuousClock.Instant?>(nil)

  /// The first call is let through where the interval is short, and after the interval otherwise.
  init(every interval: Duration) {
    self.interval = interval
    if interval >= .seconds(1) { last.withLock { $0 = .now } }
  }

  /// Whether it is time.
  var isDue: Bool {
    last.withLock { last in
      let now = ContinuousClock.now
      guard last.map({ now - $0 >= interval }) ?? true else { return false }
      last = now
      return true
    }
  }
}

/// Moments in seconds, for what foretells.
enum Moment {
  private static let start = ContinuousClock.now

  /// Seconds since the first call.
  static var now: Double { (ContinuousClock.now - start) / .seconds(1) }
}
