package import Stages

/// The stages of a plan that one arm of an ablation does without.
package struct AblatedStages {
  /// Their labels, in the order they run.
  package let labels: [String]

  /// Finds stages by a family (`augment`), a name (`augment.synonyms`, all of that name) or a label
  /// (`clean.length#2`, the second of that name; `#1` is the first).
  ///
  /// - Throws: `Diagnostics` where there is none, or one that a pipeline cannot do without.
  package init(_ name: String, of plan: PipelinePlan) throws(Diagnostics) {
    let found = plan.steps.filter { Self.isMeant($0, by: name) }
    guard !found.isEmpty else {
      throw Diagnostics([
        Diagnostic(
          "'\(name)' is no stage or family of this pipeline", place: Place(file: "--over"),
          remedy: Suggestion.remedy(for: name, among: Self.choices(plan)))
      ])
    }
    for step in found {
      guard let reason = Self.need(of: step) else { continue }
      throw Diagnostics([
        Diagnostic(
          "'\(step.label)' cannot be left out: \(reason)", place: Place(file: "--over"),
          remedy: Suggestion.remedy(for: "", among: Self.choices(plan)))
      ])
    }
    labels = found.map(\.label)
  }

  private static func isMeant(_ step: StageStep, by name: String) -> Bool {
    [step.label, step.descriptor.name, step.descriptor.family].contains(name)
      || name == "\(step.label)#1"
  }

  /// Why a pipeline cannot do without a stage, or gives the same model without it; nil where it can.
  private static func need(of step: StageStep) -> String? {
    switch step.descriptor.role {
    case .source: "it reads the data"
    case .splitting: "both arms are scored on the same sides"
    case .fitting: "the model reads what it makes"
    case .writing: "it changes no record"
    case .cleaning, .augmenting: nil
    }
  }

  /// What can be named.
  private static func choices(_ plan: PipelinePlan) -> [String] {
    var choices: [String] = []
    for step in plan.steps where need(of: step) == nil {
      for name in [step.descriptor.family, step.descriptor.name, step.label]
      where !choices.contains(name) {
        choices.append(name)
      }
    }
    return choices
  }

  /// The plan without the stages.
  ///
  /// They are taken out of the order that the planner found, so that all other stages keep their place
  /// before or behind the split, their labels, and with these their random numbers.
  package func leftOut(of plan: PipelinePlan) -> PipelinePlan {
    var plan = plan
    plan.steps.removeAll { labels.contains($0.label) }
    return plan
  }
}
