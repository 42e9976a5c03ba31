import Records
import Stages

/// Gets records to look at from the folder of a run, or by running a file's stages on a little data.
public struct SampleSource {
  private let target: String
  private let stage: String?
  private let count: Int
  private let threads: Int

  /// A source of samples.
  public init(target: String, stage: String?, count: Int, threads: Int) {
    self.target = target
    self.stage = stage
    self.count = count
    self.threads = threads
  }

  /// A sample; `settings` and `limit` apply to pipeline files only.
  public func sample(settings: [String], limit: Int) throws -> Sample {
    if Folders.isFolder(target) {
      return try Sample(
        of: StageRunner.results(in: target), stage: stage, count: count, threads: threads)
    }
    var overrides = try settings.map { try Override($0) }
    overrides.append(Override(key: "ingest.limit", text: "\(limit)"))
    let plan = try Planner.plan(PipelineFile(path: target), overrides: overrides)
    let folder =
      "\(FilePaths.temporary)/anneal-show-\(UInt64.random(in: 0 ... .max))"
    defer { try? Folders.remove(folder) }
    let results = try StageRunner(folder: folder, seed: plan.seed, threads: threads)
      .run(steps(of: plan))
    return try Sample(of: results, stage: stage, count: count, threads: threads)
  }

  /// The stages up to the one asked for; later ones cannot change what it shows.
  private func steps(of plan: PipelinePlan) -> [StageStep] {
    guard let index = plan.steps.firstIndex(where: { $0.label == stage }) else { return plan.steps }
    return Array(plan.steps[...index])
  }
}
