import Records
import Stages
import Train

/// Reads the values of a file one by one into a pipeline.
struct ConfigReader {
  let kind: ConfigKind
  let leaves: [ConfigLeaf]
  /// The folder of the file.
  let folder: String
  /// Where the pipeline will stand; nil beside the file.
  var out: String?
  var pipeline = ConvertedPipeline()
  private(set) var lines: [ConvertedLine] = []
  private(set) var assumptions: [String] = []
  /// Whether the file says what is minimised, as against what is assumed.
  var saysObjective = false

  init(kind: ConfigKind, leaves: [ConfigLeaf], folder: String) {
    (self.kind, self.leaves, self.folder) = (kind, leaves, folder)
    (pipeline.method, pipeline.objective) = (kind.method, kind.objective)
  }

  /// Reads all values; those that ask for 4 bits come first, then those that say the method and the task,
  /// as others hang on them.
  mutating func read() {
    var outcomes = [ConvertedLine.Outcome?](repeating: nil, count: leaves.count)
    for turn in 0...2 {
      for (index, leaf) in leaves.enumerated() where self.turn(of: leaf) == turn {
        outcomes[index] = outcome(of: leaf)
      }
    }
    for (leaf, outcome) in zip(leaves, outcomes) {
      lines.append(
        ConvertedLine(
          place: leaf.node.place, key: leaf.key, value: leaf.written,
          outcome: outcome ?? .not("unknown")))
    }
  }

  private func turn(of leaf: ConfigLeaf) -> Int {
    switch kind.rule(of: leaf.key) {
    case .special(.fourBits): 0
    case .special(.method), .special(.task), .special(.courseOfRate): 1
    case .objective(let name): name != "label-smoothing" ? 1 : 2
    default: 2
    }
  }

  private mutating func outcome(of leaf: ConfigLeaf) -> ConvertedLine.Outcome {
    guard let rule = kind.rule(of: leaf.key) else {
      if leaves.contains(where: { $0.text?.contains("${\(leaf.key)}") == true }) {
        return .needless("it is part of other values")
      }
      return leaf.isOff
        ? .needless("it is off") : .not("\(kind.title) has no such key that is known")
    }
    if leaf.texts.isEmpty { return .needless("it is empty") }
    switch rule {
    case .needless(let reason): return .needless(reason)
    case .cannot(let reason): return leaf.isOff ? .needless("it is off") : .not(reason)
    case .train(let name): return train(name, leaf.node, isOff: leaf.isOff)
    case .adapter(let name): return adapter(name, leaf.node)
    case .objective(let name): return objective(name, leaf)
    case .schedule(let name):
      guard pipeline.schedule != nil else { return .not("no schedule is named") }
      return schedule(name, leaf.node)
    case .special(let role): return special(role, leaf)
    }
  }

  // MARK: - Values of the catalog

  /// Sets a key of `train:`, where there is one that takes the value.
  mutating func train(
    _ name: String, _ node: ConfigurationNode, isOff: Bool = false
  ) -> ConvertedLine.Outcome {
    guard let parameter = TrainingOptions.parameters.first(where: { $0.name == name }) else {
      return isOff ? .needless("it is off") : .not("training has no '\(name)'")
    }
    do throws(Fault) {
      pipeline.train[name] = try Self.value(of: parameter, node)
    } catch {
      return isOff ? .needless("it is off") : .not(error.reason)
    }
    return .converted("train.\(name)")
  }

  /// Sets a parameter of the method.
  mutating func adapter(_ name: String, _ node: ConfigurationNode) -> ConvertedLine.Outcome {
    guard pipeline.method != "full", let parameter = parameter(name, of: pipeline.method) else {
      return .needless("it is of LoRA, and the method is \(pipeline.method)")
    }
    if name == "dora", pipeline.method == "qlora" {
      return .not("DoRA is not of a base in 4 bits; LoRA stands for it")
    }
    do throws(Fault) {
      pipeline.adapter[name] = try Self.value(of: parameter, node)
    } catch {
      return .not(error.reason)
    }
    return .converted("train.method.\(pipeline.method).\(name)")
  }

  private func parameter(_ name: String, of method: String) -> (any AnyParameter)? {
    trainingMethods.first { $0.name == method }?.parameters.first { $0.name == name }
  }

