import Evaluate
import Records
import Stages
import Train

extension ConfigReader {
  /// Reads a value that does not go over as it stands.
  mutating func special(_ role: ConfigRole, _ leaf: ConfigLeaf) -> ConvertedLine.Outcome {
    switch role {
    case .model: return model(leaf)
    case .method: return method(leaf)
    case .fourBits: return fourBits(leaf)
    case .task: return task(leaf)
    case .seed: return seed(leaf)
    case .data, .dataFolder, .dataForm, .field, .limit, .validation, .mixing:
      return data(role, leaf)
    case .precision, .numberType: return precision(role, leaf)
    case .optimizer: return optimizer(leaf)
    case .courseOfRate: return courseOfRate(leaf)
    case .maxSteps:
      if let steps = leaf.text.flatMap({ Int($0) }), steps < 1 {
        return .needless("the epochs say when training ends")
      }
      return train("max-steps", leaf.node)
    case .warmup:
      let share = leaf.text.flatMap { Double($0) }.map { 0 < $0 && $0 < 1 } ?? false
      return train(share ? "warmup-ratio" : "warmup-steps", leaf.node, isOff: leaf.isOff)
    case .bestMetric:
      let name = MetricCatalog.standard.canonicalName(leaf.text ?? "")
      return train("best-metric", .made(name))
    case .masksPrompts:
      return objective("train-on", .made(leaf.flag == false ? "all" : "completions"), isOff: false)
    case .lastAnswer:
      guard leaf.flag == true else { return .needless("it is off") }
      return objective("train-on", .made("last"), isOff: false)
    case .targets, .allLinear, .feedForward, .scale, .adapterFlag: return adapting(role, leaf)
    }
  }

  private mutating func model(_ leaf: ConfigLeaf) -> ConvertedLine.Outcome {
    guard let text = leaf.text else { return .not("one model is named") }
    let name = resolved(text)
    // A folder beside the file is one beside the pipeline only where both stand together.
    let near = FilePaths.join(folder, name)
    pipeline.model = Folders.exists(near) ? FilePaths.join(FilePaths.current, near) : name
    return .converted("train.model")
  }

  /// A text in which `${key}` stands for the file's own value of a key, as torchtune's files have it.
  private func resolved(_ text: String) -> String {
    var text = text
    for leaf in leaves {
      guard let value = leaf.text, !value.contains("${") else { continue }
      text = text.replacing("${\(leaf.key)}", with: value)
    }
    return text
  }

  // MARK: - Method and task

  private mutating func method(_ leaf: ConfigLeaf) -> ConvertedLine.Outcome {
    var name = (leaf.text ?? "").lowercased()
    if leaf.key == "model._component_" {
      // torchtune.models.llama3_2.lora_llama3_2_1b names the method in its last part.
      let last = name.split(separator: ".").last.map(String.init) ?? name
      name = ["qlora", "lora", "dora"].first { last.hasPrefix("\($0)_") } ?? "full"
    }
    // Keys that ask for 4 bits were read before.
    let isFourBit = pipeline.method == "qlora"
    if ["dora", "qdora"].contains(name) {
      pipeline.method = isFourBit || name == "qdora" ? "qlora" : "lora"
      return adapter("dora", .made("true"))
    }
    guard let known = trainingMethods.first(where: { $0.name == name }) else {
      let names = trainingMethods.map(\.name).joined(separator: ", ")
      return .not("there is no method '\(name)'; there are \(names)")
    }
    guard known.defaultComponent != nil else {
      return .not("method '\(name)' must be told more; 'anneal stages \(name)' says what")
    }
    guard !isFourBit || ["lora", "qlora"].contains(name) else {
      return .not("method '\(name)' is not of a base in 4 bits; qlora stands for it")
    }
    pipeline.method = isFourBit ? "qlora" : name
    return .converted("train.method: \(pipeline.method)")
  }

  private mutating func fourBits(_ leaf: ConfigLeaf) -> ConvertedLine.Outcome {
    if leaf.isOff { return .needless("it is off") }
    guard ["4", "true"].contains(leaf.text?.lowercased() ?? "") else {
      return .not("a base has 4 bits or all of them")
    }
    guard trainingMethods.contains(where: { $0.name == "qlora" }) else {
      return .not("there is no method with a base of 4 bits")
    }
    pipeline.method = "qlora"
    return .converted("train.method: qlora")
  }

  private mutating func task(_ leaf: ConfigLeaf) -> ConvertedLine.Outcome {
    let known = trainingObjectives.first { $0.name == leaf.text }
    if let known, known.defaultComponent != nil {
      (pipeline.objective, saysObjective) = (known.name, true)
      return .converted("train.objective: \(known.name)")
    }
    guard ["sft", "pt"].contains(leaf.text) else {
      return leaf.isOff ? .needless("it is off") : .not("there is no such objective")
    }
    (pipeline.objective, saysObjective) = ("causal", true)
    guard leaf.text == "pt" else { return .converted("train.objective: causal") }
    return objective("train-on", .made("all"), isOff: false)
  }

  private mutating func seed(_ leaf: ConfigLeaf) -> ConvertedLine.Outcome {
    guard let seed = leaf.text.flatMap({ Int($0) }) else { return .not("a seed is a number") }
    pipeline.seed = seed
    return .converted("seed")
  }

