public import Evaluate

/// Runs held against the first of them, metric by metric, on the same test records.
///
/// Everything is computed anew from `predictions.jsonl`, by the options under `evaluate:` of the first
/// run's `pipeline.lock.yaml`, but for scores that a model gave (an encoder, a classifier, a judge), which
/// are taken as they stand in the predictions. Memory holds the predictions of all runs.
public struct RunComparison: Sendable {
  /// One metric of two runs.
  public struct Row: Sendable {
    /// The metric's name and direction.
    public let metric: ResampledMetric
    /// The first run's score and its interval.
    public let baseline: ConfidenceInterval
    /// The other run's.
    public let system: ConfidenceInterval
    /// The other run's score less the first's, and the interval of that.
    public let difference: ConfidenceInterval
    /// How likely so large a difference is by chance.
    public let pValue: Double
    /// What gave the p-value: `randomization`, `bootstrap` or `mcnemar`.
    public let test: String
    /// The p-value corrected for all metrics and runs of the comparison.
    public internal(set) var correctedPValue: Double

    /// Whether the other run is better; nil where the two do not differ.
    public var isBetter: Bool? {
      guard difference.estimate != 0, !difference.estimate.isNaN else { return nil }
      return (difference.estimate > 0) == (metric.direction == .greater)
    }
  }

  /// Metrics that two runs' predictions do not allow.
  public struct LeftOut: Sendable {
    /// Their names.
    public let metrics: [String]
    /// Which run lacks what.
    public let reason: String
  }

  /// One run held against the first.
  public struct Pair: Sendable {
    /// The other run, as the user names it.
    public let run: String
    /// The metrics.
    public fileprivate(set) var rows: [Row]
    /// The metrics that are not compared, or have no value, because a run lacks something.
    public let leftOut: [LeftOut]
    /// Records that exactly one of both classifies rightly; nil of texts.
    public let mcNemar: McNemarTest?
    /// The records that tell the runs apart most, and how many differ.
    public let differing: [RecordDifference]
    /// How many records differ at all.
    public let differingCount: Int
  }

  /// The run that others are held against, as the user names it.
  public let baseline: String
  /// How many test records there are.
  public let records: Int
  /// The other runs.
  public private(set) var pairs: [Pair]
  /// What was asked for.
  public let options: ComparisonOptions
  /// Whether there is one run alone, whose scores have intervals: it is then its own pair.
  public let isAlone: Bool

  /// Compares finished runs, or files of predictions; of one alone it tells scores and their intervals.
  ///
  /// - Throws: `Diagnostic` where predictions are missing, cut off, not of numbers, or not of the
  ///   same records; `MetricError` for a metric that they do not allow.
  public init(runs: [String], options: ComparisonOptions) throws {
    precondition(!runs.isEmpty, "no runs are nothing to compare")
    let files = try runs.map { try PredictionFile($0) }
    isAlone = runs.count == 1
    baseline = runs[0]
    records = files[0].records.count
    self.options = options
    var options = options
    // A run does not differ from itself, however often that is asked.
    if isAlone { options.trials = 1 }
    var draws = ComparedDraws(options)
    pairs = []
    for file in isAlone ? files : Array(files.dropFirst()) {
      pairs.append(try Pair(file.name, PairedPredictions(files[0], file), options, &draws))
    }
    correct()
  }

  /// Corrects all p-values together.
  private mutating func correct() {
    var corrected = options.correction.adjusted(pairs.flatMap { $0.rows.map(\.pValue) })[...]
    for pair in pairs.indices {
      for row in pairs[pair].rows.indices {
        pairs[pair].rows[row].correctedPValue = corrected.removeFirst()
      }
    }
  }

  /// Whether a row's difference is more than chance gives, all looks considered.
  public func isSignificant(_ row: Row) -> Bool {
    // 1 - 0.95 is a little more than 0.05, which is not below itself.
    row.isBetter != nil && row.correctedPValue + .ulpOfOne < 1 - options.level
  }
}

extension RunComparison.Pair {
  fileprivate init(
    _ name: String, _ predictions: PairedPredictions, _ options: ComparisonOptions,
    _ draws: inout ComparedDraws
  ) throws {
    run = name
    let mcNemar = predictions.mcNemar
    self.mcNemar = mcNemar
    rows = draws.rows(
      try predictions.measurements(options.metrics), of: predictions, mcNemar: mcNemar)
    leftOut = predictions.leftOut(
      rows.map(\.metric), isUsual: options.metrics.isEmpty)
    let all = predictions.differences
    differingCount = all.count
    differing = Array(all.prefix(options.samples))
  }
}