  /// Sets a parameter of the objective.
  mutating func objective(_ name: String, _ leaf: ConfigLeaf) -> ConvertedLine.Outcome {
    let isFile = leaf.text?.hasSuffix(".jinja") == true
    let node = isFile ? .made(beside(leaf.text ?? "")) : leaf.node
    return objective(name, node, isOff: leaf.isOff)
  }

  mutating func objective(
    _ name: String, _ node: ConfigurationNode, isOff: Bool
  ) -> ConvertedLine.Outcome {
    if name != "label-smoothing", !saysObjective {
      (pipeline.objective, saysObjective) = ("causal", true)
    }
    let objective = trainingObjectives.first { $0.name == pipeline.objective }
    guard let parameter = objective?.parameters.first(where: { $0.name == name }) else {
      return isOff ? .needless("it is off") : .not("\(pipeline.objective) has no '\(name)'")
    }
    do throws(Fault) {
      pipeline.objectiveValues[name] = try Self.value(of: parameter, node)
    } catch {
      return .not(error.reason)
    }
    return .converted("train.objective.\(pipeline.objective).\(name)")
  }

  /// Sets a parameter of the schedule.
  mutating func schedule(_ name: String, _ node: ConfigurationNode) -> ConvertedLine.Outcome {
    let schedule = trainingSchedules.first { $0.name == pipeline.schedule }
    guard let parameter = schedule?.parameters.first(where: { $0.name == name }) else {
      return .not("schedule \(pipeline.schedule ?? "") has no '\(name)'")
    }
    do throws(Fault) {
      pipeline.scheduleValues[name] = try Self.value(of: parameter, node)
    } catch {
      return .not(error.reason)
    }
    return .converted("train.schedule.\(pipeline.schedule ?? "").\(name)")
  }

  /// Why a parameter does not take a value.
  struct Fault: Error {
    let reason: String
  }

  /// A value as a parameter reads it; a component by what is written, without its defaults.
  static func value(
    of parameter: any AnyParameter, _ node: ConfigurationNode
  ) throws(Fault) -> JSONValue {
    do {
      let value = try parameter.decode(node)
      return value is Component ? node.json : value.encoded
    } catch {
      throw Fault(reason: error.message + (error.remedy.map { "; \($0)" } ?? ""))
    }
  }

  // MARK: - What the file does not say

  private static let manyEpochs = 10_000

  /// Fills in what the file leaves to its trainer, or does not hold at all.
  mutating func complete(model: String?, data: String?) {
    for (key, value) in kind.defaults where pipeline.train[key] == nil {
      if key == "schedule" {
        guard pipeline.schedule == nil else { continue }
        pipeline.schedule = value
      } else if key == "max-steps", pipeline.train["epochs"] != nil {
        continue
      } else {
        _ = train(key, .made(value))
      }
      assumptions.append("\(key): \(value), as \(kind.title) has it where a file does not say")
    }
    if pipeline.train["max-steps"] != nil {
      _ = train("epochs", .made("\(Self.manyEpochs)"))
      assumptions.append("epochs: \(Self.manyEpochs), so that max-steps alone ends the training")
    }
    completeAdapter()
    if pipeline.model == nil { pipeline.model = model }
    if pipeline.model == nil {
      assumptions.append("model: \(ConvertedPipeline.model), as the file names none; name yours")
    }
    if let data, pipeline.sources.values.allSatisfy({ $0.path == nil }) {
      pipeline.sources[0, default: .init()].path = data
    } else if pipeline.sources.values.allSatisfy({ $0.path == nil }) {
      assumptions.append("data in \(ConvertedPipeline.data), as the file names none; name yours")
    }
    if !saysObjective, kind.objective == "classification" {
      assumptions.append("objective: \(pipeline.objective), as the file does not say it")
    }
    if pipeline.validation == nil {
      assumptions.append("nine of ten records to train on, the rest for validation and test")
    }
  }

  private mutating func completeAdapter() {
    guard ["lora", "qlora"].contains(pipeline.method) else { return }
    for (key, value) in kind.adapterDefaults where pipeline.adapter[key] == nil {
      let node: ConfigurationNode = key == "targets" ? .made([value]) : .made(value)
      _ = adapter(key, node)
      assumptions.append("\(key): \(value), as \(kind.title) has it where a file does not say")
    }
  }
}
