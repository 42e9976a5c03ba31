import Evaluate
import Stages
import Train

extension Planner {
  /// The metrics under `evaluate:`, each checked against what the training will give, and whether what
  /// the model could do before is looked at.
  mutating func metrics(
    _ node: ConfigurationNode?, _ training: ParameterValues?, base: String
  ) -> (metrics: [MetricChoice], forgetting: Forgetting?) {
    guard let node else { return ([], nil) }
    let nodes: [ConfigurationNode] = if case .list(let list) = node.value { list } else { [node] }
    let (others, own) = (nodes.filter { !$0.isForgetting }, nodes.filter(\.isForgetting))
    var choices: [MetricChoice] = []
    for node in others {
      guard let choice = MetricChoice.read(node, sharing: others, into: &diagnostics) else {
        continue
      }
      check(choice, training.map { TrainingOptions($0) }, base: base, place: node.place)
      if let fault = choice.fault(beside: choices, place: node.place) { diagnostics.add(fault) }
      choices.append(choice)
    }
    if own.count > 1 {
      diagnostics.add(
        Diagnostic(
          "'forgetting' is written twice", path: "evaluate", place: own[1].place,
          remedy: "name all files in one: {forgetting: {data: [a.jsonl, b.jsonl]}}"))
    }
    return (choices, own.first.flatMap { forgetting($0, training) })
  }

  private mutating func check(
    _ choice: MetricChoice, _ options: TrainingOptions?, base: String, place: Place
  ) {
    do {
      try Self.check(choice.name, options)
      _ = try [choice].settings(MetricResources(base: base, reads: false))
    } catch {
      let fault = error as? Diagnostic
      diagnostics.add(
        Diagnostic(
          fault?.message ?? "\(error)", path: "evaluate", place: place, remedy: fault?.remedy))
    }
  }

  /// - Throws: `MetricError` for a name that is unknown or asks for what the task lacks.
  private static func check(_ name: String, _ options: TrainingOptions?) throws(MetricError) {
    let provided = options.map { TrainingOptions.provides($0.values) } ?? []
    if TextMetrics.expand(name) != nil {
      guard options?.writes == true else { throw .isOfTexts(name: name, provided: provided) }
      return
    }
    do throws(MetricError) {
      _ = try MetricCatalog.standard.metrics(named: [name], providing: provided, classes: nil)
    } catch .unknown(_, let suggestion, let known) {
      let all = known + TextMetrics.known + [Forgetting.name]
      throw .unknown(
        name: name,
        suggestion: suggestion
          ?? Suggestion.nearest(to: name, among: TextMetrics.known + [Forgetting.name]), known: all
      )
    }
  }

  /// Options of training that do not go together, or name a metric there is not.
  mutating func trainingFaults(_ training: ParameterValues?, _ node: ConfigurationNode?) {
    guard let training else { return }
    for (key, problem) in TrainingOptions(training).faults {
      diagnostics.add(
        Diagnostic(problem, path: "train.\(key)", place: node?[key]?.place ?? node?.place))
    }
  }

  /// The metrics that training watches need what `evaluate` gives them.
  mutating func watchedMetrics(
    _ training: ParameterValues?, _ metrics: [MetricChoice], _ node: ConfigurationNode?
  ) {
    guard let options = training.map({ TrainingOptions($0) }) else { return }
    for (key, name) in options.namedMetrics where options.writes {
      guard MetricChoice.needsOptions(name),
        !metrics.contains(where: { $0.isOfFamily(of: name) })
      else { continue }
      diagnostics.add(
        Diagnostic(
          "metric '\(name)' needs options that evaluate does not give", path: "train.\(key)",
          place: node?[key]?.place ?? node?.place,
          remedy: "name it under 'evaluate' as well, with what it takes: "
            + "evaluate: [{\(name): {model: …}}]"))
    }
  }

  /// How the model writes what is scored.
  mutating func writing(
    _ node: ConfigurationNode?, _ training: ParameterValues?
  ) -> WritingOptions? {
    guard let node else { return nil }
    guard
      let values = ParameterValues.read(
        WritingOptions.parameters, from: node, owner: "generate", into: &diagnostics)
    else { return nil }
    let options = WritingOptions(values)
    if let fault = options.fault {
      diagnostics.add(Diagnostic(fault, path: "generate", place: node.place))
    } else if training.map({ TrainingOptions($0).writes }) != true {
      diagnostics.add(
        Diagnostic(
          "nothing is trained that writes", path: "generate", place: node.place,
          remedy: "remove it, or train with an objective that writes: causal, "
            + "sequence-to-sequence"))
    }
    return options
  }
}

extension ConfigurationNode {
  /// Whether an entry of `evaluate:` asks what a model forgets.
  fileprivate var isForgetting: Bool { StageEntry(self)?.name == Forgetting.name }
}
