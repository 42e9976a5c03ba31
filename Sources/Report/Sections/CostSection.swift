/// What the run cost: seconds and memory of each stage and of training, and the machine.
func costSection(_ run: Run) -> Section? {
  guard let timings = run.timings.value else { return nil }
  let list = facts(of: timings)
  let steps = steps(of: timings)
  guard !list.isEmpty || !steps.isEmpty else { return nil }
  return Section(id: "cost", title: "What it cost", shortTitle: "Cost", lead: lead(steps)) {
    if !steps.isEmpty { costTable(steps, timings) }
    spendingTable(timings)
    facts(list.map { (name: $0.0, value: Node.text($0.1)) })
  }
}

/// A stage, or training.
private struct CostStep {
  let name: String
  let seconds: Double?
  let isCached: Bool
  let memory: Double?
  let rate: String
}

private func steps(of timings: TimingsFile) -> [CostStep] {
  var steps = timings.stages.map { stage in
    CostStep(
      name: stage.name, seconds: stage.seconds, isCached: stage.isCached,
      memory: stage.peakMemoryBytes,
      rate: stage.recordsPerSecond.flatMap {
        $0 > 0 ? "\(Format.plain($0.rounded())) records" : nil
      }
        ?? "")
  }
  if let seconds = timings.trainingSeconds {
    steps.append(
      CostStep(
        name: "train", seconds: seconds, isCached: false, memory: timings.trainingMemoryBytes,
        rate: timings.tokensPerSecond.map { "\(Format.plain($0.rounded())) tokens" } ?? ""))
  }
  return steps
}

/// Which step took most of the time.
private func lead(_ steps: [CostStep]) -> String? {
  let timed = steps.filter { !$0.isCached && $0.seconds != nil }
  let total = timed.reduce(0) { $0 + ($1.seconds ?? 0) }
  guard timed.count > 1, total > 0,
    let longest = timed.max(by: { ($0.seconds ?? 0) < ($1.seconds ?? 0) })
  else { return nil }
  let share = (longest.seconds ?? 0) / total
  return "\(Format.percent(share, decimals: 0)) of the time went to \(longest.name)."
}

private func costTable(_ steps: [CostStep], _ timings: TimingsFile) -> Node {
  let longest = max(steps.filter { !$0.isCached }.compactMap(\.seconds).max() ?? 0, 1e-9)
  let largest = max(steps.compactMap(\.memory).max() ?? 0, 1)
  let hasMemory = steps.contains { $0.memory != nil }
  return table(
    caption: "Time and memory of each step",
    columns: [.text("Step"), .number("Time")] + (hasMemory ? [.number("Most memory")] : [])
      + [.number("A second")],
    rows: steps.map { step in
      Row(
        [tag("code") { step.name }, time(step, longest)]
          + (hasMemory
            ? [
              step.memory.map { barred(Format.bytes($0), share: $0 / largest, kind: "quiet") } ?? ""
            ]
            : []) + [.text(step.rate)])
    },
    footer: timings.totalSeconds.map { total in
      Row(
        [
          .text(timings.isOfLastStart ? "Since the last start" : "Whole run"),
          .text(Format.duration(total)),
        ]
          + (hasMemory ? [.text(timings.peakMemoryBytes.map { Format.bytes($0) } ?? "")] : [])
          + [.text("")])
    })
}

private func time(_ step: CostStep, _ longest: Double) -> Node {
  if step.isCached { return badge("reused", kind: "plain") }
  return step.seconds.map { barred(Format.duration($0), share: $0 / longest) } ?? "–"
}

private func facts(of timings: TimingsFile) -> [(String, String)] {
  let fixed: [(String, String?)] = [
    (
      timings.isOfLastStart ? "Since the last start" : "Total time",
      timings.totalSeconds.map { Format.duration($0) }
    ),
    ("Peak memory", timings.peakMemoryBytes.map { Format.bytes($0) }),
    ("Precision", timings.precision), ("Each epoch", epochs(timings.epochs)),
    ("Anneal", timings.version), ("Started", timings.started.map(Format.date)),
    ("Finished", timings.finished.map(Format.date)),
  ]
  let names = [
    "cpu": "Processor", "threads": "Threads", "blas": "BLAS kernel",
    "instructions": "Instructions",
  ]
  return fixed.compactMap { name, value in value.map { (name, $0) } }
    + timings.machine.map { (names[$0.name] ?? $0.name, $0.value) }
}

/// The times of the first epochs in order.
private func epochs(_ epochs: [(epoch: Double, seconds: Double)]) -> String? {
  guard !epochs.isEmpty else { return nil }
  let shown = epochs.prefix(8).map { Format.duration($0.seconds) }
  return shown.joined(separator: " · ") + (epochs.count > shown.count ? " · …" : "")
}
