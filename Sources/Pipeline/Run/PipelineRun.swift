import Evaluate
public import Records
import Report
public import Stages
import Tensors
public import Train

/// Runs a plan: data stages, training, evaluation, report, each only where its result is not there.
public struct PipelineRun: Sendable {
  private let plan: PipelinePlan
  private let folder: String
  private let threads: Int
  private let observer: any RunObserver
  private let shards: [String]

  /// A run of a plan into a folder.
  ///
  /// - Parameters:
  ///   - shards: the run folders of all shards, where the first stages were run in shards.
  public init(
    plan: PipelinePlan, folder: String, threads: Int, observer: any RunObserver,
    shards: [String] = []
  ) {
    self.shards = shards
    self.plan = plan
    self.folder = FilePaths.join(FilePaths.current, folder)
    self.threads = threads
    self.observer = observer
  }

  /// Runs to the end, or to the first fault; what is done so far stays and is not done again.
  ///
  /// - Throws: `StageError`, `FileError`, `Diagnostics`, `Interrupted` and what training throws.
  public func execute() throws -> RunSummary {
    try Fetching.$current.withValue(fetching) { try executeStages() }
  }

  /// Old files in place of ones that are not reached are told of where the run is.
  private var fetching: Fetching { Fetching { observer.say("note: \($0)") } }

  private func executeStages() throws -> RunSummary {
    // For the models of stages, and for training.
    Engine.threads = threads
    let held = try RunFolder(folder)
    var timings = RunTimings(threads: threads)
    let memory = timings.memory
    let runner = StageRunner(folder: folder, seed: plan.seed, threads: threads) {
      memory.note($0)
      observer.stage($0)
    }
    if !shards.isEmpty { try runner.merge(plan.steps, shards: shards) }
    let results = try runner.run(plan.steps)
    timings.stages = results
    let sides = try publish(results)
    for warning in try SplitProof(plan: plan, folder: folder, sides: sides, threads: threads)
      .check()
    {
      observer.say("warning: \(warning)")
    }
    let ledger = try summarise(sides, of: results.last?.fingerprint ?? "")
    try held.prune(keeping: results)
    try LockFile(plan: plan, results: results).write(to: folder)
    var summary = RunSummary(folder: folder, sides: sides)
    if let training = plan.training {
      _ = memory.take()
      let outcome = try TrainStep(
        plan: plan, options: TrainingOptions(training), folder: folder, threads: threads,
        sides: sides, data: results.last?.fingerprint ?? "", observer: observer, memory: memory
      ).run()
      // What training took is not needed for the page.
      Engine.releaseMemory()
      timings.training = outcome.timing
      summary.metrics = outcome.metrics
      summary.reusedTraining = outcome.reused
    } else {
      try removeTraining()
    }
    summary.reused = results.allSatisfy(\.cached) && summary.reusedTraining != false
    try timings.write(to: folder, keepingOld: summary.reused)
    summary.report = try ReportPage.write(ofRunAt: folder, ledger: ledger)
    summary.seconds = timings.seconds
    return summary
  }

  /// Writes what people read of the stages' output, each data set to its place.
  private func publish(_ results: [StageResult]) throws -> [Side: Int] {
    var publisher = RunPublisher(folder: folder, results: results, threads: threads)
    for step in plan.steps {
      publisher.destinations[step.label] = (step.stage as? any ExportingStage)?.destination
    }
    return try publisher.publish()
  }

  /// Writes the summary of the data, and reads meanwhile what the page tells of the ledger.
  private func summarise(
    _ sides: [Side: Int], of fingerprint: String
  ) throws -> LedgerReading? {
    let summaries = SideSummaries(
      folder: folder, sides: sides, threads: threads, observer: observer)
    let (folder, threads) = (folder, threads)
    let parts: [@Sendable () throws -> LedgerReading?] = [
      {
        try summaries.write(of: fingerprint)
        return nil
      },
      { try LedgerReading(ofRunAt: folder) },
    ]
    return try OrderedMap.map(parts, threads: threads) { try $1() }.compactMap(\.self).first
  }

  /// Runs those of the first stages that decide about each record by itself, on one shard's share of
  /// the raw records; the run that is given the folders of all shards goes on from there.
  ///
  /// - Throws: as `execute`.
  public func execute(shard: Shard) throws -> [StageResult] {
    Engine.threads = threads
    let held = try RunFolder(folder)
    let runner = StageRunner(folder: folder, seed: plan.seed, threads: threads, shard: shard) {
      observer.stage($0)
    }
    let results = try Fetching.$current.withValue(fetching) {
      try runner.run(Array(plan.steps.prefix(plan.steps.shardable)))
    }
    try held.prune(keeping: results)
    return results
  }

  /// A folder whose pipeline no longer trains keeps no metrics of an older one.
  private func removeTraining() throws {
    let outputs = [
      "metrics.json", "predictions.jsonl", "trainer_state.json", Forgetting.cache,
      TrainStep.penaltyCache,
    ]
    let traces = TrainingSession.curves + ModelScores.allAnswers + MethodChoice.outputs
    for name in outputs + traces {
      try Folders.remove("\(folder)/\(name)")
    }
  }
}

/// Watches a run.
public protocol RunObserver: Sendable {
  /// A data stage goes on.
  func stage(_ progress: StageProgress)
  /// Training goes on.
  func training(_ event: TrainingEvent)
  /// Something worth a line happened.
  func say(_ text: String)
}

/// What a run made, for people and machines.
public struct RunSummary: Sendable {
  /// The run folder.
  public let folder: String
  /// How many records each side holds.
  public let sides: [Side: Int]
  /// What `metrics.json` says, if the pipeline trains.
  public var metrics: JSONValue?
  /// The path of the page.
  public var report = ""
  /// Whether everything was there already.
  public var reused = false
  /// Wall-clock seconds.
  public var seconds = 0.0
  var reusedTraining: Bool?

  /// The summary as JSON.
  public var object: JSONObject {
    let counts = Side.allCases.map { ($0.rawValue, JSONValue.integer(sides[$0] ?? 0)) }
    return [
      "folder": .string(folder), "records": .object(JSONObject(counts)),
      "reused": .bool(reused), "seconds": .real(seconds), "report": .string(report),
      "metrics": metrics ?? .null,
    ]
  }

  /// The scores of the test side, or of the validation side where there is no test side.
  public var scores: (side: String, values: [(name: String, value: Double)])? {
    for side in ["test", "validation"] {
      guard let object = metrics?[side]?.object else { continue }
      let values = object.members.compactMap { member in
        member.value.double.map { (name: member.key, value: $0) }
      }
      if !values.isEmpty { return (side, values) }
    }
    return nil
  }
}
