import Evaluate
import Models
import Records
public import Stages
import Tokenize
import Train

/// Checks a pipeline file and makes a plan of it, noting every fault at once.
public struct Planner {
  let catalog: StageCatalog
  var diagnostics = Diagnostics()

  /// A planner for the stages of a catalog.
  public init(catalog: StageCatalog = .standard) { self.catalog = catalog }

  /// Makes a plan.
  /// - Throws: `Diagnostics` with all that is wrong, in the order of the file.
  public static func plan(
    _ file: PipelineFile, overrides: [Override] = [], catalog: StageCatalog = .standard
  ) throws -> PipelinePlan {
    var planner = Planner(catalog: catalog)
    let plan = planner.plan(file, overrides)
    guard planner.diagnostics.isEmpty, let plan else {
      throw Diagnostics(planner.diagnostics.list.inFileOrder())
    }
    return plan
  }

  private mutating func plan(_ file: PipelineFile, _ overrides: [Override]) -> PipelinePlan? {
    var file = file
    file.apply(overrides, catalog, into: &diagnostics)
    let variables = Variables(file.root["variables"], into: &diagnostics)
    let root = variables.resolve(file.root.without("variables", LockFile.key), into: &diagnostics)
    checkKeys(root)
    let name = read(String.self, "name", of: root) ?? FilePaths.stem(file.path)
    let seed = read(Int.self, "seed", of: root) ?? 42
    var written = stages(root["stages"], place: Place(file: file.path))
    let training = training(root["train"])
    if training != nil, !written.contains(where: { $0.stage is TokenizeStage }) {
      written += defaultStep("tokenize", place: Place(file: file.path))
    }
    trainingFaults(training, root["train"])
    mixtureFaults(training, written, root["train"])
    let (metrics, forgetting) = metrics(root["evaluate"], training, base: root.base)
    watchedMetrics(training, metrics, root["train"])
    let writing = writing(root["generate"], training)
    let penaltyData = penaltyData(training, root["train"])
    guard diagnostics.isEmpty else { return nil }
    var plan = PipelinePlan(
      name: name, seed: UInt64(bitPattern: Int64(seed)), steps: written,
      written: written.map(\.label), notes: [], training: training, metrics: metrics,
      forgetting: forgetting, writing: writing, base: root.base)
    plan.penaltyData = penaltyData
    order(&plan)
    resolveModel(&plan, place: root["train"]?["model"]?.place)
    return diagnostics.isEmpty ? plan : nil
  }

  private mutating func checkKeys(_ root: ConfigurationNode) {
    guard let entries = root.entries else {
      diagnostics.add(
        Diagnostic(
          "a pipeline is a map of name, stages, train and evaluate; found \(root.kindName)",
          place: root.place, remedy: "'anneal init' writes one"))
      return
    }
    for entry in entries where !PipelineKeys.all.contains(entry.key) {
      diagnostics.add(
        Diagnostic(
          "unknown key '\(entry.key)'", place: entry.place,
          remedy: Suggestion.remedy(for: entry.key, among: PipelineKeys.all)))
    }
  }

  private mutating func read<Value: ParameterValue>(
    _ type: Value.Type, _ key: String, of root: ConfigurationNode
  ) -> Value? {
    guard let node = root[key] else { return nil }
    do { return try Value.decode(node) } catch {
      diagnostics.add(
        Diagnostic(error.message, path: key, place: error.place, remedy: error.remedy))
      return nil
    }
  }
}

// MARK: - Stages

extension Planner {
  private mutating func stages(_ node: ConfigurationNode?, place: Place) -> [StageStep] {
    guard let node, case .list(let list) = node.value, !list.isEmpty else {
      diagnostics.add(
        Diagnostic(
          "'stages' must list at least one stage", place: node?.place ?? place,
          remedy: "begin with '- ingest: {path: data.jsonl}'"))
      return []
    }
    var counts: [String: Int] = [:]
    return list.compactMap { node in
      guard let entry = StageEntry(node) else {
        diagnostics.add(
          Diagnostic(
            "a stage is written '- name: {key: value}'; found \(node.kindName)", path: "stages",
            place: node.place))
        return nil
      }
      counts[entry.name, default: 0] += 1
      return step(entry, occurrence: counts[entry.name] ?? 1)
    }
  }

  /// A stage with checked parameters; nil where there is a fault.
  mutating func step(_ entry: StageEntry, occurrence: Int) -> StageStep? {
    guard let descriptor = catalog[entry.name] else {
      let inFamily = catalog.names.filter { $0.hasPrefix("\(entry.name).") }
      diagnostics.add(
        Diagnostic(
          "unknown stage '\(entry.name)'", path: "stages", place: entry.place,
          remedy: inFamily.isEmpty
            ? Suggestion.remedy(for: entry.name, among: catalog.names)
            : "did you mean \(inFamily.joined(separator: " or "))?"))
      return nil
    }
    guard
      let values = ParameterValues.read(
        descriptor.parameters + CommonParameters.all, from: entry.parameters,
        owner: entry.name, place: entry.place, into: &diagnostics)
    else { return nil }
    do throws(Diagnostic) {
      return StageStep(
        label: StageStep.label(entry.name, occurrence: occurrence),
        descriptor: descriptor, values: values, onError: values[CommonParameters.onError],
        rescue: try rescue(values, descriptor), stage: try descriptor.make(values))
    } catch {
      diagnostics.add(
        Diagnostic(
          error.message, path: error.path.isEmpty ? entry.name : error.path,
          place: error.place ?? entry.place, remedy: error.remedy))
      return nil
    }
  }

