public import Evaluate

/// What leaving stages out does to one metric.
public struct StageEffect: Sendable {
  /// The metric's name.
  public let name: String
  /// Which way is better; nil where that is not known.
  public let direction: MetricDirection?
  /// The score with the stages, for each seed.
  public let with: [Double]
  /// The score without them, for each seed.
  public let without: [Double]
  /// Between which values the mean difference over all seeds lies; nil of one seed.
  public let seedInterval: ClosedRange<Double>?
  /// The same by drawing seeds and test records anew (records alone, of one seed); nil where
  /// the metric is not one of single records.
  public let recordInterval: ConfidenceInterval?
  /// How likely so large a mean is by chance, by the paired t over seeds; NaN of one seed.
  public let pValue: Double
  /// The p-value corrected for all metrics.
  public package(set) var correctedPValue = Double.nan
  /// The share of intervals that should hold the truth.
  public let level: Double

  /// The score with the stages less that without, for each seed.
  public var differences: [Double] { zip(with, without).map { $0 - $1 } }
  /// The mean of the differences; NaN where a seed has no score.
  public var difference: Double { PairedSeeds(differences).mean }

  /// Measures an effect.
  ///
  /// - Parameter records: the differences of each seed on records drawn anew; nil where unknown.
  package init(
    name: String, direction: MetricDirection?, with: [Double], without: [Double],
    records: BootstrapScores?, level: Double
  ) {
    (self.name, self.direction, self.level) = (name, direction, level)
    (self.with, self.without) = (with, without)
    let seeds = PairedSeeds(zip(with, without).map { $0 - $1 })
    seedInterval = seeds.interval(level: level)
    recordInterval = records?.intervals(level: level).first
    pValue = seeds.pValue
  }

  /// What the numbers say.
  public enum Verdict: String, Sendable {
    /// An interval includes zero: no effect is shown.
    case includesZero = "includes-zero"
    /// The intervals exclude zero, but not so clearly that looking at all metrics could not explain it.
    case notCorrected = "not-after-correction"
    /// The score is better with the stages.
    case better
    /// The score is worse with the stages.
    case worse
    /// The score differs, and which way is better is not known.
    case differs
    /// A score or every interval is missing.
    case unknown
  }

  /// What the numbers say; where the two intervals disagree, the one that includes zero counts.
  public var verdict: Verdict {
    let ends = [
      seedInterval.map { ($0.lowerBound, $0.upperBound) },
      recordInterval.map { ($0.lower, $0.upper) },
    ].compactMap(\.self).filter { !$0.0.isNaN && !$0.1.isNaN }
    guard !difference.isNaN, !ends.isEmpty else { return .unknown }
    if ends.contains(where: { $0.0 <= 0 && 0 <= $0.1 }) { return .includesZero }
    if correctedPValue + .ulpOfOne >= 1 - level { return .notCorrected }
    guard let direction else { return .differs }
    return (difference > 0) == (direction == .greater) ? .better : .worse
  }
}
