public import Evaluate

/// What `anneal compare` is asked for.
public struct ComparisonOptions: Sendable {
  /// The metrics; all that the predictions allow where it is empty.
  public var metrics: [String] = []
  /// The paired test that gives p-values.
  public var test = PairedTest.randomization
  /// How many random swaps, or draws of the paired bootstrap.
  public var trials = 10_000
  /// How many draws the intervals come from.
  public var resamples = 1000
  /// The share of intervals that should hold the truth; one less it is what p-values are held to.
  public var level = 0.95
  /// How p-values grow because many are computed.
  public var correction = Correction.holm
  /// How intervals follow from draws.
  public var interval = IntervalMethod.percentile
  /// Where random numbers come from.
  public var generator = ResamplingGenerator.counter
  /// Their seed.
  public var seed: UInt64 = 12345
  /// How many records on which runs differ are shown.
  public var samples = 5
  /// How many threads score.
  public var threads = 1

  /// The defaults.
  public init() {}

  var draws: Resampling {
    Resampling(times: resamples, generator: generator, seed: seed, threads: threads)
  }

  var swaps: Resampling {
    Resampling(times: trials, generator: generator, seed: seed, threads: threads)
  }
}

/// A test of whether two runs differ.
public enum PairedTest: String, Sendable, CaseIterable {
  /// Paired approximate randomisation.
  case randomization
  /// The paired bootstrap.
  case bootstrap
}
