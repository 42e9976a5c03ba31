import Models
import Stages

/// Low-rank updates beside a frozen model (LoRA: Hu and others 2021), which may be held in 4-bit numbers
/// (QLoRA: Dettmers and others 2023).
struct LowRankMethod: TrainingMethod {
  let base: FourBitBase?
  private var options: LowRankOptions
  private let upRate: Double
  private let keepsFeatures: Bool

  static let descriptor = MethodDescriptor(
    component: ComponentDescriptor(
      "lora", "Low-rank updates of linear maps are trained; the model itself is frozen.",
      parameters: Keys.all + FrozenBase.parameters(of: Keys.base),
      elsewhere: FrozenBase.elsewhere, check: Keys.faults),
    make: { LowRankMethod($0, Keys.base) })

  /// The same under the name that says how the model is held.
  static let fourBitDescriptor = MethodDescriptor(
    component: ComponentDescriptor(
      "qlora", "Low-rank updates of a frozen model that is held in 4-bit numbers.",
      parameters: Keys.all + FrozenBase.parameters(of: Keys.fourBitBase),
      elsewhere: FrozenBase.elsewhere, check: Keys.faults),
    make: { LowRankMethod($0, Keys.fourBitBase) })

  private init(_ values: ParameterValues, _ base: Parameter<FrozenBase>) {
    options = Keys.options(values)
    upRate = values[Keys.upRate]
    keepsFeatures = values[FrozenTrunk.cache]
    self.base = FrozenBase.chosen(values, base, wideModules: options.savedModules)
  }

  func prepare(_ model: any Model, _ start: MethodStart) throws -> PreparedMethod {
    var options = options
    let heads = TaskHead.modules(of: model, start)
    options.savedModules += heads.filter { !options.savedModules.contains($0) }
    let adapter = try LowRankAdapter(options, to: model, seed: start.seed)
    let rates = upRate == 1 ? [] : adapter.upNames.map { ($0, upRate) }
    return try PreparedMethod(
      adapter, rates: Dictionary(rates, uniquingKeysWith: { first, _ in first })
    ).caching(keepsFeatures, in: model, method: Self.descriptor.component.name)
  }
}

extension LowRankMethod: LayerChoosingMethod {
  var namesLayers: Bool { options.layers?.isEmpty == false }

  func chosen(of layers: Int) -> [Bool] {
    (0..<layers).map { options.layers?.contains($0) ?? true }
  }

  func choosing(_ layers: [Bool]) -> LowRankMethod {
    var method = self
    method.options.layers = layers.indices.filter { layers[$0] }
    return method
  }
}

/// What `lora` takes in a pipeline file.
private enum Keys {
  static let rank = Parameter(
    "rank", default: 8, aliases: ["r", "lora_r", "lora_rank"], "The rank of each update.",
    check: Check.atLeast(1))
  static let alpha = Parameter<Double?>(
    "alpha", default: nil, aliases: ["lora_alpha"],
    "Updates are scaled by alpha / rank; twice the rank by default.")
  static let dropout = Parameter(
    "dropout", default: 0.0, aliases: ["lora_dropout"], "The dropout of what updates read.",
    check: { (0..<1).contains($0) ? nil : "must be from 0 to below 1" })
  static let targets = Parameter<[String]?>(
    "targets", default: nil,
    aliases: ["target_modules", "lora_target", "lora_target_modules", "target-modules", "keys"],
    "What is updated: roles (query, key, value, output, up, gate, down), ends of names, "
      + "all-linear or a regular expression; queries and values by default.")
  static let excluded = Parameter<[String]?>(
    "exclude", default: nil, aliases: ["exclude_modules"],
    "What is not updated though it is among the targets.")
  static let layers = Parameter<[Int]?>(
    "layers", default: nil, aliases: ["layers_to_transform"],
    "The layers that are updated, from 0; all by default.")
  static let layerPatterns = Parameter<[String]?>(
    "layers-pattern", default: nil, aliases: ["layers_pattern"],
    "The name before a layer's number, where there are several kinds of layers.")
  static let ranks = Parameter(
    "rank-pattern", default: TextMap(), aliases: ["rank_pattern"],
    "Ranks of modules by the ends of their names.",
    check: { map in
      let fault = map.entries.first { (Int($0.text) ?? 0) < 1 }
      return fault.map { "has '\($0.text)' for \($0.key), where ranks are from 1 on" }
    })
  static let alphas = Parameter(
    "alpha-pattern", default: TextMap(), aliases: ["alpha_pattern"],
    "Alphas of modules by the ends of their names.",
    check: { map in
      map.entries.first { Double($0.text) == nil }.map { "has no number for \($0.key)" }
    })
  static let savedModules = Parameter<[String]?>(
    "modules-to-save", default: nil,
    aliases: ["modules_to_save", "additional_target", "lora_modules_to_save"],
    "Modules that are trained and saved whole; a classifier's head always is.")
  static let bias = Parameter(
    "bias", default: BiasTraining.none, "Which biases are trained: none, all or lora_only.")
  static let isRankStabilised = Parameter(
    "rslora", default: false, aliases: ["use_rslora"], "Scale by alpha / √rank.")
  static let isDecomposed = Parameter(
    "dora", default: false, aliases: ["use_dora"],
    "Train the lengths of the weights' rows apart from their directions (DoRA).")
  static let hasUpBias = Parameter(
    "lora-bias", default: false, aliases: ["lora_bias"], "Give the matrices B biases.")
  static let initialisation = Parameter(
    "init", default: StartOfUpdates.uniform, aliases: ["init_lora_weights"],
    "How updates begin: uniform or gaussian (A, with B zero), or as a part of the weights: pissa (the "
      + "leading singular directions) or olora (of a QR decomposition).")
  static let upRate = Parameter(
    "loraplus-lr-ratio", default: 1.0, aliases: ["loraplus_lr_ratio"],
    "The learning rate of the matrices B as a multiple of that of A (LoRA+).",
    check: { $0 > 0 ? nil : "must be positive" })

