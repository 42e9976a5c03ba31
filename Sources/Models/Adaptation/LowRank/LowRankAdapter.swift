public import Records
import Tensors

/// Low-rank updates of a model's linear maps and embeddings (LoRA, rsLoRA, DoRA).
///
/// ```swift
/// let options = LowRankOptions(rank: 8, alpha: 16, targets: .names(["q_proj", "v_proj"]))
/// let adapter = try LowRankAdapter(options, to: model, seed: 42)
/// ```
/// B begins as zero, so that the model computes what it did. Cost: rank · (inputs + outputs) values a
/// map, and as much more for AdamW twice; of a step's products rank / width.
public struct LowRankAdapter: ModelAdapter {
  /// What training updates.
  public private(set) var parameters: [NamedParameter] = []
  /// What the file holds.
  public private(set) var tensors: [AdapterTensor] = []
  /// The fields of `adapter_config.json`.
  public let configuration: JSONObject
  /// The names of the parameters that are matrices B, for rates of their own (LoRA+).
  public private(set) var upNames: Set<String> = []
  /// What A and B began as, where that is a part of the weights.
  public private(set) var state: [AdapterTensor] = []
  private let options: LowRankOptions
  private let seed: UInt64

  /// Adds updates to a model.
  /// - Parameter seed: The matrices A are a function of it and of the map's name.
  /// - Throws: `ModelError.invalid` for targets that fit nothing, `.unsupported` where one is adapted
  ///   already.
  public init(
    _ options: LowRankOptions, to model: any Model, seed: UInt64
  ) throws(ModelError) {
    guard !options.isDecomposed || !options.hasUpBias else {
      throw ModelError(
        .unsupported, file: "lora-bias", problem: "DoRA scales rows, and has no bias of its own",
        remedy: "Leave out the bias, or DoRA.")
    }
    let modelType = try model.configuration.modelType
    let targets = options.targets ?? ModuleRole.defaults(for: modelType)
    let selection = TargetSelection(
      targets: targets, excluded: options.excluded, layers: options.layers,
      layerPatterns: options.layerPatterns, reachesOutput: true, reachesTables: true)
    let saved = model.parameters(inModules: options.savedModules)
    let (maps, tables) = try selection.modules(of: model, besides: saved)
    configuration = options.configuration(
      targets: Self.filed(targets, maps, tables), task: model.taskType,
      isTurned: maps.contains { $0.map.layout == .inputByOutput }, slices: maps)
    self.options = options
    self.seed = seed
    for map in maps { try update(map) }
    for table in tables { try update(table) }
    for entry in options.tokens { try train(entry.ids, of: entry.table, model) }
    for bias in options.biases(of: model, beside: maps.map(\.map)) {
      parameters.append(bias.parameter)
      tensors.append(AdapterTensor(bias.name, bias.parameter.tensor))
    }
    try model.requireApart(saved, from: tables)
    parameters += saved
    tensors += saved.map { AdapterTensor($0.name, $0.tensor) }
  }

  /// Names that PEFT finds the same modules by.
  private static func filed(
    _ targets: ModuleTargets, _ maps: [TargetedMap], _ tables: [Embedding]
  ) -> ModuleTargets {
    let names = maps.map(\.map.name) + tables.map(\.name)
    guard let ends = targets.names,
      ends.allSatisfy({ end in names.contains { TargetSelection.ends($0, in: end) } })
    else { return .names(names) }
    return targets
  }

  private mutating func update(_ target: TargetedMap) throws(ModelError) {
    let map = target.map
    guard map.adaptation == nil else { throw Self.adapted(map.name) }
    let (rank, scale) = (try options.rank(of: map.name), try options.scale(map.name))
    guard !options.isDecomposed || target.slices.isEmpty else {
      throw ModelError(
        .unsupported, file: "targets",
        problem: "DoRA scales whole rows of \(map.name), of which the targets are a part",
        remedy:
          "Target '\(map.name.split(separator: ".").last ?? "")' as a whole, or use plain LoRA.")
    }
    let slices = target.slices.isEmpty ? [nil] : target.slices.map(Optional.some)
    let taken = try options.initialisation.start(of: target, rank: rank, scale: scale, options)
    let parts =
      taken.map { [$0.copy()] }
      ?? slices.map { slice in
        let name = slice.map { "\(map.name).\($0.role)" } ?? map.name
        return LowRankMap.Part(
          down: start(name, [rank, map.inputs], inputs: map.inputs),
          up: Tensor(shape: [slice?.columns.count ?? map.outputs, rank]),
          firstColumn: slice?.columns.lowerBound ?? 0)
      }
    let adaptation = LowRankMap(
      map, parts, start: taken, scale: scale, dropout: Float(options.dropout),
      upBias: options.hasUpBias ? Tensor(shape: [map.outputs]) : nil,
      isDecomposed: options.isDecomposed)
    map.adaptation = adaptation
    let names = slices.map { slice in slice.map { "\(map.name).\($0.role)" } ?? map.name }
    register(adaptation, of: map, parts: zip(names, parts))
  }

