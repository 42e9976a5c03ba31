import Records
import Tensors

extension LowRankOptions {
  /// Options as an `adapter_config.json` of PEFT says them.
  /// - Throws: `ModelError.unsupported` for kinds of LoRA that are not computed here, `.invalid` for
  ///   fields that make no sense.
  /// - Parameter readsRanks: Whether the pattern of ranks is that of LoRA.
  init(_ config: AdapterConfiguration, readsRanks: Bool = true) throws(ModelError) {
    try config.requireUnset([
      "alora_invocation_tokens", "layer_replication", "use_qalora", "use_bdlora", "kasa_config",
      "arrow_config", "velora_config",
      "monteclora_config",
    ])
    self.init()
    rank = try config.integer("r", default: 8)
    alpha = try config.number("lora_alpha", default: 8)
    dropout = try config.number("lora_dropout", default: 0)
    guard rank > 0, 0..<1 ~= dropout else {
      throw config.fault("has the rank \(rank) and the dropout \(dropout)")
    }
    targets = try Self.targets(config)
    excluded = ModuleTargets(config.fields["exclude_modules"])
    layers = try config.integers("layers_to_transform")
    layerPatterns = config.texts("layers_pattern")
    ranks = readsRanks ? try config.counts("rank_pattern").map { ($0, $1) } : []
    guard ranks.allSatisfy({ $0.rank > 0 }) else { throw config.fault("has a rank below 1") }
    alphas = try config.numbers("alpha_pattern").map { ($0, $1) }
    savedModules = config.texts("modules_to_save")
    let bias = config.fields["bias"]?.string ?? "none"
    guard let training = BiasTraining(rawValue: bias) else {
      throw config.fault("has the unknown bias '\(bias)'")
    }
    self.bias = training
    isRankStabilised = config.flag("use_rslora")
    isDecomposed = config.flag("use_dora")
    hasUpBias = config.flag("lora_bias")
    tokens = try config.tokens("trainable_token_indices")
    try takeStart(config)
  }

  /// The targets, weights that are named alone among them: an update of a weight is one of its map.
  private static func targets(
    _ config: AdapterConfiguration
  ) throws(ModelError) -> ModuleTargets? {
    let modules = try config.targets("target_modules")
    let weights = config.texts("target_parameters")
    guard !weights.isEmpty else { return modules }
    // What PEFT lets neither layers nor patterns choose among.
    try config.requireUnset(
      ["layers_to_transform", "exclude_modules", "rank_pattern", "alpha_pattern"],
      beside: "target_parameters")
    let names = modules == nil ? [] : modules?.names
    guard let names, weights.allSatisfy({ $0.hasSuffix(".weight") }) else {
      throw ModelError(
        .unsupported, file: config.file,
        problem: "target_parameters: \(weights.joined(separator: ", ")) beside target_modules that "
          + "are a pattern, or of other parameters than weights, are not done here",
        remedy: "Merge the adapter into its model with PEFT, and give the merged model.")
    }
    return .endings(names + weights.map { String($0.dropLast(".weight".count)) })
  }

  /// Takes over beginnings that follow from the base model, and refuses those that changed it otherwise.
  private mutating func takeStart(_ config: AdapterConfiguration) throws(ModelError) {
    let initial = config.fields["init_lora_weights"]
    guard let word = initial?.string, !["gaussian", "orthogonal", "eva", "lora_ga"].contains(word)
    else { return }
    if let start = LowRankInitialisation(rawValue: word), start.takesFromWeight {
      (initialisation, filesStart) = (start, false)
      return
    }
    throw ModelError(
      .unsupported, file: config.file,
      problem: "init_lora_weights '\(word)' has changed the base model, whose new weights are not "
        + "in this folder",
      remedy: "Save it with path_initial_model_for_weight_conversion, which makes a plain LoRA.")
  }

