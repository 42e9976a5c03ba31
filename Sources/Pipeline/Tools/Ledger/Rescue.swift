import Stages

/// Puts the records back that one rule of a run has ended.
///
/// The rule is written into the plan of the run, as `rescue: [RULE]` of its stage, so that the run
/// stays one that a file describes: stages before it are reused, those behind it run again.
public struct Rescue: Sendable {
  /// The plan of the run with the rule lifted.
  public let plan: PipelinePlan
  /// The stage that ended the records.
  public let stage: String
  /// How many records come back.
  public let count: Int

  /// Finds what a rule has ended in a finished run.
  ///
  /// - Parameters:
  ///   - stage: the stage, where several have a rule of that name.
  /// - Throws: `Diagnostics` where nothing was ended by the rule, or the stage needs its end.
  public init(run: String, rule: String, stage: String?) throws {
    var counts: [String: Int] = [:]
    var names = NamesMet()
    let filter = LedgerFilter(stage: stage, reason: rule)
    try RunLedger(run: run).forEach { line in
      let end = RecordEnd(line)
      names.add(end)
      if filter.includes(end), let stage = end.stage { counts[stage, default: 0] += 1 }
    }
    if let fault = names.fault(filter) { throw fault }
    guard let found = counts.first, counts.count == 1 else {
      let stages = counts.keys.sorted().joined(separator: ", ")
      throw Diagnostics([
        Diagnostic(
          counts.isEmpty
            ? "'\(stage ?? "")' has ended no record as '\(rule)'"
            : "'\(rule)' has ended records in several stages",
          remedy: counts.isEmpty
            ? "'anneal ledger \(run)' shows what has" : "name one with --stage: \(stages)")
      ])
    }
    var file = try PipelineFile(path: "\(run)/pipeline.lock.yaml")
    file.rescue(rule, in: found.key)
    plan = try Planner.plan(file)
    self.stage = found.key
    count = found.value
  }
}

extension PipelineFile {
  /// Adds a rule to those that a stage does not end records for.
  fileprivate mutating func rescue(_ rule: String, in label: String) {
    guard let stages = root["stages"], case .list(var list) = stages.value else { return }
    var occurrences: [String: Int] = [:]
    for index in list.indices {
      guard let entry = StageEntry(list[index]) else { continue }
      let number = occurrences[entry.name, default: 0] + 1
      occurrences[entry.name] = number
      guard StageStep.label(entry.name, occurrence: number) == label else { continue }
      let key = CommonParameters.rescue.name
      func node(_ value: ConfigurationNode.Value) -> ConfigurationNode {
        ConfigurationNode(value, place: entry.place, base: stages.base)
      }
      var rules: [ConfigurationNode] = []
      if case .list(let written)? = entry.parameters?[key]?.value { rules = written }
      rules.append(node(.scalar(rule, quoted: true)))
      list[index].nameStage(entry.name)
      list[index].set([entry.name, key], to: node(.list(rules)))
    }
    root.set(["stages"], to: ConfigurationNode(.list(list), place: stages.place, base: stages.base))
  }
}
