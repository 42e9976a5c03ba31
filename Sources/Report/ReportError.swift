/// Why a run has no page.
public enum ReportError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Nothing, or no folder, is at the path.
  case noFolder(path: String)
  /// The folder holds no file of a run.
  case noRun(path: String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .noFolder(let path):
      "'\(path)' is no folder; give the folder of a run, such as runs/medical-abstracts"
    case .noRun(let path):
      "'\(path)' holds no run: none of metrics.json, stages.json, timings.json, "
        + "trainer_state.json or pipeline.lock.yaml is there; give the folder that a run wrote"
    }
  }
}
