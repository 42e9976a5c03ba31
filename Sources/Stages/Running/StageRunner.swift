/// Runs the stages of a plan one after the other, each from the file of the one before it.
///
/// Each stage's output is a folder below `cache/` that appears in one step when it is whole, named
/// by a fingerprint of all it depends on. A stage whose folder is there is not run again, so a run
/// that was killed goes on with the stage it was in.
public struct StageRunner: Sendable {
  /// The run folder.
  public let folder: String
  /// The seed of the run.
  public let seed: UInt64
  /// How many threads to use.
  public let threads: Int
  /// The part of the raw records to take; nil for all.
  public let shard: Shard?
  /// Told of each stage as it goes on.
  public let progress: @Sendable (StageProgress) -> Void
  /// About how many bytes of records are in memory at once; results do not depend on it.
  package var batchSize = 1 << 21

  /// A runner that writes to a run folder.
  public init(
    folder: String, seed: UInt64, threads: Int, shard: Shard? = nil,
    progress: @escaping @Sendable (StageProgress) -> Void = { _ in }
  ) {
    self.folder = folder
    self.seed = seed
    self.threads = threads
    self.shard = shard
    self.progress = progress
  }

  /// Runs the stages; those whose output is there already are reused.
  ///
  /// - Throws: `StageError` for a record at fault, `FileError`, `Interrupted`.
  public func run(_ steps: [StageStep]) throws -> [StageResult] {
    let cache = Self.cache(in: folder)
    let lock = try FolderLock(cache)
    defer { withExtendedLifetime(lock) {} }
    try Self.removeLeftovers(in: cache)
    var results: [StageResult] = []
    for (index, step) in steps.enumerated() {
      results.append(try run(step, number: index + 1, of: steps.count, after: results.last))
    }
    try Self.list(results, in: cache)
    return results
  }

  /// Runs stages behind one whose output is there, to see what would come of them.
  ///
  /// What the last finished run left stays as it is; a run of the same plan takes the output over.
  ///
  /// - Parameters:
  ///   - number: the place of the first of the stages in their plan, from 1.
  /// - Throws: as `run`.
  public func attempt(
    _ steps: [StageStep], after result: StageResult, number: Int
  ) throws -> [StageResult] {
    let lock = try FolderLock(Self.cache(in: folder))
    defer { withExtendedLifetime(lock) {} }
    var results: [StageResult] = []
    for (index, step) in steps.enumerated() {
      results.append(
        try run(
          step, number: number + index, of: number + steps.count - 1,
          after: results.last ?? result))
    }
    return results
  }

  private func run(
    _ step: StageStep, number: Int, of total: Int, after previous: StageResult?
  ) throws -> StageResult {
    let fingerprint = try step.fingerprint(
      after: previous?.fingerprint ?? "", seed: seed, shard: shard)
    let cache = Self.cache(in: folder)
    let target = "\(cache)/\(Self.name(step.label, number: number, fingerprint))"
    if let result = Self.result(in: target), result.fingerprint == fingerprint {
      progress(.init(step.label, number, total, .finished(result)))
      return result
    }
    let clock = ContinuousClock()
    let start = clock.now
    let temporary = "\(cache)/\(Self.unfinished(step.label, number: number))"
    try Folders.make("\(temporary)/\(StageFiles.artifacts)")
    let manifest = try StageWork(
      step: step, runner: self, folder: temporary, fingerprint: fingerprint, input: previous,
      report: { progress(.init(step.label, number, total, .records($0))) }
    ).run()
    try Folders.publish(temporary, as: target)
    let elapsed = clock.now - start
    let result = StageResult(
      label: step.label, folder: target, fingerprint: fingerprint, counts: manifest.counts,
      contentHash: manifest.contentHash, cached: false, seconds: elapsed / .seconds(1))
    progress(.init(step.label, number, total, .finished(result)))
    return result
  }
}

/// A message on how a stage goes on.
public struct StageProgress: Sendable {
  /// What happened.
  public enum Event: Sendable {
    /// This many records have been seen.
    case records(Int)
    /// The stage's output is whole.
    case finished(StageResult)
  }

  /// The stage's label.
  public let label: String
  /// The stage's place in the plan, from 1.
  public let number: Int
  /// How many stages the plan has.
  public let total: Int
  /// What happened.
  public let event: Event

  init(_ label: String, _ number: Int, _ total: Int, _ event: Event) {
    self.label = label
    self.number = number
    self.total = total
    self.event = event
  }
}
