public import Evaluate

/// What `anneal ablate` is asked for.
public struct AblationOptions: Sendable {
  /// The stages that one arm does without: a family, a stage's name, or its label in the plan.
  public var over: String
  /// How many seeds, the plan's own and those that follow it.
  public var seeds = 5
  /// The metrics; all that the runs give where it is empty.
  public var metrics: [String] = []
  /// The share of intervals that should hold the truth.
  public var level = 0.95
  /// How many draws the bootstrap's intervals come from.
  public var resamples = 1000
  /// How p-values grow because many metrics are looked at.
  public var correction = Correction.holm
  /// How many threads train and score.
  public var threads = 1

  /// The defaults.
  public init(over: String) { self.over = over }
}
