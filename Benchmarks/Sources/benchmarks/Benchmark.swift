/// One part to be timed, on an input that is made before the clock starts.
struct Benchmark {
  /// What is timed: `records.json.parse`.
  let name: String
  /// The bytes that one pass reads.
  let bytes: Int
  /// One pass.
  let pass: () throws -> Void

  /// One pass to warm up, then the median of `passes` timed ones.
  func measure(passes: Int = 7) throws -> Result {
    let clock = ContinuousClock()
    try pass()
    let times = try (0..<passes).map { _ in try clock.measure(pass) }.sorted()
    return Result(name: name, bytes: bytes, median: times[passes / 2], fastest: times[0])
  }

  /// What was measured.
  struct Result {
    let name: String
    let bytes: Int
    let median: Duration
    let fastest: Duration

    /// A million bytes a second, by the median.
    var rate: Double { Double(bytes) / (median / .seconds(1)) / 1e6 }
  }
}