  /// Lists what is trained of an update, and what is filed of it.
  private mutating func register(
    _ adaptation: LowRankMap, of map: Linear, parts: some Sequence<(String, LowRankMap.Part)>
  ) {
    for (name, part) in parts {
      add("\(name).lora_A.weight", part.down)
      add("\(name).lora_B.weight", part.up)
      upNames.insert("\(name).lora_B.weight")
    }
    tensors += adaptation.filedMatrices(map, withStart: options.filesStart)
    if let start = adaptation.start {
      // Made by other instructions, it may be another to the last bit: a run keeps its own.
      state.append(AdapterTensor("\(map.name).start_A", start.down))
      state.append(AdapterTensor("\(map.name).start_B", start.up))
    }
    if let bias = adaptation.upBias {
      add("\(map.name).lora_B.bias", bias)
      tensors.append(AdapterTensor("\(map.name).lora_B.bias", bias))
    }
    if let magnitude = adaptation.magnitude {
      add("\(map.name).lora_magnitude_vector", magnitude)
      tensors.append(AdapterTensor("\(map.name).lora_magnitude_vector", magnitude))
    }
  }

  private mutating func update(_ table: Embedding) throws(ModelError) {
    guard table.adaptation == nil else { throw Self.adapted(table.name) }
    guard !options.initialisation.takesFromWeight || !options.filesStart else {
      throw ModelError(
        .unsupported, file: "init",
        problem: "\(table.name) is an embedding, whose updates do not begin with a part of it",
        remedy: "Leave it out of the targets, or take another init.")
    }
    let (rank, width) = (try options.rank(of: table.name), table.weight.columns)
    // Embeddings begin the other way round than maps: A zero, B normal.
    var random = CounterRandom(seed: seed, purpose: "models.adapt", record: table.name)
    let up = Tensor((0..<width * rank).map { _ in Float(random.normal()) }, shape: [width, rank])
    let down = Tensor(shape: [table.weight.rows, rank])
    let adaptation = LowRankTable(
      table, down: down, up: up, scale: try options.scale(table.name),
      isDecomposed: options.isDecomposed)
    table.adaptation = adaptation
    add("\(table.name).lora_embedding_A", down)
    add("\(table.name).lora_embedding_B", up)
    upNames.insert("\(table.name).lora_embedding_B")
    tensors.append(AdapterTensor("\(table.name).lora_embedding_A", turned: down))
    tensors.append(AdapterTensor("\(table.name).lora_embedding_B", up))
    if let magnitude = adaptation.magnitude {
      add("\(table.name).lora_magnitude_vector", magnitude)
      tensors.append(AdapterTensor("\(table.name).lora_magnitude_vector", magnitude))
    }
  }

  /// Trains the vectors of some tokens beside the updates.
  private mutating func train(
    _ tokens: [Int32], of name: String, _ model: any Model
  ) throws(ModelError) {
    for table in try TokenAdapter.tables(name.isEmpty ? nil : .names([name]), model) {
      let change = try TokenTable(table, checked: tokens)
      table.adaptation = change
      let path = "\(table.name).token_adapter.trainable_tokens_delta"
      add(path, change.vectors)
      tensors.append(AdapterTensor(path, change.vectors))
    }
  }

  private mutating func add(_ name: String, _ tensor: Tensor, _ role: NamedParameter.Role = .weight)
  {
    parameters.append(NamedParameter(name: name, tensor: tensor, role: role))
  }

  /// A matrix A.
  private func start(_ name: String, _ shape: [Int], inputs: Int) -> Tensor {
    var random = CounterRandom(seed: seed, purpose: "models.adapt", record: name)
    let bound = 1 / Double(max(inputs, 1)).squareRoot()
    let values = (0..<shape.reduce(1, *)).map { _ in
      options.initialisation == .gaussian
        ? Float(random.normal() / Double(shape[0])) : Float(bound * (2 * random.uniform() - 1))
    }
    return Tensor(values, shape: shape)
  }

  private static func adapted(_ name: String) -> ModelError {
    ModelError(
      .unsupported, file: "targets", problem: "\(name) is adapted already",
      remedy: "A part takes one method at a time.")
  }
}

extension LowRankOptions {
  /// The biases that are trained beside updates of some maps, with their names in the file.
  func biases(
    of model: any Model, beside maps: [Linear]
  ) -> [(parameter: NamedParameter, name: String)] {
    let updated = Set(maps.map { "\($0.name).bias" })
    let heads = Set(model.parameters(inModules: savedModules).map(\.name))
    let chosen = model.parameters.filter { parameter in
      guard parameter.isTrainable, !heads.contains(parameter.name) else { return false }
      return switch bias {
      case .none: false
      // As PEFT looks for biases: by their names.
      case .all: parameter.name.hasSuffix(".bias")
      case .updated: updated.contains(parameter.name)
      }
    }
    return chosen.map { parameter in
      let isUpdated = updated.contains(parameter.name)
      return (
        parameter, isUpdated ? "\(parameter.name.dropLast(5)).base_layer.bias" : parameter.name
      )
    }
  }
}

extension Model {
  /// Checks that no parameter is trained whole while its table is adapted, or is the output as well.
  fileprivate func requireApart(
    _ saved: [NamedParameter], from tables: [Embedding]
  ) throws(ModelError) {
    for parameter in saved where tables.contains(where: { $0.weight === parameter.tensor }) {
      throw ModelError(
        .invalid, file: "modules-to-save", problem: "\(parameter.name) is a target already",
        remedy: "Train it whole or by an update, not both.")
    }
    guard let output = (self as? any VocabularyHead)?.outputWeight else { return }
    for parameter in saved
    where parameter.tensor === output
      && embeddings.contains(where: { $0.weight === output && $0.name == parameter.name.module })
    {
      throw ModelError(
        .unsupported, file: "modules-to-save",
        problem: "\(parameter.name) is the output too, which would change with it",
        remedy: "Leave it out, target it by an update, or train the whole model.")
    }
  }
}
