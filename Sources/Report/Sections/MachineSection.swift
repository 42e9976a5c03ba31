/// How fast it went, and on what.
func machineSection(_ run: Run) -> Section? {
  guard let timings = run.timings.value else { return nil }
  let list = facts(of: timings)
  guard !list.isEmpty else { return nil }
  return Section(id: "machine", title: "Time and machine") {
    facts(list.map { (name: $0.0, value: Node.text($0.1)) })
  }
}

private func facts(of timings: TimingsFile) -> [(String, String)] {
  let fixed: [(String, String?)] = [
    ("Total time", timings.totalSeconds.map { Format.duration($0) }),
    ("Training", timings.trainingSeconds.map { Format.duration($0) }),
    ("Tokens per second", timings.tokensPerSecond.map { Format.plain($0.rounded()) }),
    ("Precision", timings.precision),
    ("Peak memory", timings.peakMemoryBytes.map { Format.bytes($0) }),
    ("Each epoch", epochs(timings.epochs)),
    ("Anneal", timings.version), ("Started", timings.started.map(Format.date)),
  ]
  let names = ["cpu": "Processor", "threads": "Threads", "blas": "BLAS kernel"]
  return fixed.compactMap { name, value in value.map { (name, $0) } }
    + timings.machine.map { (names[$0.name] ?? $0.name, $0.value) }
}

/// The times of the first epochs in order.
private func epochs(_ epochs: [(epoch: Double, seconds: Double)]) -> String? {
  guard !epochs.isEmpty else { return nil }
  let shown = epochs.prefix(8).map { Format.duration($0.seconds) }
  return shown.joined(separator: " · ") + (epochs.count > shown.count ? " · …" : "")
}
