public import Records
import Tensors

/// Small networks behind or beside a frozen model's sub-layers.
///
/// Filed as AdapterHub does, as PEFT has no such method. They are not linear, so that they cannot be
/// merged. Cost: 2 · width² / reduction values and as many products a token for each place.
public struct BottleneckAdapter: ModelAdapter {
  /// What training updates.
  public private(set) var parameters: [NamedParameter] = []
  /// What the files hold.
  public private(set) var tensors: [AdapterTensor] = []
  /// The fields of AdapterHub's `adapter_config.json`.
  public let configuration: JSONObject
  /// How it is filed.
  public let layout = AdapterLayout.adapterHub

  /// Adds adapters to a model.
  /// - Parameters:
  ///   - name: What AdapterHub calls the adapter.
  ///   - seed: The first values are a function of it and of the place's name.
  /// - Throws: `ModelError.invalid` where no place is left, `.unsupported` where one is taken.
  public init(
    _ options: BottleneckOptions, named name: String = "anneal", to model: any Model, seed: UInt64
  ) throws(ModelError) {
    let places = try Self.places(options, in: model)
    configuration = try Self.configuration(options, name, model, width: places[0].width)
    let shared = try SharedProducts(options, width: places[0].width, seed: seed)
    let depth = JunctionDepth(model.junctions)
    for junction in places {
      let maps = try BottleneckStart(
        junction, layer: depth[junction], options, shared, seed: seed)
      let bottleneck = Bottleneck(maps.down, maps.up, options, width: junction.width)
      junction.bottleneck = bottleneck
      register(bottleneck, at: "\(junction.name).adapters.\(name)")
    }
    let base = try ModelLoader.prefix(of: model.configuration)
    for parameter in shared.parameters {
      add("\(base)shared_parameters.\(name).\(parameter.ending)", parameter.tensor, parameter.role)
    }
    if let invertible = options.invertible { try add(invertible, named: name, to: model) }
    let saved = model.parameters(inModules: options.savedModules)
    parameters += saved
    tensors += saved.map { AdapterTensor($0.name, $0.tensor, isOfModel: true) }
  }

  /// Maps the vectors of the embeddings, of an encoder and a decoder the encoder's alone.
  private mutating func add(
    _ options: InvertibleOptions, named name: String, to model: any Model
  ) throws(ModelError) {
    let place = model.virtualPlaces.first { $0.stack != .decoder }
    let type = try model.configuration.modelType
    guard let place, Self.mapsEmbeddings.contains(type) else {
      throw ModelError(
        .unsupported, file: "method",
        problem: "inv_adapter: the embeddings of a model of type \(type) are not mapped here")
    }
    guard place.invertible == nil else {
      throw ModelError(
        .unsupported, file: "method", problem: "inv_adapter: the embeddings are mapped already")
    }
    let map = InvertibleMap(width: place.width, options)
    place.invertible = map
    let base = try ModelLoader.prefix(of: model.configuration)
    let path = (place.stack == .encoder ? "encoder." : base) + "invertible_adapters.\(name)"
    for parameter in map.parameters {
      add("\(path).\(parameter.ending)", parameter.tensor, parameter.role)
    }
  }

  /// The models whose embeddings' vectors an invertible adapter may map.
  private static let mapsEmbeddings = [
    "bert", "roberta", "distilbert", "gpt2", "gptj", "llama", "mistral", "t5",
  ]

  /// The places that get an adapter, none of which has one.
  private static func places(
    _ options: BottleneckOptions, in model: any Model
  ) throws(ModelError) -> [Junction] {
    let depth = JunctionDepth(model.junctions)
    let places = model.junctions.filter { junction in
      let isWanted =
        switch junction.kind {
        case .attention: options.adaptsAttention
        case .feedForward: options.adaptsFeedForward
        case .crossAttention: options.adaptsCrossAttention
        }
      return isWanted && !options.leftOut.contains(depth[junction])
    }
    guard !places.isEmpty else {
      throw ModelError(
        .invalid, file: "method", problem: "no place for an adapter is left in this model")
    }
    if let taken = places.first(where: { $0.bottleneck != nil }) {
      throw ModelError(
        .unsupported, file: "method", problem: "\(taken.name) has an adapter already")
    }
    return places
  }

  private static func configuration(
    _ options: BottleneckOptions, _ name: String, _ model: any Model, width: Int
  ) throws(ModelError) -> JSONObject {
    let activation = Self.name(of: options.activation)
    return [
      "config": .object(options.hubFields(activation: activation)),
      "hidden_size": .integer(width),
      "model_class": model.configuration.fields["architectures"]?.array?.first ?? .null,
      "model_type": .string(try model.configuration.modelType), "name": .string(name),
      "version": "adapters.1.3.0",
    ]
  }

  /// Lists what is trained and filed of an adapter in one place.
  private mutating func register(_ bottleneck: Bottleneck, at path: String) {
    // torch counts the norm before the first map as a part of the same chain.
    let first = bottleneck.normBefore == nil ? 0 : 1
    for (part, map) in [("adapter_down.\(first)", bottleneck.down), ("adapter_up", bottleneck.up)] {
      for parameter in map.parameters {
        add("\(path).\(part).\(parameter.ending)", parameter.tensor, parameter.role)
      }
    }
    for (part, norm) in [
      ("adapter_norm_before", bottleneck.normBefore), ("adapter_norm_after", bottleneck.normAfter),
    ] {
      guard let norm else { continue }
      add("\(path).\(part).weight", norm.weight, .normalisation)
      add("\(path).\(part).bias", norm.bias, .normalisation)
    }
    if let norm = bottleneck.normBefore {
      tensors.append(AdapterTensor("\(path).adapter_down.0.weight", norm.weight))
      tensors.append(AdapterTensor("\(path).adapter_down.0.bias", norm.bias))
    }
    for parameter in bottleneck.gate?.parameters ?? [] {
      add("\(path).\(parameter.ending)", parameter.tensor, parameter.role)
    }
    if let scale = bottleneck.trainedScale {
      let name = "\(path).scaling"
      parameters.append(NamedParameter(name: name, tensor: scale, role: .weight))
      tensors.append(AdapterTensor(name, scale, shape: [scale.count]))
    }
  }

  private mutating func add(_ name: String, _ tensor: Tensor, _ role: NamedParameter.Role) {
    parameters.append(NamedParameter(name: name, tensor: tensor, role: role))
    tensors.append(AdapterTensor(name, tensor))
  }

  /// AdapterHub's word for an activation.
  private static func name(of activation: Activation) -> String {
    switch activation {
    case .silu: "swish"
    case .geluTanh: "gelu_new"
    default: activation.rawValue
    }
  }
}

/// The layer of each place: AdapterHub counts those of encoder and decoder on.
private struct JunctionDepth {
  private let layers: [String: Int]

  init(_ junctions: [Junction]) {
    var layers: [String: Int] = [:]
    for junction in junctions where layers[Self.layer(junction)] == nil {
      layers[Self.layer(junction)] = layers.count
    }
    self.layers = layers
  }

  subscript(_ junction: Junction) -> Int { layers[Self.layer(junction)] ?? 0 }

  private static func layer(_ junction: Junction) -> String {
    let parts = junction.name.split(separator: ".")
    let number = parts.firstIndex { Int($0) != nil } ?? parts.count - 1
    return parts[...number].joined(separator: ".")
  }
}
