import Stages
import Train

extension PipelinePlan {
  /// What the sources are called, for mixtures of them.
  var sources: SourceNames { SourceNames(of: steps) }

  /// How sources are mixed, behind the other options of a training; empty where they are not.
  var mixtureSummary: String {
    guard let mixture = training.flatMap({ TrainingOptions($0).mixture }) else { return "" }
    return ", \(mixture)"
  }
}

extension SourceNames {
  /// The sources among stages, as the runner tells their records apart.
  init(of steps: [StageStep]) {
    let sources = steps.filter { $0.stage is any SourceStage }
    self.init(
      sources.enumerated().map { index, step in
        Source(
          prefix: index == 0 ? "" : "\(step.label):",
          name: (step.stage as? any SourceStage)?.name ?? step.label)
      })
  }
}

extension Planner {
  /// A mixture of sources names those that are there, each of them once.
  mutating func mixtureFaults(
    _ training: ParameterValues?, _ steps: [StageStep], _ node: ConfigurationNode?
  ) {
    guard let mixture = training.flatMap({ TrainingOptions($0).mixture }),
      let fault = mixture.fault(of: SourceNames(of: steps))
    else { return }
    diagnostics.add(
      Diagnostic(
        fault.problem, path: "train.mixture", place: node?["mixture"]?.place ?? node?.place,
        remedy: fault.remedy))
  }
}