  // MARK: - Numbers, steps and rates

  private mutating func precision(
    _ role: ConfigRole, _ leaf: ConfigLeaf
  ) -> ConvertedLine.Outcome {
    var name = (leaf.text ?? "").lowercased()
    if case .precision(let own) = role { name = leaf.flag == true ? own : name }
    switch name {
    case "bf16", "true", "full", "bfloat16": return train("precision", .made("bf16"))
    case "fp32", "float32": return train("precision", .made("fp32"))
    case "fp16", "float16": return .not("fp16 is not computed; precision auto stands for it")
    case "auto": return .needless("precision is auto")
    default: return leaf.isOff ? .needless("it is off") : .not("there is no such precision")
    }
  }

  /// Other trainers' names of optimizers, by what they begin with or are, and ours.
  private static let optimizers: [(prefix: String, name: String)] = [
    ("adamw", "adamw"), ("adafactor", "adafactor"), ("sgd", "sgd"), ("lion", "lion"),
  ]

  private mutating func optimizer(_ leaf: ConfigLeaf) -> ConvertedLine.Outcome {
    let written = (leaf.text ?? "").split(separator: ".").last.map(String.init) ?? ""
    let text = written.lowercased().replacing("paged_", with: "")
    let known = Self.optimizers.first { text.hasPrefix($0.prefix) }?.name
    guard let known else { return .not("there is no such optimizer; adamw stands for it") }
    let isSmall = text.contains("8bit") || text.contains("4bit") || text.contains("anyprecision")
    guard TrainingOptions.parameters.contains(where: { $0.name == "optimizer" }) else {
      guard known == "adamw" else { return .not("there is no optimizer but adamw") }
      return isSmall
        ? .not("adamw keeps its state in 32 bits") : .needless("adamw is the optimizer")
    }
    let outcome = train("optimizer", .made(known))
    if isSmall { return .not("\(known) keeps its state in 32 bits, and stands for it") }
    return outcome
  }

  private mutating func courseOfRate(_ leaf: ConfigLeaf) -> ConvertedLine.Outcome {
    var name = (leaf.text ?? "").split(separator: ".").last.map { $0.lowercased() } ?? ""
    for (own, known) in [
      ("get_cosine_schedule_with_warmup", "cosine"), ("cosine_decay", "cosine"),
      ("linear_schedule", "linear"), ("get_linear_schedule_with_warmup", "linear"),
    ] where own == name { name = known }
    let parameter = TrainingOptions.Keys.schedule
    do {
      pipeline.schedule = try parameter.decodedName(.made(name))
      return .converted("train.schedule: \(pipeline.schedule ?? name)")
    } catch {
      return .not(error.message)
    }
  }

  // MARK: - LoRA

  private mutating func adapting(
    _ role: ConfigRole, _ leaf: ConfigLeaf
  ) -> ConvertedLine.Outcome {
    switch role {
    case .targets: return targets(leaf)
    case .allLinear:
      return leaf.flag == true
        ? adapter("targets", .made(["all-linear"])) : .needless("it is off")
    case .feedForward:
      guard leaf.flag == true else { return .needless("it is off") }
      let known = pipeline.adapter["targets"]?.array?.compactMap(\.string) ?? []
      return adapter("targets", .made(known + ["gate_proj", "up_proj", "down_proj"]))
    case .scale: return scale(leaf)
    case .adapterFlag(let name):
      return leaf.flag == true ? adapter(name, leaf.node) : .needless("it is off")
    default: return .not("it is no parameter of LoRA")
    }
  }

  private mutating func targets(_ leaf: ConfigLeaf) -> ConvertedLine.Outcome {
    let names = leaf.texts.flatMap { text in
      text.split(separator: ",").map { $0.trimmingBlanks }
    }
    if names == ["all"] || names == ["all-linear"] {
      return adapter("targets", .made(["all-linear"]))
    }
    // torchtune's name of what others call o_proj.
    let own = names.map { $0 == "output_proj" ? "o_proj" : $0 }
    let known = pipeline.adapter["targets"]?.array?.compactMap(\.string) ?? []
    return adapter("targets", .made(own + known.filter { !own.contains($0) }))
  }

  /// mlx-lm multiplies by the scale itself; here updates are scaled by alpha over rank.
  private mutating func scale(_ leaf: ConfigLeaf) -> ConvertedLine.Outcome {
    guard let scale = leaf.text.flatMap({ Double($0) }) else { return .not("it is no number") }
    let rank = leaves.first { $0.key == "lora_parameters.rank" }?.text.flatMap { Double($0) } ?? 8
    let outcome = adapter("alpha", .made("\(scale * rank)"))
    guard case .converted(let name) = outcome else { return outcome }
    return .converted("\(name): \(scale * rank), which is scale times rank")
  }
}

extension Substring {
  /// Without blanks at both ends.
  fileprivate var trimmingBlanks: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}

extension Parameter<Component> {
  /// The canonical name of a component.
  fileprivate func decodedName(_ node: ConfigurationNode) throws(Diagnostic) -> String? {
    (try decode(node) as? Component)?.name
  }
}
