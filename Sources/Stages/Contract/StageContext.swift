public import Records

/// What a stage may know of the run it is part of.
public struct StageContext: Sendable {
  /// The seed of the run.
  public let seed: UInt64
  /// The stage's name, with a number behind it where a pipeline has several: `augment.synonyms#2`.
  public let stage: String
  /// How many threads a stage that does its own parallel work may use.
  public let threads: Int
  /// A folder for files the stage leaves in the run folder, such as `tokenizer/`.
  ///
  /// It is empty when the stage begins; all that is in it at the end is published atomically.
  public let artifacts: String

  /// What a stage may know of its run.
  public init(seed: UInt64, stage: String, threads: Int, artifacts: String = "") {
    self.seed = seed
    self.stage = stage
    self.threads = threads
    self.artifacts = artifacts
  }

  /// The random stream of a record in this stage: the same on any thread and in any order.
  public func random(for record: String) -> CounterRandom {
    CounterRandom(seed: seed, purpose: stage, record: record)
  }
}
