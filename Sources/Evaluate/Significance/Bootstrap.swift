import Foundation

/// Between which values a score lies, as far as the records at hand tell.
public struct ConfidenceInterval: Sendable, Equatable {
  /// The score of all records.
  public let estimate: Double
  /// The lower end; NaN where too few choices of records define the score.
  public let lower: Double
  /// The upper end.
  public let upper: Double
  /// How many choices of records defined no score, and were left out.
  public let undefined: Int

  /// Gathers an interval.
  public init(estimate: Double, lower: Double, upper: Double, undefined: Int) {
    (self.estimate, self.lower, self.upper) = (estimate, lower, upper)
    self.undefined = undefined
  }
}

/// How the ends of an interval follow from the scores of records drawn anew.
public enum IntervalMethod: String, Sendable, CaseIterable {
  /// The quantiles of the scores.
  case percentile
  /// Quantiles corrected for bias and acceleration: Efron (1987), doi:10.2307/2289144.
  case bca
}

extension Resampling {
  /// Confidence intervals of every metric of one system: Efron's bootstrap over records.
  ///
  /// With `.numpy` the numbers are those of `scipy.stats.bootstrap` with `rng=default_rng(seed)`.
  /// Bias-corrected intervals score as many choices more as there are records.
  ///
  /// - Parameter level: the share of such intervals that should hold the truth.
  public func intervals(
    of rows: some ScoredRows, level: Double = 0.95, method: IntervalMethod = .percentile
  ) -> [ConfidenceInterval] {
    guard rows.count > 0 else { return [] }
    let estimates = rows.scores(of: 0..<rows.count)
    let samples = scores(
      purpose: "bootstrap", draw: { $0.weights(rows.count) }, score: { rows.scores(weights: $0) })
    let left = method == .bca ? leaveOneOut(rows) : []
    return estimates.indices.map { metric in
      let defined = samples.map { $0[metric] }.filter { !$0.isNaN }.sorted()
      var ends = ((1 - level) / 2, 1 - (1 - level) / 2)
      if method == .bca {
        ends = Self.corrected(
          ends, sorted: defined, estimate: estimates[metric], left: left.map { $0[metric] })
      }
      return ConfidenceInterval(
        estimate: estimates[metric], lower: Self.quantile(defined, ends.0),
        upper: Self.quantile(defined, ends.1), undefined: samples.count - defined.count)
    }
  }

  /// The scores without one record, for each record.
  private func leaveOneOut(_ rows: some ScoredRows) -> [[Double]] {
    Self.mapped(Array(0..<rows.count), threads: threads) { left in
      var weights = [Int32](repeating: 1, count: rows.count)
      weights[left] = 0
      return rows.scores(weights: weights)
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

/// The standard normal distribution.
enum NormalDistribution {
  /// The share of values below one.
  static func share(below value: Double) -> Double { 0.5 * erfc(-value / 2.0.squareRoot()) }

  /// The value that a share lies below; infinite for 0 and 1.
  static func quantile(_ share: Double) -> Double {
    guard share > 0, share < 1 else { return share <= 0 ? -.infinity : .infinity }
    // Halving: slow and exact to the last bits, and asked for a few times a metric.
    var (low, high) = (-40.0, 40.0)
    while true {
      let middle = (low + high) / 2
      if middle == low || middle == high { return middle }
      if Self.share(below: middle) < share { low = middle } else { high = middle }
    }
  }
}
