import Foundation
import Records

/// What a list of runs shows of one, read in moments: no predictions, no ledger.
struct RunGlance {
  let name: String
  let title: String
  let history: History?
  let metrics: MetricsFile?
  let changed: Date
  /// The stages whose output is there, by label, in the order they ran.
  let stages: [String]
  /// Seconds since the trainer last wrote.
  private let quiet: TimeInterval

  init(_ entry: RunShelf.Entry) {
    name = entry.name
    changed = entry.changed
    quiet = Date.now.timeIntervalSince(entry.changed)
    let folder = entry.folder
    metrics = folder.object("metrics.json").read(as: "metrics") { MetricsFile($0) }.value
    let state = folder.object("trainer_state.json").read(as: "state") { History(trainerState: $0) }
    history = state.value ?? metrics?.history
    let lock = folder.text("pipeline.lock.yaml").value
    title = lock.flatMap(Run.name(inPipeline:)) ?? entry.name
    stages = StageOutputs(folder: folder).labels
    hasStages = folder.has("stages.json")
    hasTimings = folder.has("timings.json")
    hasReport = folder.has("report.html")
  }

  private let hasStages: Bool
  private let hasTimings: Bool
  private let hasReport: Bool

  /// A run writes its page last; one without it that has not been quiet for long is at work.
  var isUnderWay: Bool {
    if let progress = history?.progress, progress.step < progress.of, metrics == nil {
      return quiet < 900
    }
    return !hasReport && quiet < 900
  }

  /// How far it came, and the style of its badge.
  var status: (text: String, kind: String) {
    if isUnderWay {
      guard let progress = history?.progress else { return ("preparing data", "warn") }
      return progress.step < progress.of ? ("training", "warn") : ("scoring", "warn")
    }
    if metrics?.test != nil || metrics?.validation != nil { return ("finished", "good") }
    if history != nil { return ("stopped", "bad") }
    return hasTimings
      ? ("data ready", "good") : hasStages ? ("stopped", "bad") : ("started", "warn")
  }

  /// The most telling metric of the test side, else of the last look at validation.
  var best: (name: String, value: Double)? {
    let names = [
      "f1.weighted", "accuracy", "f1.macro", "perplexity", "rougeL", "chrf", "bleu", "loss",
    ]
    if let side = metrics?.test ?? metrics?.validation {
      return names.first { side[$0] != nil }.flatMap { name in side[name].map { (name, $0) } }
    }
    guard let look = history?.validations.last else { return nil }
    return names.first { look[$0] != nil }.flatMap { name in look[name].map { (name, $0) } }
  }
}
