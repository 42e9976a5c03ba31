import Foundation
import Pipeline
import Report
import Stages
import Synchronization
import Train

/// Shows how a run goes on: its stages, then its training.
final class RunReporter: RunObserver {
  private let console: Console
  private let stages: StageReporter
  private let live: Mutex<TrainingLine?> = Mutex(nil)
  private let rhythm: Rhythm

  init(console: Console) {
    self.console = console
    stages = StageReporter(console: console)
    // Eyes follow five lines a second, and a log has no use for more than six a minute.
    rhythm = Rhythm(every: console.isLive ? .milliseconds(200) : .seconds(10))
  }

  func stage(_ progress: StageProgress) { stages.report(progress) }

  func say(_ text: String) { console.say(text.printableLines) }

  func training(_ event: TrainingEvent) {
    switch event {
    case .started(let plan): started(plan)
    case .unfrozen(let step, let group):
      console.say(
        "step \(step + 1)  trains from here on: \(group.name) (\(group.count.grouped) parameters)")
    case .stepped(let step): stepped(step)
    case .evaluated(let step, let epoch, let values, let isBest):
      live.withLock { $0?.pace.pause(at: Moment.now) }
      let scores = values.map { "\($0.name) \(Self.short($0.value))" }.joined(separator: "  ")
      let mark = isBest ? console.green("  best so far") : ""
      console.say(
        "\(console.bold("epoch \(Self.rounded(epoch))"))  step \(step)  validation: \(scores)\(mark)"
      )
    case .saved(let step, let folder):
      live.withLock { $0?.pace.pause(at: Moment.now) }
      console.detail("saved step \(step) in \(folder)")
    case .stoppedEarly(let step): console.say("stopped early at step \(step): no improvement")
    }
  }

  private func started(_ plan: TrainingPlan) {
    var text =
      "train  \(plan.trainingRecords.grouped("record")), \(plan.totalSteps.counted("step")), "
    text += "\(plan.trainableParameters.grouped) of \(plan.parameters.grouped) parameters"
    console.say(text)
    console.say(plan.precision.description)
    if plan.doneSteps > 0 { console.say("goes on from the checkpoint of step \(plan.doneSteps)") }
    describe(plan.data, plan)
    for note in plan.notes { console.say("note: \(note)") }
    live.withLock { $0 = TrainingLine(plan, startedAt: Moment.now) }
    if !plan.freshParameters.isEmpty {
      console.detail("begin with random values: \(plan.freshParameters.joined(separator: ", "))")
    }
  }

  /// What the training side comes to in tokens.
  private func describe(_ data: ExampleStatistics, _ plan: TrainingPlan) {
    var text = "data  \(data.tokens.grouped("token")), \(data.learned.grouped("target")) learned"
    if let rows = plan.packedRows {
      let share = 100 * Double(data.tokens) / Double(max(1, rows * plan.maximumLength))
      let filled = Int(share.rounded())
      text += ", packed into \(rows.grouped("row")) of \(plan.maximumLength), \(filled)% filled"
    }
    console.say(text)
    if data.truncated > 0 {
      console.say(
        "note: \(data.truncated.grouped("record")) \(data.truncated == 1 ? "is" : "are") cut to the length limit"
      )
    }
    if data.unlearned > 0 {
      console.say("note: nothing of \(data.unlearned.grouped("record")) is learned")
    }
  }

  private func stepped(_ step: StepReport) {
    let text = live.withLock { line -> String? in
      line?.take(step, at: Moment.now)
      // Whoever asks for details sees every step.
      let isDue = console.level == .verbose && console.isLive || rhythm.isDue
      return isDue ? line?.text(step, isLive: console.isLive, at: Moment.now) : nil
    }
    guard let text else { return }
    if console.isLive { console.show(text) } else { console.say(text) }
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
    lines.append("done in \(Format.duration(seconds)); report: \(report)")
    return lines
  }
}
