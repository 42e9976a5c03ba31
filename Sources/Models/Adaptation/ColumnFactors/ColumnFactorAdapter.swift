public import Records
import Tensors

/// Where factors are trained.
public struct ColumnFactorOptions: Sendable {
  /// The maps that get factors; PEFT's of the architecture if nil.
  public var targets: ModuleTargets?
  /// Those of the targets whose input is multiplied, not their result; PEFT's if nil.
  public var feedForward: ModuleTargets?
  /// The maps that get none though they are among the targets.
  public var excluded: ModuleTargets?
  /// Modules of the model that are trained and saved whole, such as a new head.
  public var savedModules: [String] = []
  /// What factors are multiplied by, as AdapterHub does.
  var scale = 1.0
  /// Whether a part of a map may have factors, which AdapterHub has a form for.
  var reachesParts = false

  /// PEFT's choice for the architecture.
  public init() {}
}

/// Factors of a model's keys, values and feed-forward networks (IA3: Liu and others 2022).
///
/// They begin as one. There is no smaller method that reaches every layer: a few values a map.
public struct ColumnFactorAdapter: ModelAdapter {
  /// What training updates.
  public let parameters: [NamedParameter]
  /// What the file holds.
  public let tensors: [AdapterTensor]
  /// The fields of `adapter_config.json`.
  public let configuration: JSONObject

  /// Adds factors to a model.
  /// - Throws: `ModelError.invalid` for targets that fit nothing, `.unsupported` where one is adapted
  ///   already, or is part of a map.
  public init(_ options: ColumnFactorOptions, to model: any Model) throws(ModelError) {
    let standard = Self.defaults(for: try model.configuration.modelType)
    let targets = options.targets ?? .names(standard.targets)
    let feedForward =
      options.feedForward ?? (options.targets == nil ? .names(standard.feedForward) : .names([]))
    let saved = model.parameters(inModules: options.savedModules)
    let maps = try TargetSelection(targets: targets, excluded: options.excluded)
      .modules(of: model, besides: saved).maps
    let inner = try Self.inner(feedForward, model, among: maps.map(\.map))
    var parameters: [NamedParameter] = []
    var tensors: [AdapterTensor] = []
    for target in maps {
      let map = target.map
      guard map.adaptation == nil, target.slices.isEmpty || options.reachesParts else {
        throw ModelError(
          .unsupported, file: "targets",
          problem: map.adaptation != nil
            ? "\(map.name) is adapted already" : "IA3 has no factors for a part of \(map.name)")
      }
      let isInner = inner.contains(map.name)
      let adaptation = ColumnFactorMap(
        map, scalesInput: isInner, columns: target.slices.map(\.columns),
        scale: Float(options.scale))
      map.adaptation = adaptation
      let name = "\(map.name).ia3_l"
      parameters.append(NamedParameter(name: name, tensor: adaptation.factors, role: .weight))
      tensors.append(
        AdapterTensor(
          name, adaptation.factors,
          shape: isInner ? [1, map.inputs] : [adaptation.factors.count, 1]))
    }
    self.parameters = parameters + saved
    self.tensors = tensors + saved.map { AdapterTensor($0.name, $0.tensor) }
    configuration = [
      "exclude_modules": options.excluded?.json ?? .null,
      "fan_in_fan_out": .bool(maps.contains { $0.map.layout == .inputByOutput }),
      "feedforward_modules": .array(
        maps.filter { inner.contains($0.map.name) }.map { .string($0.map.name) }),
      "init_ia3_weights": true,
      "modules_to_save": options.savedModules.json, "peft_type": "IA3",
      "target_modules": .array(maps.map { .string($0.map.name) }),
      "task_type": model.taskType.map { .string($0) } ?? .null,
    ]
  }

  /// The names of the maps whose input is multiplied.
  private static func inner(
    _ feedForward: ModuleTargets, _ model: any Model, among maps: [Linear]
  ) throws(ModelError) -> Set<String> {
    switch feedForward {
    case .names(let names):
      guard !names.isEmpty else { return [] }
      return try Set(TargetSelection(targets: feedForward).modules(of: model).maps.map(\.map.name))
    case .endings(let endings):
      // PEFT asks here how a name ends, not how its last parts are called.
      return Set(maps.map(\.name).filter { name in endings.contains { name.hasSuffix($0) } })
    case .pattern, .allLinear:
      var names: Set<String> = []
      for map in maps where try feedForward.fit(map.name) { names.insert(map.name) }
      return names
    }
  }

  /// PEFT's targets of an architecture, and those it has none for by the same rule.
  private static func defaults(
    for modelType: String
  ) -> (targets: [String], feedForward: [String]) {
    switch modelType {
    // The ending also fits attention.output.dense, which PEFT multiplies as well.
    case "bert", "roberta": (["key", "value", "output.dense"], ["output.dense"])
    case "gpt2": (["c_attn", "mlp.c_proj"], ["mlp.c_proj"])
    case "gptj": (["q_proj", "v_proj", "fc_out"], ["fc_out"])
    default: (["key", "value", "down"], ["down"])
    }
  }
}

extension [String] {
  /// A list in a configuration, null where it is empty.
  var json: JSONValue { isEmpty ? .null : .array(map { .string($0) }) }
}

extension ColumnFactorOptions {
  /// Options as an `adapter_config.json` of PEFT says them.
  init(_ config: AdapterConfiguration) throws(ModelError) {
    targets = try config.targets("target_modules")
    feedForward = try config.targets("feedforward_modules")
    excluded = ModuleTargets(config.fields["exclude_modules"])
    savedModules = config.texts("modules_to_save")
  }
}
