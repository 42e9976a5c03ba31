import Stages
import Synchronization
import Train

/// What can be checked of a plan before a byte of its data is read.
public enum PipelineCheck {
  /// Sees to it that every file the stages read is there; of addresses, that they are ones.
  ///
  /// - Returns: what people should know, such as what will be fetched.
  /// - Throws: `Diagnostics` with every file that is missing.
  @discardableResult
  public static func inputs(of plan: PipelinePlan) throws -> [String] {
    let notes = Mutex<[String]>([])
    let fetching = Fetching(isAllowed: false) { note in notes.withLock { $0.append(note) } }
    try Fetching.$current.withValue(fetching) { try checkInputs(of: plan) }
    return notes.withLock { $0 }
  }

  /// The candidates of a pipeline with `method: auto`, in lines, and which of them its limits leave out.
  ///
  /// The model is read once a candidate. Heads are counted of two classes, as no record is read.
  public static func candidates(of plan: PipelinePlan) -> [String] {
    guard let options = plan.training.map({ TrainingOptions($0) }), options.searchesMethod else {
      return []
    }
    let context = TrainingContext(
      seed: plan.seed, folder: plan.base, maximumLength: plan.maximumLength, base: plan.base)
    do {
      return try SearchPlan(options, train: nil, context).lines
    } catch {
      return ["  candidates are counted when the run knows its tokenizer: \(error)"]
    }
  }

  private static func checkInputs(of plan: PipelinePlan) throws {
    var diagnostics = Diagnostics()
    var steps = plan.steps.map { (step: $0, label: $0.label) }
    if let forgetting = plan.forgetting { steps.append((forgetting.step, Forgetting.name)) }
    if let data = plan.penaltyData { steps.append((data, "train.penalty")) }
    for (step, label) in steps {
      do throws(StageError) {
        for path in try step.stage.dependencies() where path != "-" && !Folders.exists(path) {
          diagnostics.add(
            Diagnostic("'\(path)' is not there", path: label, remedy: "check the path"))
        }
      } catch {
        diagnostics.add(Diagnostic(error.description, path: label))
      }
    }
    let files = plan.training.map { TrainingOptions($0).penaltyFiles } ?? []
    for path in files where !Folders.exists(path) {
      diagnostics.add(
        Diagnostic("'\(path)' is not there", path: "train.penalty", remedy: "check the path"))
    }
    guard diagnostics.isEmpty else { throw diagnostics }
  }
}
