public import Records
public import Tensors

/// Some weights of a model's maps, the others frozen (sparse fine-tuning; filed as PEFT's SHiRA).
///
/// A change of full rank with as few values as one of low rank. It begins as zero. PEFT holds as many
/// values of each map as a rank says, of maps that are stored output by input: another share, and
/// GPT-2's maps, are filed so that only Anneal reads them.
public struct SparseAdapter: ModelAdapter {
  /// What training updates.
  public let parameters: [NamedParameter]
  /// What the file holds.
  public let tensors: [AdapterTensor]
  /// The fields of `adapter_config.json`.
  public let configuration: JSONObject
  /// Whose files it is saved as.
  public let layout: AdapterLayout
  private let maps: [(map: Linear, change: SparseMap)]

  /// Chooses weights of a model.
  ///
  /// Masks that need data begin with the first weights; `choose` sets them.
  /// - Parameter seed: A random choice is a function of it and of the map's name.
  /// - Throws: `ModelError.invalid` for targets that fit nothing or have too few weights,
  ///   `.unsupported` where one is adapted already, or is part of a map.
  public init(
    _ options: SparseOptions, to model: any Model, seed: UInt64
  ) throws(ModelError) {
    let standard = ModuleRole.defaults(for: try model.configuration.modelType)
    let targets = options.targets ?? standard
    let chosen = try TargetSelection(targets: targets).modules(of: model).maps
    var maps: [(map: Linear, change: SparseMap)] = []
    for target in chosen {
      let change = SparseMap(target.map, count: try options.count(target.map))
      change.places = options.mask.places(change.values.count, of: target.map, seed: seed)
      maps.append((target.map, change))
    }
    try self.init(maps, chosen, options, to: model)
  }

  /// The weights that an `adapter_config.json` of PEFT names; `load` brings places and values.
  init(_ config: AdapterConfiguration, to model: any Model) throws(ModelError) {
    var options = SparseOptions()
    options.rank = try config.integer("r", default: 32)
    options.share = config.fields["share"]?.double
    guard options.rank > 0 else { throw config.fault("has the rank \(options.rank)") }
    options.savedModules = config.texts("modules_to_save")
    let standard = ModuleRole.defaults(for: try model.configuration.modelType)
    let targets = try config.targets("target_modules") ?? standard
    let chosen = try TargetSelection(targets: targets).modules(of: model).maps
    var maps: [(map: Linear, change: SparseMap)] = []
    for target in chosen {
      maps.append((target.map, SparseMap(target.map, count: try options.count(target.map))))
    }
    try self.init(maps, chosen, options, to: model)
  }

  private init(
    _ maps: [(map: Linear, change: SparseMap)], _ targets: [TargetedMap],
    _ options: SparseOptions, to model: any Model
  ) throws(ModelError) {
    for target in targets {
      guard target.map.adaptation == nil, target.slices.isEmpty else {
        throw ModelError(
          .unsupported, file: "targets",
          problem: target.slices.isEmpty
            ? "\(target.map.name) is adapted already"
            : "single weights of a part of \(target.map.name) are not chosen",
          remedy: "Name the map as a whole, and by one method.")
      }
    }
    for (map, change) in maps { map.adaptation = change }
    let saved = model.parameters(inModules: options.savedModules)
    parameters =
      maps.map { map, change in
        NamedParameter(name: "\(map.name).shira_weight", tensor: change.values, role: .weight)
      } + saved
    tensors =
      maps.flatMap { map, change in
        [
          AdapterTensor("\(map.name).shira_weight", change.values),
          AdapterTensor(indices: "\(map.name).shira_indices", of: change, map),
        ]
      } + saved.map { AdapterTensor($0.name, $0.tensor) }
    var fields: JSONObject = [
      "fan_in_fan_out": false, "init_weights": true, "mask_type": "random",
      "modules_to_save": options.savedModules.json, "peft_type": "SHIRA",
      "r": .integer(options.rank), "random_seed": .null,
      "target_modules": .array(maps.map { .string($0.map.name) }),
      "task_type": model.taskType.map { .string($0) } ?? .null,
    ]
    let isPEFT = options.share == nil && maps.allSatisfy { $0.map.layout == .outputByInput }
    if let share = options.share { fields["share"] = .real(share) }
    layout = isPEFT ? .peft : .anneal
    configuration = fields
    self.maps = maps
  }

  /// The weights that are chosen among, in the order of `choose`.
  public var weights: [Tensor] { maps.map(\.map.weight) }

  /// Chooses the places of each map's largest scores.
  /// - Parameter scores: A score for each weight, stored as the weights are.
  public func choose(_ scores: [Tensor]) {
    precondition(scores.count == maps.count, "\(scores.count) scores of \(maps.count) maps")
    for ((map, change), scores) in zip(maps, scores) {
      change.places = SparseMask.largest(change.values.count, of: map.rows(of: scores))
    }
  }
}

extension SparseMask {
  /// Places in a map's weight as `[outputs, inputs]`, in their order.
  fileprivate func places(_ count: Int, of map: Linear, seed: UInt64) -> [Int] {
    switch self {
    case .random: Self.drawn(count, of: map.inputs * map.outputs, seed: seed, map.name)
    case .magnitude: Self.largest(count, of: map.rows.map { abs($0) })
    case .gradient, .fisher: Array(0..<count)
    }
  }

  /// Different numbers below a bound, each set as likely (Floyd's algorithm).
  private static func drawn(_ count: Int, of bound: Int, seed: UInt64, _ name: String) -> [Int] {
    var random = CounterRandom(seed: seed, purpose: "models.sparse", record: name)
    var drawn: Set<Int> = []
    for last in bound - count..<bound {
      let number = random.below(last + 1)
      drawn.insert(drawn.contains(number) ? last : number)
    }
    return drawn.sorted()
  }

  /// The places of the largest scores, the first of equal ones.
  fileprivate static func largest(_ count: Int, of scores: [Float]) -> [Int] {
    guard count > 0 else { return [] }
    let least = scores.sorted(by: >)[count - 1]
    let above = scores.indices.filter { scores[$0] > least }
    let equal = scores.indices.lazy.filter { scores[$0] == least }.prefix(count - above.count)
    return (above + equal).sorted()
  }
}

extension AdapterTensor {
  /// The rows and columns of the chosen weights, as PEFT files them: `[2, chosen]`.
  fileprivate init(indices name: String, of change: SparseMap, _ map: Linear) {
    let (count, inputs, outputs) = (change.values.count, map.inputs, map.outputs)
    self.init(integers: name, [2, count]) {
      let places = change.places
      return places.map { $0 / inputs } + places.map { $0 % inputs }
    } write: { filed in
      guard filed.prefix(count).allSatisfy({ 0..<outputs ~= $0 }),
        filed.suffix(count).allSatisfy({ 0..<inputs ~= $0 })
      else { return "\(name) names weights outside of [\(outputs), \(inputs)]" }
      change.places = (0..<count).map { filed[$0] * inputs + filed[count + $0] }
      return nil
    }
  }
}

extension Linear {
  /// Numbers that are stored as W is, as `[outputs, inputs]`.
  fileprivate func rows(of stored: Tensor) -> [Float] {
    layout == .outputByInput ? stored.values : stored.turned.values
  }
}
