import Foundation
import Stages

/// What a list of runs shows of one, read in moments: no predictions, no ledger.
struct RunGlance {
  let name: String
  let title: String
  /// When each of the files was last written.
  let stamps: [Date]
  /// When one of them was.
  let changed: Date
  /// The last step done and the last planned, where the trainer has told.
  let progress: (step: Int, of: Int)?
  /// The losses so far, thinned to what a small picture can show.
  let losses: [Series.Point]
  let lastLoss: Double?
  /// The most telling metric of the test side, else of the last look at validation.
  let best: (name: String, value: Double)?
  /// The stages whose output is there, by label, in the order they ran.
  let stages: [String]
  /// Whether a process works in the folder; nil where there is no lock to ask.
  private(set) var isHeld: Bool?

  private let hasTrained: Bool
  private let hasStages: Bool
  private let hasTimings: Bool
  private let isScored: Bool
  /// Whether the page is the last that was written, as a run leaves it.
  private let isReported: Bool
  /// Whether the page tells of the scores that are there.
  private let isScoreReported: Bool

  init(_ entry: RunShelf.Entry) {
    (name, stamps, changed) = (entry.name, entry.stamps, entry.changed)
    let folder = entry.folder
    let metrics = folder.metrics
    let history = folder.history
    progress = history?.progress
    let points = (history?.entries ?? []).map { Series.Point($0.step, $0.loss) }
    losses = Series(name: "loss", points: points).thinned(to: 60).points.filter(\.isDrawable)
    lastLoss = history?.entries.last?.loss
    best = Self.best(metrics, history)
    title = folder.text("pipeline.lock.yaml").value.flatMap(Run.name(inPipeline:)) ?? entry.name
    stages = StageOutputs(folder: folder).labels
    hasTrained = history != nil
    hasStages = folder.has("stages.json")
    hasTimings = folder.has("timings.json")
    isScored = metrics?.test != nil || metrics?.validation != nil
    let page = folder.written("report.html")
    isReported = page > .distantPast && page >= entry.changed
    isScoreReported = page >= folder.written("metrics.json")
    askLock(of: folder)
  }

  /// Asks anew whether a process works in the folder, which no file's time tells.
  mutating func askLock(of folder: RunFolder) { isHeld = FolderLock.isHeld(folder.path) }

  /// Whether the run is at work; where no lock tells, one that has not written its page, which it
  /// does last, and has not been quiet for long.
  var isUnderWay: Bool { isHeld ?? (!isReported && quiet < 900) }

  /// Seconds since a file was written.
  private var quiet: TimeInterval { Date.now.timeIntervalSince(changed) }

  /// Whether the run is at work again, and what is there was left by the time before.
  var isRepeated: Bool { isUnderWay && isScored && isScoreReported }

  /// How far it came, and the style of its badge.
  var status: (text: String, kind: String) {
    if isUnderWay { return (work, "warn") }
    if isScored { return ("finished", "good") }
    if hasTrained { return ("stopped", "bad") }
    return hasTimings
      ? ("data ready", "good") : hasStages ? ("stopped", "bad") : ("started", "warn")
  }

  private var work: String {
    if isHeld == nil, quiet >= 120 { return "no sign for \(Int(quiet / 60)) min" }
    if isRepeated { return "running again" }
    guard let progress else { return "preparing data" }
    return progress.step < progress.of && !isScored ? "training" : "scoring"
  }

  private static func best(
    _ metrics: MetricsFile?, _ history: History?
  ) -> (name: String, value: Double)? {
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

extension RunFolder {
  /// The scores, where they are there.
  fileprivate var metrics: MetricsFile? {
    object("metrics.json").read(as: "metrics") { MetricsFile($0) }.value
  }

  /// How training has gone so far: from the trainer's state, else from the metrics.
  var history: History? {
    object("trainer_state.json").read(as: "state") { History(trainerState: $0) }.value
      ?? metrics?.history
  }
}