  /// The reasons that do not end records in a stage, where the stage can do without their end.
  private func rescue(
    _ values: ParameterValues, _ descriptor: StageDescriptor
  ) throws(Diagnostic) -> [String] {
    let rescue = values[CommonParameters.rescue]
    guard rescue.isEmpty || descriptor.allowsRescue else {
      throw Diagnostic(
        "\(descriptor.name) cannot let records go on that it ends",
        path: "\(descriptor.name).\(CommonParameters.rescue.name)",
        remedy: "stages that clean or augment can; remove 'rescue' here")
    }
    return rescue
  }

  /// Puts the split where records are clean and nothing has been derived from or fitted to them.
  private mutating func order(_ plan: inout PipelinePlan) {
    let steps = plan.steps
    guard steps.first?.descriptor.role == .source else {
      diagnostics.add(
        Diagnostic(
          "the first stage must read data", path: "stages",
          remedy: "begin with '- ingest: {path: data.jsonl}'"))
      return
    }
    let splits = steps.filter { $0.descriptor.role == .splitting }
    guard splits.count <= 1 else {
      diagnostics.add(
        Diagnostic("a pipeline is split once; remove the second split", path: "stages"))
      return
    }
    let written = steps.firstIndex { $0.descriptor.role == .splitting }
    guard let split = splits.first ?? defaultSplit(plan) else { return }
    var others = steps.filter { $0.descriptor.role != .splitting }
    let place =
      others.firstIndex {
        [.augmenting, .fitting, .writing].contains($0.descriptor.role) || $0.stage.learnsFromRecords
      } ?? others.count
    others.insert(split, at: place)
    plan.steps = others
    if written == nil {
      plan.notes.append("no split is written: \(split.label) with its defaults is added")
    } else if written != place, place + 1 < others.count {
      plan.notes.append(
        "\(split.label) runs before \(others[place + 1].label), so that "
          + (others[place + 1].descriptor.role == .writing
            ? "what is written has its sides"
            : "nothing is derived from or fitted to the records that the model is scored on"))
    }
  }

  /// Training needs sides; without training all records stay together.
  private mutating func defaultSplit(_ plan: PipelinePlan) -> StageStep? {
    guard plan.training != nil,
      let split = catalog.descriptors.first(where: { $0.role == .splitting })
    else { return nil }
    return defaultStep(split.name, place: Place(file: plan.name)).first
  }

  /// A stage that is not written, with its defaults.
  private mutating func defaultStep(_ name: String, place: Place) -> [StageStep] {
    let node = ConfigurationNode(.scalar(name, quoted: false), place: place, base: ".")
    return StageEntry(node).flatMap { step($0, occurrence: 1) }.map { [$0] } ?? []
  }
}

// MARK: - Training and metrics

extension Planner {
  private mutating func training(_ node: ConfigurationNode?) -> ParameterValues? {
    guard let node else { return nil }
    return ParameterValues.read(
      TrainingOptions.parameters, from: node, owner: "train", into: &diagnostics)
  }

  /// Finds the model, and hands it to the stages that take its tokenizer.
  private mutating func resolveModel(_ plan: inout PipelinePlan, place: Place?) {
    guard let training = plan.training else { return }
    let model = training[TrainingOptions.Keys.model]
    guard model != TrainingOptions.scratch else { return }
    do throws(ModelError) {
      let folder = try ModelLocator().folder(of: model, base: plan.base)
      plan.modelFolder = folder
      plan.steps = plan.steps.map { $0.resolving(model: folder) }
    } catch {
      diagnostics.add(
        Diagnostic(
          "'\(model)': \(error.problem)", path: "train.model", place: place, remedy: error.remedy))
    }
  }
}

extension StageStep {
  /// The label of a stage that is the first, the second… of its name in a file.
  static func label(_ name: String, occurrence: Int) -> String {
    occurrence == 1 ? name : "\(name)#\(occurrence)"
  }

  /// The step with the model's folder, where its stage needs one.
  fileprivate func resolving(model folder: String) -> StageStep {
    guard let stage = stage as? any ModelTokenizerStage else { return self }
    return StageStep(
      label: label, descriptor: descriptor, values: values, onError: onError, rescue: rescue,
      stage: stage.resolving(model: folder))
  }
}

extension ConfigurationNode {
  /// A map without some of its keys.
  fileprivate func without(_ keys: String...) -> ConfigurationNode {
    guard case .map(let entries) = value else { return self }
    return ConfigurationNode(
      .map(entries.filter { !keys.contains($0.key) }), place: place, base: base)
  }
}

extension [Diagnostic] {
  /// Faults of one file by line, those without a line behind them.
  fileprivate func inFileOrder() -> [Diagnostic] {
    enumerated().sorted { left, right in
      let a = left.element.place.map { $0.line == 0 ? Int.max : $0.line } ?? .max
      let b = right.element.place.map { $0.line == 0 ? Int.max : $0.line } ?? .max
      return (a, left.offset) < (b, right.offset)
    }.map(\.element)
  }
}

extension FilePaths {
  /// The name of a file without its extension.
  static func stem(_ path: String) -> String {
    let name = name(path)
    return name.firstIndex(of: ".").map { String(name[..<$0]) } ?? name
  }
}
