import Records

/// The differences of two systems by one metric, a difference a seed, and what they say of other seeds.
///
/// Student's paired t: the seeds are taken for a sample of all seeds, their differences for normal.
public struct PairedSeeds: Sendable, Equatable {
  /// The second system's score less the first's, for each seed.
  public let differences: [Double]

  /// Gathers the differences of each seed.
  public init(_ differences: [Double]) { self.differences = differences }

  /// Their mean; NaN of none.
  public var mean: Double { differences.reduce(0, +) / Double(differences.count) }

  /// The standard error of the mean; NaN of fewer than two.
  public var standardError: Double {
    let (count, mean) = (Double(differences.count), mean)
    guard count > 1 else { return .nan }
    let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / (count - 1) / count).squareRoot()
  }

  /// Between which values the mean over all seeds lies; nil of fewer than two seeds.
  ///
  /// - Parameter level: the share of such intervals that should hold the truth.
  public func interval(level: Double = 0.95) -> ClosedRange<Double>? {
    let (mean, error) = (mean, standardError)
    guard mean.isFinite, error.isFinite else { return nil }
    let reach = distribution.bound(within: level) * error
    return mean - reach...mean + reach
  }

  /// How likely so large a mean is where the systems do not differ, two-sided; NaN of fewer than two.
  ///
  /// Of differences that are all 0 it is 1, where scipy's is NaN.
  public var pValue: Double {
    let (mean, error) = (mean, standardError)
    guard mean.isFinite, error.isFinite else { return .nan }
    return mean == 0 ? 1 : distribution.shareBeyond(mean / error)
  }

  private var distribution: StudentDistribution {
    StudentDistribution(degrees: Double(differences.count - 1))
  }
}

extension BootstrapScores {
  /// The mean of a metric over seeds, drawn anew in two steps: seeds, and the records of each.
  ///
  /// Of one seed only its records are drawn.
  ///
  /// - Parameters:
  ///   - metric: a metric's name; nil is returned where a seed has no such metric.
  ///   - seeds: the scores of each seed on records drawn anew, or their differences.
  ///   - seed: that of the random numbers.
  public static func overSeeds(
    _ metric: String, _ seeds: [BootstrapScores], seed: UInt64
  ) -> BootstrapScores? {
    let parts = seeds.compactMap { scores in
      scores.metrics.firstIndex { $0.name == metric }.map { scores.part($0..<$0 + 1) }
    }
    guard let first = parts.first, parts.count == seeds.count else { return nil }
    guard parts.count > 1 else { return first }
    var random = CounterRandom(seed: seed, purpose: "bootstrap over seeds", record: metric)
    let times = parts.map(\.count).min() ?? 0
    let samples = (0..<times).map { _ in
      var sum = 0.0
      for _ in parts {
        let part = parts[random.below(parts.count)]
        sum += part.samples[random.below(part.count)][0]
      }
      return [sum / Double(parts.count)]
    }
    let mean = parts.reduce(0) { $0 + $1.estimates[0] } / Double(parts.count)
    return BootstrapScores(
      metrics: first.metrics, estimates: [mean], samples: samples, leftOut: [],
      generator: first.generator)
  }
}
