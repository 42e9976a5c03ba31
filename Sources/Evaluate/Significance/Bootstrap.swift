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
    return bootstrap([rows], leavingOut: method == .bca)
      .flatMap { $0.intervals(level: level, method: method) }
  }

  /// Scores of systems on records drawn anew, the same ones for each.
  ///
  /// - Parameters:
  ///   - systems: the rows of each system, of the same records.
  ///   - leavingOut: whether to score all records but each one as well, as `.bca` needs.
  /// - Precondition: there is a system, each has as many rows, and there are rows.
  public func bootstrap(
    _ systems: [any ScoredRows], leavingOut: Bool = false
  ) -> [BootstrapScores] {
    let rows = JoinedRows(systems)
    precondition(rows.count > 0, "there are no rows to draw")
    let samples = scores(
      purpose: "bootstrap", size: 4 * rows.count, draw: { $0.weights(rows.count) },
      score: { rows.scores(weights: $0) })
    let all = BootstrapScores(
      metrics: rows.metrics, estimates: rows.scores(of: 0..<rows.count), samples: samples,
      leftOut: leavingOut ? leaveOneOut(rows) : [], generator: generator)
    var start = 0
    return systems.map { system in
      defer { start += system.metrics.count }
      return systems.count == 1 ? all : all.part(start..<start + system.metrics.count)
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
}

/// The standard normal distribution.
enum NormalDistribution {
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
