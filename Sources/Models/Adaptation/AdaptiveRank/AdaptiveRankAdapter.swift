public import Records
import Synchronization
public import Tensors

/// Updates whose ranks are given to the maps that need them (AdaLoRA: Zhang and others 2023).
///
/// Every map begins with the same rank; as training goes on, the least important directions of all
/// maps together are set to zero. What is saved is what is left, as PEFT has it. The loss keeps the
/// directions of each map apart.
public final class AdaptiveRankAdapter: ModelAdapter {
  /// What training updates.
  public let parameters: [NamedParameter]
  private let maps: [Allocated]
  private let options: AdaptiveRankOptions
  private let saved: [NamedParameter]
  /// The biases that are trained, with their names in the file.
  private let biases: [(parameter: NamedParameter, name: String)]
  private let task: String?
  /// The steps of the run, once they are known.
  private let total: Mutex<Int?>

  /// A map with its update, and what is known of the importance of its directions.
  private struct Allocated: Sendable {
    let map: Linear
    let update: AdaptiveRankMap
    let importance: Importance
    /// Which of the first directions a file has left; nil where all are here.
    let filed: [Bool]?

    /// Which of the first directions are left; nil as long as none was taken away.
    var pattern: [Bool]? {
      guard let rows = importance.left else { return filed }
      let kept = Set(rows)
      let own = (0..<Int32(update.values.count)).map { kept.contains($0) }
      guard let filed else { return own }
      var next = own.makeIterator()
      return filed.map { $0 && next.next() ?? false }
    }
  }

  /// Adds updates to a model.
  /// - Parameter seed: A and B are functions of it and of the map's name.
  /// - Throws: `ModelError.invalid` for targets that fit nothing, `.unsupported` where one is adapted
  ///   already, or is part of a map.
  public convenience init(
    _ options: AdaptiveRankOptions, to model: any Model, seed: UInt64
  ) throws(ModelError) {
    guard options.targetRank <= options.initialRank else {
      throw ModelError(
        .invalid, file: "target-rank",
        problem: "\(options.targetRank) is above the initial rank \(options.initialRank)")
    }
    try self.init(options, model, total: nil, patterns: { _ in nil }) { name, shape in
      var random = CounterRandom(seed: seed, purpose: "models.adapt", record: name)
      return Tensor(
        (0..<shape.reduce(1, *)).map { _ in Float(0.02 * random.normal()) }, shape: shape)
    }
  }

  /// The updates that an `adapter_config.json` of PEFT describes; `load` brings their values.
  convenience init(_ config: AdapterConfiguration, to model: any Model) throws(ModelError) {
    let options = try AdaptiveRankOptions(config)
    let patterns = config.fields["rank_pattern"]?.object ?? [:]
    let total = try config.integer("total_step", default: 0)
    try self.init(
      options, model, total: total > 0 ? total : nil,
      patterns: { patterns["\($0).lora_E"]?.array?.map { $0.bool == true } }
    ) { _, shape in Tensor(shape: shape) }
  }

  private init(
    _ options: AdaptiveRankOptions, _ model: any Model, total: Int?,
    patterns: (String) -> [Bool]?, start: (_ name: String, _ shape: [Int]) -> Tensor
  ) throws(ModelError) {
    let standard = AdaptiveRankOptions.targets(for: try model.configuration.modelType)
    let selection = TargetSelection(
      targets: options.updates.targets ?? standard, excluded: options.updates.excluded,
      layers: options.updates.layers, layerPatterns: options.updates.layerPatterns)
    let scale = Float(options.updates.alpha) / (Float(options.initialRank) + 1e-5)
    saved = model.parameters(inModules: options.updates.savedModules)
    var maps: [Allocated] = []
    for target in try selection.modules(of: model, besides: saved).maps {
      let (map, pattern) = (try Self.whole(target), patterns(target.map.name))
      let rank = pattern?.count { $0 } ?? options.initialRank
      let update = AdaptiveRankMap(
        down: start("\(map.name).lora_A", [rank, map.inputs]),
        up: start("\(map.name).lora_B", [map.outputs, rank]), scale: scale,
        dropout: Float(options.updates.dropout))
      map.adaptation = update
      maps.append(
        Allocated(
          map: map, update: update, importance: Importance(map.name, update), filed: pattern))
    }
    self.maps = maps
    biases = options.updates.biases(of: model, beside: maps.map(\.map))
    self.options = options
    self.total = Mutex(total)
    task = model.taskType
    parameters =
      maps.flatMap { map in
        [
          ("lora_A", map.update.down), ("lora_B", map.update.up), ("lora_E", map.update.values),
        ].map { NamedParameter(name: "\(map.map.name).\($0)", tensor: $1, role: .weight) }
      } + biases.map(\.parameter) + saved
  }

