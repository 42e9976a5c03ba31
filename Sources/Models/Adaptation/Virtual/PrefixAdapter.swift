public import Records
import Tensors

/// What stands before the keys and values of every sequence.
public struct PrefixOptions: Sendable {
  /// The number of virtual tokens.
  public var count = 20
  /// The width of the network that makes keys and values (Li, Liang 2021); nil for keys and values
  /// that are trained as they are (P-tuning v2: Liu and others 2022).
  public var projection: Int?
  /// Whether keys and values begin as zero.
  public var beginsZero = false
  /// Whose reading; PEFT's where it computes the same and wastes no value, else our own.
  public var layout: VirtualLayout?
  /// Modules of the model that are trained and saved whole, such as a new head.
  public var savedModules: [String] = []

  /// Twenty virtual tokens with keys and values of their own.
  public init() {}
}

/// Virtual tokens that every attention sees before those of a text: their keys and values are trained.
///
/// Prefix tuning (Li, Liang 2021) and P-tuning v2 (Liu and others 2022). They take the first places:
/// tokens count on from them. Filed as PEFT does, where `network` or not only keys and values are.
///
/// An encoder and a decoder have a prefix each. PEFT has one for the decoder alone, whose layer j reads
/// those filed for layer 2j, so that half of what it files is never read: `layout: peft` is that.
public struct PrefixAdapter: ModelAdapter {
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

  /// Adds prefixes to a model.
  /// - Parameter seed: The first values are a function of it.
  /// - Throws: `ModelError.invalid` where nothing is left of the model's places.
  public init(
    _ options: PrefixOptions, to model: any Model, seed: UInt64
  ) throws(ModelError) {
    let layout = try options.layout(for: model)
    try self.init(options, layout, model) { place, name in
      options.vectors(place, VirtualStart(seed: seed), name)
    }
  }

  /// Adds the prefixes that an `adapter_config.json` describes; `load` brings keys and values.
  init(_ config: AdapterConfiguration, to model: any Model) throws(ModelError) {
    var options = PrefixOptions()
    options.count = try config.integer("num_virtual_tokens", default: 20)
    guard options.count > 0 else { throw config.fault("has \(options.count) virtual tokens") }
    if config.flag("prefix_projection") {
      options.projection = try config.integer("encoder_hidden_size", default: 0)
    }
    options.savedModules = config.texts("modules_to_save")
    try self.init(options, config.layout == .anneal ? .anneal : .peft, model) { place, name in
      VectorTable(Tensor(shape: [options.count, place.prefixColumns]), name: name)
    }
  }

  private init(
    _ options: PrefixOptions, _ layout: VirtualLayout, _ model: any Model,
    vectors: (_ place: VirtualPlace, _ name: String) -> any VirtualVectors
  ) throws(ModelError) {
    let all = model.virtualPlaces
    let places = layout == .peft ? all.suffix(1) : all[...]
    guard let first = places.last else {
      throw ModelError(
        .unsupported, file: "method", problem: "this model has no place for a prefix")
    }
    var (parameters, tensors): ([NamedParameter], [AdapterTensor]) = ([], [])
    for place in places {
      try model.requireRoom(for: options.count, at: place)
      let name = place.prefixName(layout)
      let vectors = vectors(place, name)
      let slots = (0..<place.layers).map { layer in
        // What PEFT makes of its own file for an encoder and a decoder.
        layout == .peft && place.stack == .decoder ? 2 * layer % place.layers : layer
      }
      place.prefix = VirtualPrefix(vectors: vectors, slots: slots)
      parameters += vectors.parameters.map { parameter in
        let name = parameter.name == name ? name : "\(name).\(parameter.name)"
        return NamedParameter(name: name, tensor: parameter.tensor, role: parameter.role)
      }
      tensors.append(AdapterTensor(vectors, name: name))
    }
    let saved = model.parameters(inModules: options.savedModules)
    self.parameters = parameters + saved
    self.tensors = tensors + saved.map { AdapterTensor($0.name, $0.tensor, isOfModel: true) }
    configuration = [
      "encoder_hidden_size": .integer(options.projection ?? first.keyColumns),
      "init_weights": .null, "modules_to_save": options.savedModules.json,
      "num_attention_heads": .integer(first.keyHeads), "num_layers": .integer(first.layers),
      "num_transformer_submodules": .integer(all.count),
      "num_virtual_tokens": .integer(options.count), "peft_type": "PREFIX_TUNING",
      "prefix_projection": .bool(options.projection != nil),
      "task_type": model.taskType.map { .string($0) } ?? .null,
      "token_dim": .integer(first.keyColumns),
    ]
    self.layout = layout == .peft ? .peft : .anneal
    reasonAgainstPEFT = layout == .peft ? nil : try PrefixOptions.ownReason(model)
  }
}

extension PrefixOptions {
  /// Whose reading is followed.
  fileprivate func layout(for model: any Model) throws(ModelError) -> VirtualLayout {
    let type = try model.configuration.modelType
    let isUnknownToPEFT = Self.isUnknownToPEFT(type)
    guard isUnknownToPEFT, layout == .peft else {
      let isOwn = isUnknownToPEFT || model.virtualPlaces.count > 1
      return layout ?? (isOwn ? .anneal : .peft)
    }
    throw ModelError(
      .unsupported, file: "layout", problem: "PEFT computes no prefix of a model of type \(type)",
      remedy: "Leave layout out, or use method prompt.")
  }

  /// Neither takes keys and values from outside in transformers.
  private static func isUnknownToPEFT(_ modelType: String) -> Bool {
    ["distilbert", "fsmt"].contains(modelType)
  }

  /// Why PEFT does not read what is filed in our own layout, and what to do about it.
  fileprivate static func ownReason(
    _ model: any Model
  ) throws(ModelError) -> (problem: String, remedy: String) {
    let type = try model.configuration.modelType
    if isUnknownToPEFT(type) {
      return (
        "is a prefix of a model of type \(type), of which PEFT computes none",
        "Export it without --peft, or train method prompt."
      )
    }
    return (
      "is a prefix whose every value is read, which PEFT does otherwise",
      "Export it without --peft, or train it with layout: peft."
    )
  }

  /// What is trained at a place, as it begins.
  fileprivate func vectors(
    _ place: VirtualPlace, _ start: VirtualStart, _ name: String
  ) -> any VirtualVectors {
    guard let projection else {
      let shape = [count, place.prefixColumns]
      return VectorTable(
        beginsZero ? Tensor(shape: shape) : start.normal(name, shape), name: name)
    }
    let network = VectorNetwork(
      count: count, widths: [place.keyColumns, projection, place.prefixColumns], activation: .tanh,
      named: "transform", VirtualStart(seed: start.seed))
    if beginsZero, let last = network.layers.last {
      for tensor in [last.weight, last.bias] { tensor.assign(Tensor(shape: tensor.shape)) }
    }
    return network
  }
}

extension VirtualPlace {
  /// The width of what a prefix holds for a token: keys and values of all layers.
  fileprivate var prefixColumns: Int { 2 * layers * keyColumns }

  /// What a prefix is called in its file.
  fileprivate func prefixName(_ layout: VirtualLayout) -> String {
    switch stack {
    case .encoder: "encoder.\(VirtualFile.name)"
    case .decoder where layout == .anneal: "decoder.\(VirtualFile.name)"
    case .decoder, .whole: VirtualFile.name
    }
  }
}
