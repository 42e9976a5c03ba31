import Evaluate
import Records

/// Draws and swaps of records for one comparison after the other.
///
/// All metrics of a pair of runs share each draw. The first run's scores are kept: the next run is
/// drawn by the same random numbers.
struct ComparedDraws {
  /// What the first run's scores depend on, beside its predictions.
  private struct Key: Equatable {
    let labels: [ByteKey]?
    let metrics: [ResampledMetric]
    let hasBytes: Bool
  }

  private let options: ComparisonOptions
  private var known: (key: Key, scores: BootstrapScores)?

  init(_ options: ComparisonOptions) { self.options = options }

  /// The rows of all metrics of two runs.
  mutating func rows(
    _ measured: [PairedMeasurement], of predictions: PairedPredictions, mcNemar: McNemarTest?
  ) -> [RunComparison.Row] {
    guard !measured.isEmpty else { return [] }
    let (baseline, system) = scores(measured, predictions)
    let difference = system.less(baseline)
    let pValues = pValues(measured, difference)
    let intervals = [baseline, system, difference].map { scores in
      scores.prefix(options.resamples)
        .intervals(level: options.level, method: options.interval)
    }
    return difference.metrics.indices.map { index in
      let metric = difference.metrics[index]
      let isExact = metric.name == "accuracy" ? mcNemar : nil
      return RunComparison.Row(
        metric: metric, baseline: intervals[0][index], system: intervals[1][index],
        difference: intervals[2][index],
        pValue: isExact?.exact ?? pValues[metric.name] ?? .nan,
        test: isExact == nil ? options.test.rawValue : "mcnemar", correctedPValue: .nan)
    }
  }

  /// Both runs' scores on the same draws.
  private mutating func scores(
    _ measured: [PairedMeasurement], _ predictions: PairedPredictions
  ) -> (baseline: BootstrapScores, system: BootstrapScores) {
    let first = JoinedRows(measured.map(\.first))
    let second = JoinedRows(measured.map(\.second))
    let key = Key(
      labels: predictions.labels?.map { ByteKey($0) }, metrics: first.metrics,
      hasBytes: predictions.hasBytes)
    if let known, known.key == key { return (known.scores, draw([second])[0]) }
    let both = draw([first, second])
    known = (key, both[0])
    return (both[0], both[1])
  }

  private func draw(_ systems: [JoinedRows]) -> [BootstrapScores] {
    var draws = options.draws
    if options.test == .bootstrap { draws.times = max(options.trials, options.resamples) }
    return draws.bootstrap(systems, leavingOut: options.interval == .bca)
  }

  /// The p-value of each metric that is tested by resampling.
  private func pValues(
    _ measured: [PairedMeasurement], _ difference: BootstrapScores
  ) -> [String: Double] {
    let pairs: [(String, Double)]
    switch options.test {
    case .bootstrap:
      let drawn = difference.prefix(options.trials)
      pairs = Array(zip(drawn.metrics.map(\.name), drawn.pValues))
    case .randomization:
      let tested = measured.compactMap(\.both)
      guard !tested.isEmpty else { return [:] }
      pairs = options.swaps.randomization(JoinedRows(tested)).map { ($0.metric.name, $0.pValue) }
    }
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }
}
