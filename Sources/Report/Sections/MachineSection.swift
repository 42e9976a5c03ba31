/// How fast it went, and on what.
func machineSection(_ run: Run) -> Section? {
  guard let timings = run.timings.value else { return nil }
  let list = facts(of: timings)
  guard !list.isEmpty else { return nil }
  return Section(id: "machine", title: "Time and machine") {
    facts(list.map { (name: $0.0, value: Node.text($0.1)) })
    if !timings.epochs.isEmpty { epochs(timings.epochs) }
  }
}

private func facts(of timings: TimingsFile) -> [(String, String)] {
  let fixed: [(String, String?)] = [
    ("Total time", timings.totalSeconds.map { Format.duration($0) }),
    ("Training", timings.trainingSeconds.map { Format.duration($0) }),
    ("Tokens per second", timings.tokensPerSecond.map { Format.number($0.rounded()) }),
    ("Peak memory", timings.peakMemoryBytes.map { Format.bytes($0) }),
    ("Anneal", timings.version), ("Started", timings.started),
  ]
  let names = ["cpu": "Processor", "threads": "Threads", "blas": "BLAS kernel"]
  return fixed.compactMap { name, value in value.map { (name, $0) } }
    + timings.machine.map { (names[$0.name] ?? $0.name, $0.value) }
}

private func epochs(_ epochs: [(epoch: Double, seconds: Double)]) -> Node {
  let longest = max(epochs.map(\.seconds).max() ?? 0, .leastNormalMagnitude)
  return table(
    caption: "Time of each epoch", columns: [.text("Epoch"), .number("Time")],
    rows: epochs.map { entry in
      Row([
        .text(Format.number(entry.epoch)),
        barred(Format.duration(entry.seconds), share: entry.seconds / longest, kind: "quiet"),
      ])
    })
}
