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
  /// Why PEFT does not read them.
  public let reasonAgainstPEFT: (problem: String, remedy: String)?
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
    try self.init(options, model)
    for (map, change) in maps {
      change.places = options.mask.places(change.values.count, of: map, seed: seed)
    }
  }

  /// The weights that an `adapter_config.json` of PEFT names; `load` brings places and values.
  init(_ config: AdapterConfiguration, to model: any Model) throws(ModelError) {
    var options = SparseOptions()
    options.rank = try config.integer("r", default: 32)
    options.share = config.fields["share"]?.double
    guard options.rank > 0 else { throw config.fault("has the rank \(options.rank)") }
    options.savedModules = config.texts("modules_to_save")
    options.targets = try config.targets("target_modules")
    try self.init(options, model)
  }

  private init(_ options: SparseOptions, _ model: any Model) throws(ModelError) {
    let saved = model.parameters(inModules: options.savedModules)
    let maps = try Self.changes(of: model, options, besides: saved)
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
    configuration = options.configuration(maps.map(\.map), task: model.taskType)
    reasonAgainstPEFT = options.reasonAgainstPEFT(maps.map(\.map))
    layout = reasonAgainstPEFT == nil ? .peft : .anneal
    self.maps = maps
  }

  /// Puts changes beside a model's maps.
  private static func changes(
    of model: any Model, _ options: SparseOptions, besides saved: [NamedParameter]
  ) throws(ModelError) -> [(map: Linear, change: SparseMap)] {
    let standard = ModuleRole.defaults(for: try model.configuration.modelType)
    let targets = try TargetSelection(targets: options.targets ?? standard)
      .modules(of: model, besides: saved).maps
    var maps: [(map: Linear, change: SparseMap)] = []
    for target in targets {
      guard target.map.adaptation == nil, target.slices.isEmpty else {
        throw ModelError(
          .unsupported, file: "targets",
          problem: target.slices.isEmpty
            ? "\(target.map.name) is adapted already"
            : "single weights of a part of \(target.map.name) are not chosen",
          remedy: "Name the map as a whole, and by one method.")
      }
      maps.append((target.map, SparseMap(target.map, count: try options.count(target.map))))
    }
    for (map, change) in maps { map.adaptation = change }
    return maps
  }

  /// The chosen places, which another start might choose otherwise.
  public var state: [AdapterTensor] { tensors.filter { $0.integers != nil } }

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
