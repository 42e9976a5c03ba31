/// Runs the stages of a plan one after the other, each from the file of the one before it.
///
/// Each stage's output is a folder below `cache/` that appears in one step when it is whole, named
/// by a fingerprint of all it depends on. A stage whose folder is there is not run again, so a run
/// that was killed goes on with the stage it was in; within that from the last `WalkNote`.
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
  /// About how many bytes of records a batch has, of which there are some for each thread in memory; results
  /// do not depend on it.
  package var batchSize = 1 << 17
  /// How often the part of the input that is done is told, at most.
  package var shareInterval = Duration.milliseconds(100)
  /// How often it is noted how far a walk has come, at most: about as much work is lost by a kill.
  package var noteInterval = Duration.seconds(3)

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
    try Self.removeLeftovers(in: cache, of: WalkNote.read(in: cache))
    let results = try run(steps, after: nil, number: 1)
    try Self.list(results, in: cache)
    try Self.removeLeftovers(in: cache)
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
    return try run(steps, after: result, number: number)
  }

  private func run(
    _ steps: [StageStep], after result: StageResult?, number: Int
  ) throws -> [StageResult] {
    let total = number + steps.count - 1
    var results: [StageResult] = []
    while results.count < steps.count {
      let previous = results.last ?? result
      let link = try link(
        steps[results.count], number: number + results.count,
        after: previous.map { ($0.folder, $0.fingerprint) })
      if let result = Self.result(in: link.target), result.fingerprint == link.fingerprint,
        result.upstreamHash == previous?.contentHash
      {
        tell(link, of: total, .finished(result))
        results.append(result.reading(link.files))
      } else if let stage = link.step.stage as? any CollectionStage {
        results.append(try run(stage, link, of: total, after: previous))
      } else {
        let links = try chain(from: link, steps[(results.count + 1)...])
        results += try run(links, of: total, after: previous)
      }
    }
    return results
  }

  func link(
    _ step: StageStep, number: Int, after upstream: (folder: String, fingerprint: String)?
  ) throws -> StageLink {
    let files = try step.files()
    let fingerprint = try step.fingerprint(
      after: upstream?.fingerprint ?? "", seed: seed, shard: shard, files: files)
    let cache = Self.cache(in: folder)
    return StageLink(
      step: step, fingerprint: fingerprint, files: files,
      folder: "\(cache)/\(Self.unfinished(step.label, number: number))",
      target: "\(cache)/\(Self.name(step.label, number: number, fingerprint))",
      upstream: upstream?.folder, number: number)
  }

  /// A stage and those behind it that can take records over in memory, up to one that is there already.
  ///
  /// A walk that cannot go on after a kill is lost whole, so what takes long has one of its own: deriving
  /// records, which may be a model's work, and reading files that are large.
  private func chain(
    from first: StageLink, _ steps: ArraySlice<StageStep>
  ) throws -> [StageLink] {
    var links = [first]
    guard try first.step.sharesWalk || first.step.readsLittle else { return links }
    for step in steps {
      guard step.sharesWalk, let last = links.last else { break }
      let next = try link(step, number: last.number + 1, after: (last.target, last.fingerprint))
      if Self.result(in: next.target)?.fingerprint == next.fingerprint { break }
      links.append(next)
    }
    return links
  }

  private func run(
    _ links: [StageLink], of total: Int, after previous: StageResult?
  ) throws -> [StageResult] {
    let clock = ContinuousClock()
    let start = clock.now
    let chain = StageChain(
      links: links, runner: self, input: previous,
      meter: WalkMeter(every: shareInterval) { share in
        links.first.map { tell($0, of: total, .share(share)) }
      }
    ) { link, count in
      tell(link, of: total, .records(count))
    } goesOn: { count in
      links.first.map { tell($0, of: total, .goesOn(at: count)) }
    }
    let outcome = try chain.run()
    let elapsed = (clock.now - start) / .seconds(1)
    let results = try publish(
      outcome.finished.map { ($0.link, $0.manifest, elapsed * $0.share) }, after: previous,
      of: total)
    try WalkNote.remove(in: Self.cache(in: folder))
    if let fault = outcome.fault { throw fault }
    return results
  }

  private func run(
    _ stage: some CollectionStage, _ link: StageLink, of total: Int, after previous: StageResult?
  ) throws -> StageResult {
    guard let previous else { preconditionFailure("\(link.step.label) has no records before it") }
    let clock = ContinuousClock()
    let start = clock.now
    let manifest = try StageWork(
      link: link, runner: self, input: previous,
      meter: WalkMeter(every: shareInterval) { tell(link, of: total, .share($0)) },
      report: { tell(link, of: total, .records($0)) },
      goesOn: { tell(link, of: total, .goesOn(at: $0)) }
    ).run(stage)
    let results = try publish(
      [(link, manifest, (clock.now - start) / .seconds(1))], after: previous, of: total)
    try WalkNote.remove(in: Self.cache(in: folder))
    return results[0]
  }

  /// How walks divide their batches: several slices of each thread to a note.
  var pace: WalkPace { WalkPace(target: noteInterval / 12) }

  /// Puts the folders of finished stages in place, of which each has the records before the next.
  private func publish(
    _ finished: [(link: StageLink, manifest: StageManifest, seconds: Double)],
    after previous: StageResult?, of total: Int
  ) throws -> [StageResult] {
    var results: [StageResult] = []
    for (link, manifest, seconds) in finished {
      var manifest = manifest
      try manifest.write(to: link.folder, after: (results.last ?? previous)?.contentHash)
      results.append(
        StageResult(
          manifest, folder: link.target, cached: false, seconds: seconds,
          spent: link.step.stage.spent
        ).reading(link.files))
    }
    // The disk takes the files of all stages at once in less time than one after the other.
    let folders = finished.map(\.link.folder)
    _ = try OrderedMap.map(folders, threads: folders.count) { try Folders.syncTree($1) }
    for (link, _, _) in finished { try Folders.place(link.folder, as: link.target) }
    try Folders.sync(Self.cache(in: folder))
    for (stage, result) in zip(finished, results) {
      tell(stage.link, of: total, .finished(result))
    }
    return results
  }

  private func tell(_ link: StageLink, of total: Int, _ event: StageProgress.Event) {
    progress(.init(link.step.label, link.number, total, event))
  }
}

/// A message on how a stage goes on.
public struct StageProgress: Sendable {
  /// What happened.
  public enum Event: Sendable {
    /// This many records have been seen.
    case records(Int)
    /// This part of the input, by its bytes, has been worked through, by the stages behind in the same
    /// walk too; from 0 to 1, and never told where the size of the input is unknown.
    case share(Double)
    /// The stage goes on behind so many records, which a run that was killed has worked through; told
    /// before all else, and for those behind in the same walk too.
    case goesOn(at: Int)
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
