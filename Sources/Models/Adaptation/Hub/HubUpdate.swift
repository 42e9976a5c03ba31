public import Records
import Tensors

/// Low-rank updates, or factors, as AdapterHub files them under `loras`.
///
/// What it calls LoRA adds, what it calls IA3 multiplies; both are merged like PEFT's.
public struct HubUpdate: ModelAdapter {
  /// What training updates.
  public private(set) var parameters: [NamedParameter]
  /// What the files hold.
  public private(set) var tensors: [AdapterTensor]
  /// The fields of AdapterHub's `adapter_config.json`.
  public let configuration: JSONObject
  /// How it is filed.
  public let layout = AdapterLayout.adapterHub

  /// Adds the updates that an `adapter_config.json` of AdapterHub describes.
  init(_ config: AdapterConfiguration, to model: any Model) throws(ModelError) {
    let fields = config.fields["config"]?.object ?? [:]
    let name = config.fields["name"]?.string ?? "default"
    try Self.requireKnown(fields, config)
    let targets = ModuleTargets.names(
      Self.roles(fields, type: try model.configuration.modelType))
    let excluded = Self.maps(leftOutOf: fields, model)
    // Another member of a union may have updates of other layers.
    let taken = Set(model.linears.filter { $0.adaptation != nil }.map(\.name))
    var tensors: [AdapterTensor] = []
    if fields["composition_mode"]?.string == "scale" {
      var options = ColumnFactorOptions()
      (options.targets, options.feedForward, options.excluded) = (targets, .names([]), excluded)
      // Here alpha counts as it is, whatever the rank is, which is one.
      options.scale = fields["alpha"]?.double ?? 1
      options.reachesParts = true
      let adapter = try ColumnFactorAdapter(options, to: model)
      parameters = adapter.parameters
      tensors = adapter.parameters.map { factor in
        AdapterTensor(
          "\(factor.name.dropLast(".ia3_l".count)).loras.\(name).lora_B", factor.tensor,
          shape: [factor.tensor.count, 1])
      }
    } else {
      var options = LowRankOptions(
        rank: fields["r"]?.int ?? 8, alpha: fields["alpha"]?.double ?? 8, targets: targets)
      options.dropout = fields["dropout"]?.double ?? 0
      options.excluded = excluded
      parameters = try LowRankAdapter(options, to: model, seed: 0).parameters
      for map in model.linears where !taken.contains(map.name) {
        guard let update = map.adaptation as? LowRankMap else { continue }
        tensors += update.hubMatrices("\(map.name).loras.\(name)")
      }
    }
    self.tensors = tensors
    var own = config.fields
    own["model_name"] = nil
    configuration = own
    guard fields["use_gating"]?.bool == true else { return }
    for map in model.linears where !taken.contains(map.name) { addGate(to: map, of: name) }
  }

  /// Lets a gate say how much of its change each text gets.
  private mutating func addGate(to map: Linear, of name: String) {
    let whole = 0..<map.outputs
    let gated: GatedMap
    switch map.adaptation {
    case let update as LowRankMap:
      gated = GatedMap(
        map, .update(update),
        parts: update.parts.map { $0.firstColumn..<$0.firstColumn + $0.up.rows })
    case let factors as ColumnFactorMap:
      gated = GatedMap(
        map, .factors(factors), parts: factors.parts.isEmpty ? [whole] : factors.parts)
    default: return
    }
    map.adaptation = gated
    for parameter in gated.gate.parameters {
      let path = "\(map.name).loras.\(name).\(parameter.ending)"
      parameters.append(NamedParameter(name: path, tensor: parameter.tensor, role: parameter.role))
      tensors.append(AdapterTensor(path, parameter.tensor))
    }
  }

  /// Refuses what is not computed here.
  private static func requireKnown(
    _ fields: JSONObject, _ config: AdapterConfiguration
  ) throws(ModelError) {
    let other = ["vera_b", "vera_d"].first { fields[$0].map { $0 != .null } ?? false }
    guard let name = fields["use_dora"]?.bool == true ? "use_dora" : other else { return }
    throw ModelError(
      .unsupported, file: config.file, problem: "is of a kind that is not computed here: \(name)")
  }

  /// The roles of the maps that have updates.
  ///
  /// `attn_output` is of architectures that none here is; of Llama and Mistral AdapterHub takes the map that
  /// narrows for the intermediate one, and the one that widens for the output.
  private static func roles(_ fields: JSONObject, type: String) -> [String] {
    let words = ["q": "query", "k": "key", "v": "value"]
    let isSwapped = ["llama", "mistral"].contains(type)
    var roles: [String] = []
    if fields["selfattn_lora"]?.bool ?? true {
      roles += fields["attn_matrices"]?.array?.compactMap { $0.string.flatMap { words[$0] } } ?? []
    }
    if fields["intermediate_lora"]?.bool == true { roles.append(isSwapped ? "down" : "up") }
    if fields["output_lora"]?.bool == true { roles.append(isSwapped ? "up" : "down") }
    return roles
  }

  /// The maps of layers that have no updates; nil where all have.
  private static func maps(leftOutOf fields: JSONObject, _ model: any Model) -> ModuleTargets? {
    let leftOut = Set(fields["leave_out"]?.array?.compactMap(\.int) ?? [])
    guard !leftOut.isEmpty else { return nil }
    var layers: [String] = []
    for map in model.linears {
      let layer = map.name.layerPath
      if !layer.isEmpty, layers.last != layer { layers.append(layer) }
    }
    let names = Set(layers.indices.filter { leftOut.contains($0) }.map { layers[$0] })
    return .names(model.linears.map(\.name).filter { names.contains($0.layerPath) })
  }
}

extension LowRankMap {
  /// A and B as AdapterHub files them: the parts of a fused map one below the other.
  fileprivate func hubMatrices(_ path: String) -> [AdapterTensor] {
    [("lora_A", parts.map(\.down)), ("lora_B", parts.map(\.up))].map { name, matrices in
      let rows = matrices.reduce(0) { $0 + $1.rows }
      return AdapterTensor("\(path).\(name)", [rows, matrices[0].columns]) {
        Tape.inference().concatenateRows(matrices)
      } write: { filed in
        var start: Int32 = 0
        for matrix in matrices {
          let end = start + Int32(matrix.rows)
          matrix.assign(Tape.inference().gather(filed, rows: (start..<end).map { $0 }))
          start = end
        }
      }
    }
  }
}

extension String {
  /// The name of a layer: all up to the first number; empty where there is none.
  fileprivate var layerPath: String {
    let parts = split(separator: ".")
    guard let number = parts.firstIndex(where: { Int($0) != nil }) else { return "" }
    return parts[...number].joined(separator: ".")
  }
}
