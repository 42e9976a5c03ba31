public import Records
import Tensors

/// Keys and values of virtual tokens as AdapterHub reads them: words keep the places that they have
/// without (Li, Liang 2021).
///
/// Filed as the network that makes them, or flat, as they are. T5 has one of the encoder, one of the decoder and
/// one before what the decoder sees of a source; distances to keys count from the first virtual one on.
public struct HubPrefix: ModelAdapter {
  /// What training updates.
  public private(set) var parameters: [NamedParameter] = []
  /// What the files hold.
  public private(set) var tensors: [AdapterTensor] = []
  /// The fields of AdapterHub's `adapter_config.json`.
  public let configuration: JSONObject
  /// How it is filed.
  public let layout = AdapterLayout.adapterHub

  /// Adds the prefix that an `adapter_config.json` of AdapterHub describes.
  init(_ config: AdapterConfiguration, to model: any Model) throws(ModelError) {
    let fields = config.fields["config"]?.object ?? [:]
    let count = fields["prefix_length"]?.int ?? 30
    guard count > 0 else { throw config.fault("has a prefix_length of \(count)") }
    var own = config.fields
    own["model_name"] = nil
    configuration = own
    let path = try Self.path(config, model)
    for stack in try HubPrefixStack.all(fields, config, model) {
      if stack.kind != .cross {
        try model.requireRoom(for: count, at: stack.place, takesPlaces: false)
      }
      let vectors = try vectors(count, fields, "\(path).\(stack.name)", stack, config.file)
      stack.add(vectors, gates: try gates(fields, stack, config, model))
    }
  }

  /// What makes the keys and values of a stack, listed among the parameters.
  private mutating func vectors(
    _ count: Int, _ fields: JSONObject, _ path: String, _ stack: HubPrefixStack, _ file: String
  ) throws(ModelError) -> any VirtualVectors {
    let columns = 2 * stack.kept.count * stack.place.keyColumns
    if fields["flat"]?.bool ?? false {
      let table = VectorTable(Tensor(shape: [count, columns]), name: "\(path).control_trans")
      parameters += table.parameters
      tensors.append(AdapterTensor(table.name, table.values, shape: [count * columns]))
      return table
    }
    let inner = fields["bottleneck_size"]?.int ?? 512
    guard inner > 0 else {
      throw ModelError(.invalid, file: file, problem: "has a bottleneck_size of \(inner)")
    }
    let network = VectorNetwork(
      count: count, widths: [stack.place.width, inner, columns],
      activation: try Activation(
        named: fields["non_linearity"]?.string ?? "tanh", file: file),
      named: "\(path).control_trans", VirtualStart(seed: 0))
    let table = NamedParameter(name: "\(path).wte.weight", tensor: network.table, role: .weight)
    parameters += [table] + network.layerParameters
    tensors += ([table] + network.layerParameters).map { AdapterTensor($0.name, $0.tensor) }
    return network
  }

  /// The gates of each layer that has the prefix, listed among the parameters; none where there are none.
  private mutating func gates(
    _ fields: JSONObject, _ stack: HubPrefixStack, _ config: AdapterConfiguration,
    _ model: any Model
  ) throws(ModelError) -> [TextGate?] {
    guard fields["use_gating"]?.bool == true else { return [] }
    let name = config.fields["name"]?.string ?? "default"
    let attentions = model.linears.map(\.name)
      .filter { $0.hasSuffix(".self.query") || $0.hasSuffix(".q_lin") }
    guard stack.place.canPromptBehindEmbeddings, attentions.count == stack.place.layers else {
      throw HubPrefixStack.unsupported(
        config,
        "use_gating: gates of a decoder's prefix are not computed here, as AdapterHub's are others for every "
          + "token that is written")
    }
    var gates = [TextGate?](repeating: nil, count: stack.place.layers)
    for layer in stack.kept {
      let gate = TextGate(
        width: stack.place.width, count: fields["shared_gating"]?.bool ?? true ? 1 : 2)
      gates[layer] = gate
      for parameter in gate.parameters {
        let path =
          "\(attentions[layer].module).prefix_tuning.prefix_gates.\(name)."
          + parameter.ending.dropFirst("gate.".count)
        parameters.append(
          NamedParameter(name: path, tensor: parameter.tensor, role: parameter.role))
        tensors.append(AdapterTensor(path, parameter.tensor))
      }
    }
    return gates
  }

  /// What stands before the names of the stacks in the file.
  private static func path(
    _ config: AdapterConfiguration, _ model: any Model
  ) throws(ModelError) -> String {
    let base = try ModelLoader.prefix(of: model.configuration)
    let name = config.fields["name"]?.string ?? "default"
    return "\(base)prefix_tuning.prefix_tunings.\(name)"
  }
}

/// Attentions that a prefix of AdapterHub stands before.
private struct HubPrefixStack {
  /// Which attentions of the place's stack: those to its own tokens, or to a source.
  enum Kind {
    case own, cross
  }