  /// The fields of PEFT's `LoraConfig`, all of them.
  func configuration(
    targets: ModuleTargets, task: String?, isTurned: Bool, slices: [TargetedMap] = []
  ) -> JSONObject {
    // A plain update of twice the rank and the same scale, where the beginning is filed too.
    let parts = initialisation.takesFromWeight && filesStart ? 2 : 1
    let growth = isRankStabilised ? Double(parts).squareRoot() : Double(parts)
    var fields: JSONObject = [
      "alpha_pattern": .object(JSONObject(alphas.map { ($0.pattern, .real(growth * $0.alpha)) })),
      "bias": .string(bias.rawValue), "ensure_weight_tying": false,
      "exclude_modules": excluded?.json ?? .null, "fan_in_fan_out": .bool(isTurned),
      "init_lora_weights": initialisation.json(isFiled: filesStart),
      "layers_pattern": layerPatterns.isEmpty ? .null : .array(layerPatterns.map { .string($0) }),
      "layers_to_transform": layers.map { .array($0.map { .integer($0) }) } ?? .null,
      "loftq_config": .object([:]), "lora_alpha": .shortest(growth * alpha),
      "lora_bias": .bool(hasUpBias),
      "lora_dropout": .real(dropout), "megatron_core": "megatron.core",
      "modules_to_save": savedModules.isEmpty ? .null : .array(savedModules.map { .string($0) }),
      "peft_type": "LORA", "qalora_group_size": 16, "r": .integer(parts * rank),
      "rank_pattern": .object(JSONObject(ranks.map { ($0.pattern, .integer(parts * $0.rank)) })),
      "target_modules": targets.json, "task_type": task.map { .string($0) } ?? .null,
      "use_dora": .bool(isDecomposed), "use_qalora": false, "use_rslora": .bool(isRankStabilised),
      "trainable_token_indices": tokenFields,
    ]
    for name in [
      "alora_invocation_tokens", "arrow_config", "corda_config", "eva_config", "kasa_config",
      "layer_replication", "lora_ga_config", "megatron_config", "monteclora_config",
      "target_parameters", "use_bdlora", "velora_config",
    ] { fields[name] = .null }
    fileParts(of: slices, in: &fields)
    return fields
  }

  /// The trained tokens: a list where they are those of the words' embedding.
  private var tokenFields: JSONValue {
    func list(_ ids: [Int32]) -> JSONValue { .array(ids.map { .integer($0) }) }
    guard let first = tokens.first else { return .null }
    if first.table.isEmpty { return list(first.ids) }
    return .object(JSONObject(tokens.map { ($0.table, list($0.ids)) }))
  }

  /// Says the rank and alpha of maps whose parts are filed as one update.
  private func fileParts(of maps: [TargetedMap], in fields: inout JSONObject) {
    var ranks = fields["rank_pattern"]?.object ?? [:]
    var alphas = fields["alpha_pattern"]?.object ?? [:]
    for target in maps where target.slices.count > 1 {
      let parts = target.slices.count
      guard let rank = try? rank(of: target.map.name), let scale = try? scale(target.map.name)
      else { continue }
      let total = Double(parts * rank)
      ranks[target.map.name] = .integer(parts * rank)
      alphas[target.map.name] = .shortest(
        Double(scale) * (isRankStabilised ? total.squareRoot() : total))
    }
    fields["rank_pattern"] = .object(ranks)
    fields["alpha_pattern"] = .object(alphas)
  }
}

extension Model {
  /// Refuses updates of weights that are named alone where the weight is an embedding's or lies inputs by
  /// outputs: PEFT adds B · A to it as it lies.
  func requireMapsByOutput(_ config: AdapterConfiguration) throws(ModelError) {
    let weights = config.texts("target_parameters")
    let others =
      linears.filter { $0.layout == .inputByOutput }.map(\.name) + tables.map(\.name)
    let refused = others.first { name in
      weights.contains { TargetSelection.ends("\(name).weight", in: $0) }
    }
    guard let refused else { return }
    throw ModelError(
      .unsupported, file: config.file,
      problem: "target_parameters: \(refused).weight is an embedding's or lies inputs by outputs, "
        + "which is not done here",
      remedy: "Merge the adapter into its model with PEFT, and give the merged model.")
  }
}

extension ModuleTargets {
  /// The field of an `adapter_config.json`.
  var json: JSONValue {
    switch self {
    case .names(let names), .endings(let names): .array(names.map { .string($0) })
    case .pattern(let text): .string(text)
    case .allLinear: "all-linear"
    }
  }
}

extension JSONValue {
  /// A number, as an integer where it is one.
  static func shortest(_ number: Double) -> JSONValue {
    Int(exactly: number).map { .integer($0) } ?? .real(number)
  }
}

extension LowRankInitialisation {
  /// PEFT's word for it; a file that holds the beginning needs none.
  fileprivate func json(isFiled: Bool) -> JSONValue {
    switch self {
    case .uniform: true
    case .gaussian: "gaussian"
    case .pissa, .olora: isFiled ? true : .string(rawValue)
    }
  }
}
