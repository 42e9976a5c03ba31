public import Records
public import Stages

/// What would become of a run's records with other parameters of its stages.
///
/// Answered from what the run keeps of each stage: the stages that the settings change, and those
/// between them, run again on the records that came to the first of them. The data are not read
/// again, what follows is not run, and the run stays as it is.
public struct WhatIf: Sendable {
  /// The counts of one stage as it ran and as it would.
  public struct Stage: Sendable {
    /// The stage's label.
    public let label: String
    /// As it ran.
    public let before: StageCounts
    /// As it would.
    public let after: StageCounts
  }

  /// The stages that were tried, in order.
  public let stages: [Stage]
  /// Records that would go on and do not, by id, the first of them.
  public private(set) var gained: [String] = []
  /// Records that go on and would not, by id, the first of them.
  public private(set) var lost: [String] = []
  /// How many would go on and do not.
  public private(set) var gainedCount = 0
  /// How many go on and would not.
  public private(set) var lostCount = 0

  /// Tries settings such as `clean.length.min-words=3` on a finished run.
  ///
  /// Holds the ids of the records that end in the stages.
  ///
  /// - Throws: `Diagnostics` where a setting changes no stage, or changes how the data are read.
  public init(run: String, settings: [String], samples: Int = 5, threads: Int) throws {
    let results = try StageRunner.results(in: run)
    let file = try PipelineFile(path: "\(run)/pipeline.lock.yaml")
    let old = try Planner.plan(file)
    let new = try Planner.plan(file, overrides: settings.map { try Override($0) })
    let changed = try Self.changed(old, new, results, settings)
    let after = try StageRunner(folder: run, seed: new.seed, threads: threads).attempt(
      Array(new.steps[changed]), after: results[changed.lowerBound - 1],
      number: changed.lowerBound + 1)
    let before = results[changed]
    stages = zip(before, after).map {
      Stage(label: $0.label, before: $0.counts, after: $1.counts)
    }
    try compare(Self.ended(in: before), Self.ended(in: after[...]), samples)
  }

  /// The stages from the first to the last one that the settings change.
  private static func changed(
    _ old: PipelinePlan, _ new: PipelinePlan, _ results: [StageResult], _ settings: [String]
  ) throws(Diagnostics) -> ClosedRange<Int> {
    func fault(_ problem: String, _ remedy: String) -> Diagnostics {
      Diagnostics([Diagnostic(problem, remedy: remedy)])
    }
    guard old.steps.map(\.label) == results.map(\.label), new.steps.count == old.steps.count else {
      throw fault("the run is not that of its lock file", "run its pipeline again")
    }
    let changed = new.steps.indices.filter {
      new.steps[$0].values.encoded != old.steps[$0].values.encoded
    }
    guard let first = changed.first, let last = changed.last else {
      throw fault(
        "'\(settings.joined(separator: " "))' is what the run did",
        "name a stage's parameter and another value: clean.length.min-words=3")
    }
    guard new.steps[first].descriptor.role != .source else {
      throw fault(
        "'\(new.steps[first].label)' would have to read the data again",
        "run the pipeline with --set and another --out, then 'anneal ledger RUN --against RUN'")
    }
    return first...last
  }

  private static func ended(in results: ArraySlice<StageResult>) throws -> Set<String> {
    var ids: Set<String> = []
    for result in results {
      try RunLedger(stage: result).forEach { line in
        if let id = line["id"]?.string { ids.insert(id) }
      }
    }
    return ids
  }

  private mutating func compare(_ old: Set<String>, _ new: Set<String>, _ samples: Int) {
    let gained = old.subtracting(new)
    let lost = new.subtracting(old)
    gainedCount = gained.count
    lostCount = lost.count
    self.gained = Array(gained.sorted().prefix(samples))
    self.lost = Array(lost.sorted().prefix(samples))
  }

  /// The answer as JSON.
  public var object: JSONObject {
    let stages = stages.map { stage -> JSONValue in
      [
        "stage": .string(stage.label), "before": .object(stage.before.object),
        "after": .object(stage.after.object),
      ]
    }
    func texts(_ ids: [String]) -> JSONValue { .array(ids.map { .string($0) }) }
    return [
      "stages": .array(stages), "gained": .integer(gainedCount), "lost": .integer(lostCount),
      "gained_samples": texts(gained), "lost_samples": texts(lost),
    ]
  }
}