  /// What the file calls them.
  let name: String
  let kind: Kind
  let place: VirtualPlace
  /// The layers that have the prefix.
  let kept: [Int]
  /// Whether torch's own attention hides the last keys from a decoder's tokens.
  var hidesLastKeys = false

  /// Puts keys and values before those of the layers.
  func add(_ vectors: any VirtualVectors, gates: [TextGate?]) {
    let prefix = VirtualPrefix(
      vectors: vectors, slots: (0..<place.layers).map { kept.firstIndex(of: $0) },
      takesPlaces: false, movesDistances: place.stack != .whole, hidesLastKeys: hidesLastKeys,
      gates: gates)
    switch kind {
    case .own: place.prefix = prefix
    case .cross: place.sourcePrefix = prefix
    }
  }

  /// Those of a model.
  /// - Throws: `ModelError.unsupported` for what is not computed here.
  static func all(
    _ fields: JSONObject, _ config: AdapterConfiguration, _ model: any Model
  ) throws(ModelError) -> [HubPrefixStack] {
    let leftOut = Set(fields["leave_out"]?.array?.compactMap(\.int) ?? [])
    let places = model.virtualPlaces
    guard let place = places.first else {
      throw unsupported(config, "prefix_tuning: this model has no place for a prefix")
    }
    guard place.stack == .whole else { return try translating(fields, leftOut, config, model) }
    let hidesLastKeys = try hidesLastKeys(config, model)
    // The layers of a decoder share one cache, whose tokens all of them see.
    guard leftOut.isEmpty || place.canPromptBehindEmbeddings else {
      throw unsupported(
        config, "leave_out: a decoder's layers without a prefix are not computed here")
    }
    let kept = (0..<place.layers).filter { !leftOut.contains($0) }
    let name = try model.configuration.modelType == "distilbert" ? "self" : "self_prefix"
    return [
      HubPrefixStack(
        name: name, kind: .own, place: place, kept: kept, hidesLastKeys: hidesLastKeys)
    ]
  }

  /// Those of an encoder and a decoder, whose layers AdapterHub counts on from the encoder's.
  private static func translating(
    _ fields: JSONObject, _ leftOut: Set<Int>, _ config: AdapterConfiguration, _ model: any Model
  ) throws(ModelError) -> [HubPrefixStack] {
    let places = model.virtualPlaces
    guard try model.configuration.modelType == "t5", places.count == 2 else {
      throw unsupported(
        config,
        "prefix_tuning of a model of type \(try model.configuration.modelType) is not computed here"
      )
    }
    let (encoder, decoder) = (places[0], places[1])
    guard leftOut.allSatisfy({ $0 < encoder.layers }) else {
      throw unsupported(
        config, "leave_out: a decoder's layers without a prefix are not computed here")
    }
    var stacks: [HubPrefixStack] = []
    if fields["encoder_prefix"]?.bool ?? true {
      let kept = (0..<encoder.layers).filter { !leftOut.contains($0) }
      stacks.append(
        HubPrefixStack(name: "encoder_prefix", kind: .own, place: encoder, kept: kept))
    }
    let all = Array(0..<decoder.layers)
    stacks.append(HubPrefixStack(name: "self_prefix", kind: .own, place: decoder, kept: all))
    if fields["cross_prefix"]?.bool ?? true {
      stacks.append(HubPrefixStack(name: "cross_prefix", kind: .cross, place: decoder, kept: all))
    }
    return stacks
  }

  /// Whether AdapterHub 1.3.0 hides a decoder's last keys behind a prefix.
  ///
  /// Torch's own attention, which transformers takes unless a model's `config.json` asks for plain attention
  /// (`"_attn_implementation": "eager"`), counts from the first key in GPT-2, Llama and Mistral. That is of texts
  /// that are not padded: beside padding the prefix is masked, and in DistilBERT one is added to its scores.
  /// - Throws: `ModelError.unsupported` for what is not computed here.
  private static func hidesLastKeys(
    _ config: AdapterConfiguration, _ model: any Model
  ) throws(ModelError) -> Bool {
    let type = try model.configuration.modelType
    guard ["bert", "roberta", "distilbert", "gptj", "gpt2", "llama", "mistral"].contains(type)
    else {
      throw unsupported(
        config, "prefix_tuning of a model of type \(type) is not computed here")
    }
    // A window is counted from the tokens here, and leaves a prefix in sight there.
    guard type != "mistral" || model.configuration.fields["sliding_window"] == .null else {
      throw unsupported(
        config, "prefix_tuning of a model with a sliding_window is not computed here")
    }
    let isPlain = model.configuration.fields["_attn_implementation"]?.string == "eager"
    return ["gpt2", "llama", "mistral"].contains(type) && !isPlain
  }

  static func unsupported(
    _ config: AdapterConfiguration, _ problem: String
  ) -> ModelError {
    ModelError(
      .unsupported, file: config.file, problem: problem,
      remedy: "Train a prefix with method prefix, or another adapter.")
  }
}
