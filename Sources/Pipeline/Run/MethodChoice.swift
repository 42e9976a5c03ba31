import Records
import Stages
import Tensors
import Train

/// The part of a run with `method: auto` that finds the method, and what it leaves in the run's folder.
struct MethodChoice {
  let plan: PipelinePlan
  let folder: String
  let memory: StageMemory
  let observer: any RunObserver

  /// The files of a search below a run's folder, and where its trials train.
  static let outputs = ["search", trials]
  private static let trials = "cache/search"

  /// Searches, or reads what an earlier process has found, and writes the results and the winner's pipeline.
  /// - Parameter search: The search, prepared.
  func make(_ search: MethodSearch) throws -> SearchResult {
    let (all, tried) = (search.plan.entries, search.plan.entries.filter { $0.fault == nil })
    observer.say("search  \(tried.count) of \(all.count) candidates are tried")
    let result = try search.run(peak: memory.take) { observer.say($0) }
    if result.isOutOfTime { observer.say("search  the time is up; the best so far is taken") }
    for line in result.lines { observer.say(line) }
    observer.say(
      "search  \(result.winner.name) is trained with all steps; \(folder)/search/winner.yaml is its "
        + "pipeline")
    try write(result)
    return result
  }

  /// Where the trials of the run train.
  var trialFolder: String { "\(folder)/\(Self.trials)" }

  private func write(_ result: SearchResult) throws {
    try Folders.make("\(folder)/search")
    try AtomicFile.write(result.json.prettyText.utf8, to: "\(folder)/search/trials.json")
    var won = plan
    won.training = result.options.values
    try LockFile.write(
      won.object, head: "the pipeline with the method that a search has chosen.",
      to: "\(folder)/search/winner.yaml")
  }
}
