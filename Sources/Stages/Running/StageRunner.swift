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
  /// Told of each stage as it goes on.
  public let progress: @Sendable (StageProgress) -> Void

  /// A runner that writes to a run folder.
  public init(
    folder: String, seed: UInt64, threads: Int,
    progress: @escaping @Sendable (StageProgress) -> Void = { _ in }
  ) {
    self.folder = folder
    self.seed = seed
    self.threads = threads
    self.progress = progress
  }

  /// Runs the stages; those whose output is there already are reused.
  ///
  /// - Throws: `StageError` for a record at fault, `FileError`, `Interrupted`.
  public func run(_ steps: [StageStep]) throws -> [StageResult] {
    try removeLeftovers()
    var results: [StageResult] = []
    for (index, step) in steps.enumerated() {
      results.append(try run(step, number: index + 1, of: steps.count, after: results.last))
    }
    return results
  }

  /// The stages that a finished run has left in its folder, in order.
  /// - Throws: `Diagnostics` where the folder is not that of a run.
  public static func results(in folder: String) throws -> [StageResult] {
    let cache = "\(folder)/cache"
    let names = Folders.isFolder(cache) ? try Folders.list(cache) : []
    let results = names.compactMap { name in
      StageManifest.read("\(cache)/\(name)").map { manifest in
        StageResult(
          label: manifest.label, folder: "\(cache)/\(name)", fingerprint: manifest.fingerprint,
          counts: manifest.counts, contentHash: manifest.contentHash, cached: true, seconds: 0)
      }
    }
    guard !results.isEmpty else {
      throw Diagnostics([
        Diagnostic("there are no stages in '\(folder)'", remedy: "name the folder of a run")
      ])
    }
    return results
  }

  private var cache: String { "\(folder)/cache" }

  /// Folders that a killed run had not finished.
  private func removeLeftovers() throws {
    guard Folders.isFolder(cache) else { return }
    for name in try Folders.list(cache) where name.hasPrefix(".") {
      try Folders.remove("\(cache)/\(name)")
    }
  }

  private func run(
    _ step: StageStep, number: Int, of total: Int, after previous: StageResult?
  ) throws -> StageResult {
    let fingerprint = try step.fingerprint(after: previous?.fingerprint ?? "", seed: seed)
    let digits = number < 10 ? "0\(number)" : "\(number)"
    let target = "\(cache)/\(digits)-\(step.label)-\(fingerprint.prefix(12))"
    if let manifest = StageManifest.read(target), manifest.fingerprint == fingerprint {
      let result = StageResult(
        label: step.label, folder: target, fingerprint: fingerprint, counts: manifest.counts,
        contentHash: manifest.contentHash, cached: true, seconds: 0)
      progress(.init(step.label, number, total, .finished(result)))
      return result
    }
    let clock = ContinuousClock()
    let start = clock.now
    let temporary = "\(cache)/.\(digits)-\(step.label)"
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
