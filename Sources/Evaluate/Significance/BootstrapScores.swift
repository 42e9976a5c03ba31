import Foundation

/// The scores of one system, or of the difference of two, on records drawn anew.
public struct BootstrapScores: Sendable {
  /// The metrics, in the order of scores.
  public let metrics: [ResampledMetric]
  /// The scores of all records.
  public let estimates: [Double]
  /// The scores of each draw.
  private(set) var samples: [[Double]]
  /// The scores without each record; empty where nothing needs them.
  let leftOut: [[Double]]
  let generator: ResamplingGenerator

  init(
    metrics: [ResampledMetric], estimates: [Double], samples: [[Double]], leftOut: [[Double]],
    generator: ResamplingGenerator
  ) {
    (self.metrics, self.estimates, self.samples) = (metrics, estimates, samples)
    (self.leftOut, self.generator) = (leftOut, generator)
  }

  /// How many draws there are.
  public var count: Int { samples.count }

  /// Some of the metrics.
  func part(_ range: Range<Int>) -> BootstrapScores {
    BootstrapScores(
      metrics: Array(metrics[range]), estimates: Array(estimates[range]),
      samples: samples.map { Array($0[range]) }, leftOut: leftOut.map { Array($0[range]) },
      generator: generator)
  }

  /// The first draws alone.
  public func prefix(_ count: Int) -> BootstrapScores {
    var scores = self
    scores.samples = Array(samples.prefix(count))
    return scores
  }

  /// This system's scores less another's, draw by draw.
  ///
  /// - Precondition: both are of the same records, metrics and draws.
  public func less(_ other: BootstrapScores) -> BootstrapScores {
    precondition(
      metrics == other.metrics && count == other.count && leftOut.count == other.leftOut.count,
      "\(count) draws of \(metrics.map(\.name)), \(other.count) of \(other.metrics.map(\.name))")
    func less(_ left: [[Double]], _ right: [[Double]]) -> [[Double]] {
      zip(left, right).map { zip($0, $1).map { $0 - $1 } }
    }
    return BootstrapScores(
      metrics: metrics, estimates: zip(estimates, other.estimates).map { $0 - $1 },
      samples: less(samples, other.samples), leftOut: less(leftOut, other.leftOut),
      generator: generator)
  }

  /// Between which values each metric lies.
  ///
  /// - Parameter level: the share of such intervals that should hold the truth.
  /// - Precondition: records were left out where the method is `.bca`.
  public func intervals(
    level: Double = 0.95, method: IntervalMethod = .percentile
  ) -> [ConfidenceInterval] {
    precondition(method != .bca || !leftOut.isEmpty, "bca needs the scores without each record")
    return metrics.indices.map { metric in
      let defined = samples.map { $0[metric] }.filter { !$0.isNaN }.sorted()
      var ends = ((1 - level) / 2, 1 - (1 - level) / 2)
      if method == .bca {
        ends = Self.corrected(
          ends, sorted: defined, estimate: estimates[metric], left: leftOut.map { $0[metric] })
      }
      return ConfidenceInterval(
        estimate: estimates[metric], lower: Self.quantile(defined, ends.0),
        upper: Self.quantile(defined, ends.1), undefined: samples.count - defined.count)
    }
  }

  /// How likely so large a difference is where two systems do not differ, of scores of differences.
  ///
  /// The paired bootstrap: Koehn (2004), aclanthology.org/W04-3250, as in Moses; with `.numpy` and seed
  /// 12345 the p-values of `sacrebleu --paired-bs`. Without `.numpy` equal differences count as well.
  /// Randomisation is the more careful test. Two-sided and centred: the share of draws, the records at hand among them, whose difference is
  /// further from the mean size of differences than the one at hand; NaN without that.
  public var pValues: [Double] {
    metrics.indices.map { metric in
      let difference = abs(estimates[metric])
      guard !difference.isNaN else { return .nan }
      let differences = samples.map { $0[metric] }
      let defined = differences.filter { !$0.isNaN }.sorted()
      let mean = defined.reduce(0) { $0 + abs($1) } / Double(defined.count)
      let larger =
        generator == .numpy
        ? differences.count { !(abs($0) - mean <= difference) }
        : differences.count { !(abs($0) - mean < difference) }
      return Double(larger + 1) / (Double(count) + 1)
    }
  }

  /// The quantile of ascending numbers, between neighbours in proportion; NaN of none.
  static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    guard let last = sorted.last, !share.isNaN else { return .nan }
    let place = share * Double(sorted.count - 1)
    let index = Int(place)
    guard index < sorted.count - 1 else { return last }
    let (low, high) = (sorted[index], sorted[index + 1])
    let part = place - Double(index)
    // NumPy counts from the nearer end, so that the ends are met exactly.
    return part >= 0.5 ? high - (high - low) * (1 - part) : low + (high - low) * part
  }

  /// The quantiles that correct for the bias of the scores and for a spread that grows with them.
  private static func corrected(
    _ ends: (Double, Double), sorted: [Double], estimate: Double, left: [Double]
  ) -> (Double, Double) {
    let below = sorted.count { $0 < estimate } + sorted.count { $0 <= estimate }
    let bias = NormalDistribution.quantile(Double(below) / Double(2 * sorted.count))
    let mean = left.reduce(0, +) / Double(left.count)
    let cubes = left.reduce(0) { $0 + (mean - $1) * (mean - $1) * (mean - $1) }
    let squares = left.reduce(0) { $0 + (mean - $1) * (mean - $1) }
    let acceleration = cubes / (6 * pow(squares, 1.5))
    func moved(_ share: Double) -> Double {
      let shifted = bias + NormalDistribution.quantile(share)
      return NormalDistribution.share(below: bias + shifted / (1 - acceleration * shifted))
    }
    return (moved(ends.0), moved(ends.1))
  }
}