  /// A target that is a map as a whole, and not adapted yet.
  private static func whole(_ target: TargetedMap) throws(ModelError) -> Linear {
    let map = target.map
    guard map.adaptation == nil, target.slices.isEmpty else {
      throw ModelError(
        .unsupported, file: "targets",
        problem: target.slices.isEmpty
          ? "\(map.name) is adapted already" : "AdaLoRA has no update of a part of \(map.name)",
        remedy: "Name the map as a whole, and by one method.")
    }
    return map
  }

  /// What the file holds: the directions that are left.
  public var tensors: [AdapterTensor] {
    maps.flatMap { map in
      let (name, update) = (map.map.name, map.update)
      guard let rows = map.importance.left else {
        return [
          AdapterTensor("\(name).lora_A", update.down),
          AdapterTensor("\(name).lora_B", update.up),
          AdapterTensor("\(name).lora_E", update.values, shape: [update.values.count, 1]),
        ]
      }
      let down = Tape.inference().gather(update.down, rows: rows)
      let up = Tape.inference().gather(update.up.turned, rows: rows).turned
      let values = rows.map { update.values.values[Int($0)] }
      return [
        AdapterTensor("\(name).lora_A", down), AdapterTensor("\(name).lora_B", up),
        AdapterTensor("\(name).lora_E", Tensor(values, shape: [rows.count, 1])),
      ]
    } + biases.map { AdapterTensor($0.name, $0.parameter.tensor) }
      + saved.map { AdapterTensor($0.name, $0.tensor) }
  }

  /// The fields of `adapter_config.json`.
  public var configuration: JSONObject {
    var fields = options.configuration(
      maps.map(\.map), task: task, total: total.withLock { $0 })
    let patterns = maps.compactMap { map -> (String, JSONValue)? in
      map.pattern.map { ("\(map.map.name).lora_E", .array($0.map { .bool($0) })) }
    }
    if !patterns.isEmpty { fields["rank_pattern"] = .object(JSONObject(patterns)) }
    return fields
  }

  /// The means that importance is judged by, and which directions are left.
  public var state: [AdapterTensor] { maps.flatMap(\.importance.state) }

  /// Notes how long the run is, by which ranks are taken away.
  public func begin(steps: Int) throws(ModelError) {
    try options.require(steps: steps)
    total.withLock { $0 = steps }
  }

  /// How far the directions of each map are from orthogonal, as PEFT weighs it.
  public func penalty(_ tape: Tape) -> Tensor? {
    guard options.penalty > 0 else { return nil }
    let parts = maps.filter { $0.update.values.count > 0 }.flatMap { map in
      [
        tape.orthogonality(map.update.down, ofRows: true),
        tape.orthogonality(map.update.up, ofRows: false),
      ]
    }
    guard let first = parts.first else { return nil }
    let sum = parts.dropFirst().reduce(first) { tape.add($0, $1) }
    // Maps that have nothing left count too: they are as orthogonal as can be.
    return tape.scale(sum, by: Float(options.penalty) / Float(2 * maps.count))
  }

  /// Judges directions by the step's gradients, and takes away what the schedule says.
  public func didStep(_ step: AdapterStep) {
    let last = step.total - options.final
    guard step.number <= last else { return maps.forEach { $0.importance.mask($0.update) } }
    for map in maps where step.number < last {
      map.importance.note(
        map.update, factor: step.gradientFactor, Float(options.beta1), Float(options.beta2))
    }
    let all = maps.reduce(0) { $0 + $1.update.values.count }
    guard
      let budget = options.budget(step, from: all, to: maps.count * options.targetRank)
    else { return }
    allocate(budget, of: all)
  }

  /// Leaves the most important directions of all maps, and sets the others to zero.
  private func allocate(_ budget: Int, of all: Int) {
    guard budget < all else { return }
    let scores = maps.map { $0.importance.scores($0.update) }
    let bound = scores.joined().sorted()[all - budget - 1]
    for (map, scores) in zip(maps, scores) {
      map.importance.keep(scores.map { $0 > bound })
      map.importance.mask(map.update)
    }
  }
}