  static let base = FrozenBase.parameter(default: .fp32)
  static let fourBitBase = FrozenBase.parameter(default: .fourBit)

  static let all: [any AnyParameter] = [
    rank, alpha, dropout, targets, excluded, layers, layerPatterns, ranks, alphas, savedModules,
    bias, isRankStabilised, isDecomposed, hasUpBias, initialisation, upRate, FrozenTrunk.cache,
  ]

  /// What PEFT refuses as well.
  static let faults: @Sendable (ParameterValues) -> [Diagnostic] = { values in
    let start = values[initialisation]
    let isFourBit = values[base] != .fp32
    let faults: [(Bool, String, remedy: String)] = [
      (
        values[isDecomposed] && [.pissa, .olora].contains(start),
        "begins by \(start.rawValue), and not so with dora", "write another init, or leave dora out"
      ),
      (
        values[isDecomposed] && values[hasUpBias],
        "has a lora-bias, and not so with dora", "leave one of them out"
      ),
      (
        values[hasUpBias] && start != .uniform,
        "has a lora-bias, and not so where it begins by \(start.rawValue)",
        "leave one of them out"
      ),
      (
        isFourBit && values[isDecomposed],
        "has a base in 4 bits, and not so with dora", "write base: fp32, or leave dora out"
      ),
      (
        isFourBit && [.pissa, .olora].contains(start),
        "has a base in 4 bits, from which init: \(start.rawValue) would take a part",
        "write base: fp32, or another init"
      ),
      (
        values[layerPatterns] != nil && values[layers] == nil,
        "has a layers-pattern without layers, which chooses nothing",
        "write layers: [0, 1], or leave it out"
      ),
    ]
    return faults.filter(\.0).map { Diagnostic($0.1, remedy: $0.remedy) }
      + FrozenBase.faults(values, values[base])
  }

  static func options(_ values: ParameterValues) -> LowRankOptions {
    var options = LowRankOptions()
    options.rank = values[rank]
    options.alpha = values[alpha] ?? 2 * Double(values[rank])
    options.dropout = values[dropout]
    options.targets = values[targets].map { ModuleTargets($0) }
    options.excluded = values[excluded].map { ModuleTargets($0) }
    options.layers = values[layers]
    options.layerPatterns = values[layerPatterns] ?? []
    options.ranks = values[ranks].entries.compactMap { entry in
      Int(entry.text).map { (entry.key, $0) }
    }
    options.alphas = values[alphas].entries.compactMap { entry in
      Double(entry.text).map { (entry.key, $0) }
    }
    options.savedModules = values[savedModules] ?? []
    options.bias = values[bias]
    options.isRankStabilised = values[isRankStabilised]
    options.isDecomposed = values[isDecomposed]
    options.hasUpBias = values[hasUpBias]
    options.initialisation =
      LowRankInitialisation(rawValue: values[initialisation].rawValue) ?? .uniform
    return options
  }
}

/// The word for how updates begin; PEFT's `true` is the uniform one.
private enum StartOfUpdates: String, ChoiceValue {
  case uniform, gaussian, pissa, olora

  static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> StartOfUpdates {
    let word = try String.decode(node).lowercased()
    if word == "true" { return .uniform }
    guard let start = StartOfUpdates(rawValue: word) else {
      throw Diagnostic(
        "'\(word)' is no beginning that is known here", place: node.place,
        remedy: "write uniform, gaussian, pissa or olora")
    }
    return start
  }
}
