import Records
import Stages

/// One of the two runs of a seed: with the stages in question, or without.
struct AblationArm {
  /// Which of the two it is.
  enum Kind: String { case with, without }

  let kind: Kind
  var plan: PipelinePlan
  let folder: String
  let threads: Int

  /// Runs the data stages; those that are there are reused.
  func prepare(_ observer: any RunObserver) throws -> [StageResult] {
    let held = try RunFolder(folder)
    defer { withExtendedLifetime(held) {} }
    return try StageRunner(folder: folder, seed: plan.seed, threads: threads) {
      observer.stage($0)
    }.run(plan.steps)
  }

  /// Takes over what another arm made of the stages that both begin with.
  func share(_ results: [StageResult], of other: PipelinePlan) throws {
    let held = try RunFolder(folder)
    defer { withExtendedLifetime(held) {} }
    let common = zip(plan.steps, other.steps).prefix { $0.label == $1.label }.count
    for result in results.prefix(common) {
      try Folders.clone(result.folder, as: "\(folder)/cache/\(FilePaths.name(result.folder))")
    }
  }

  /// Runs the whole arm; where it is done already it is reused.
  func execute(_ observer: any RunObserver) throws -> RunSummary {
    try PipelineRun(plan: plan, folder: folder, threads: threads, observer: observer).execute()
  }
}
