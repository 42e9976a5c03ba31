import Foundation
import Pipeline
import Stages
import Synchronization
import Train

/// Shows how a run goes on: its stages, then its training.
final class RunReporter: RunObserver {
  private let console: Console
  private let stages: StageReporter
  private let clock = ContinuousClock()
  private let began = Mutex<(instant: ContinuousClock.Instant, step: Int)?>(nil)
  private let lastLine = Mutex<ContinuousClock.Instant?>(nil)

  init(console: Console) {
    self.console = console
    stages = StageReporter(console: console)
  }

  func stage(_ progress: StageProgress) { stages.report(progress) }

  func say(_ text: String) { console.say(text) }

  func training(_ event: TrainingEvent) {
    switch event {
    case .started(let plan): started(plan)
    case .stepped(let step): stepped(step)
    case .evaluated(let step, let epoch, let values, let isBest):
      let scores = values.map { "\($0.name) \(Self.short($0.value))" }.joined(separator: "  ")
      let mark = isBest ? console.green("  best so far") : ""
      console.say(
        "\(console.bold("epoch \(Self.rounded(epoch))"))  step \(step)  validation: \(scores)\(mark)"
      )
    case .saved(let step, let folder): console.detail("saved step \(step) in \(folder)")
    case .stoppedEarly(let step): console.say("stopped early at step \(step): no improvement")
    }
  }

  private func started(_ plan: TrainingPlan) {
    var text = "train  \(plan.trainingRecords.grouped) records, \(plan.totalSteps) steps, "
    text += "\(plan.trainableParameters.grouped) of \(plan.parameters.grouped) parameters"
    console.say(text)
    console.say(plan.precision.description)
    if plan.doneSteps > 0 { console.say("goes on from the checkpoint of step \(plan.doneSteps)") }
    describe(plan.data, plan)
    for note in plan.notes { console.say("note: \(note)") }
    if !plan.freshParameters.isEmpty {
      console.detail("begin with random values: \(plan.freshParameters.joined(separator: ", "))")
    }
  }

  /// What the training side comes to in tokens.
  private func describe(_ data: ExampleStatistics, _ plan: TrainingPlan) {
    var text = "data  \(data.tokens.grouped) tokens, \(data.learned.grouped) targets learned"
    if let rows = plan.packedRows {
      let share = 100 * Double(data.tokens) / Double(max(1, rows * plan.maximumLength))
      let filled = Int(share.rounded())
      text += ", packed into \(rows.grouped) rows of \(plan.maximumLength), \(filled)% filled"
    }
    console.say(text)
    if data.truncated > 0 {
      console.say("note: \(data.truncated.grouped) records are cut to the length limit")
    }
    if data.unlearned > 0 {
      console.say("note: nothing of \(data.unlearned.grouped) records is learned")
    }
  }

  private func stepped(_ step: StepReport) {
    let line = line(step)
    console.show(line)
    if !console.isLive, isTimeForALine() { console.say(line) }
  }

  /// A log gets a line every ten seconds.
  private func isTimeForALine() -> Bool {
    lastLine.withLock { last in
      let now = clock.now
      guard let previous = last else {
        last = now
        return false
      }
      guard now - previous > .seconds(10) else { return false }
      last = now
      return true
    }
  }

  private func line(_ step: StepReport) -> String {
    var text = "train  step \(step.step)/\(step.totalSteps)  epoch \(Self.rounded(step.epoch))"
    text += "  loss \(Self.short(Double(step.loss)))"
    text += "  lr \(String(format: "%.2e", step.learningRate))"
    text += "  \(Int(step.tokensPerSecond).grouped) tokens/s"
    if let remaining = remaining(step) { text += "  \(remaining.duration) left" }
    return text
  }

  private func remaining(_ step: StepReport) -> Double? {
    let start = began.withLock { began in
      let start = began ?? (clock.now, step.step)
      began = start
      return start
    }
    let done = step.step - start.step
    guard done >= 5 else { return nil }
    let seconds = (clock.now - start.instant) / .seconds(1)
    return seconds / Double(done) * Double(step.totalSteps - step.step)
  }

  private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

  static func short(_ value: Double) -> String { String(format: "%.4f", value) }
}

extension RunSummary {
  /// The summary as people read it.
  var lines: [String] {
    var lines: [String] = []
    if reused { lines.append("everything was there already: all stages and results are reused") }
    if let scores {
      let text = scores.values.map { "\($0.name) \(RunReporter.short($0.value))" }
      lines.append("\(scores.side): \(text.joined(separator: "  "))")
    }
    lines.append("done in \(seconds.duration); report: \(report)")
    return lines
  }
}
