public import Records
import Tensors

/// Keys and values of virtual tokens as AdapterHub reads them: words keep the places that they have
/// without (Li, Liang 2021).
///
/// Filed as the network that makes them, or flat, as they are.
public struct HubPrefix: ModelAdapter {
  /// What training updates.
  public let parameters: [NamedParameter]
  /// What the files hold.
  public let tensors: [AdapterTensor]
  /// The fields of AdapterHub's `adapter_config.json`.
  public let configuration: JSONObject
  /// How it is filed.
  public let layout = AdapterLayout.adapterHub

  /// Adds the prefix that an `adapter_config.json` of AdapterHub describes.
  init(_ config: AdapterConfiguration, to model: any Model) throws(ModelError) {
    let fields = config.fields["config"]?.object ?? [:]
    let leftOut = Set(fields["leave_out"]?.array?.compactMap(\.int) ?? [])
    let place = try Self.place(fields, leftOut, config, model)
    let count = fields["prefix_length"]?.int ?? 30
    guard count > 0 else { throw config.fault("has a prefix_length of \(count)") }
    try model.requireRoom(for: count, at: place, takesPlaces: false)
    let kept = (0..<place.layers).filter { !leftOut.contains($0) }
    let columns = 2 * kept.count * place.keyColumns
    let path = try Self.path(config, model)
    let vectors: any VirtualVectors
    if fields["flat"]?.bool ?? true {
      let table = VectorTable(Tensor(shape: [count, columns]), name: "\(path).control_trans")
      vectors = table
      parameters = table.parameters
      tensors = [AdapterTensor(table.name, table.values, shape: [count * columns])]
    } else {
      let inner = fields["bottleneck_size"]?.int ?? 512
      guard inner > 0 else { throw config.fault("has a bottleneck_size of \(inner)") }
      let network = VectorNetwork(
        count: count, widths: [place.width, inner, columns],
        activation: try Activation(
          named: fields["non_linearity"]?.string ?? "tanh", file: config.file),
        named: "\(path).control_trans", VirtualStart(seed: 0))
      vectors = network
      let table = NamedParameter(
        name: "\(path).wte.weight", tensor: network.table, role: .weight)
      parameters = [table] + network.layerParameters
      tensors = parameters.map { AdapterTensor($0.name, $0.tensor) }
    }
    place.prefix = VirtualPrefix(
      vectors: vectors, slots: (0..<place.layers).map { kept.firstIndex(of: $0) },
      takesPlaces: false)
    var own = config.fields
    own["model_name"] = nil
    configuration = own
  }

  /// The models whose prefixes AdapterHub 1.3.0 reads alike with every attention and padding.
  ///
  /// Of others it masks the prefix (GPT-2, Llama, Mistral) or adds one to its scores (DistilBERT) where
  /// torch's own attention gets a mask.
  private static let readable = ["bert", "roberta", "gptj"]

  /// The place of the prefix.
  /// - Throws: `ModelError.unsupported` for what is not computed here.
  private static func place(
    _ fields: JSONObject, _ leftOut: Set<Int>, _ config: AdapterConfiguration, _ model: any Model
  ) throws(ModelError) -> VirtualPlace {
    func unsupported(_ problem: String) -> ModelError {
      ModelError(
        .unsupported, file: config.file, problem: problem,
        remedy: "Train a prefix with method prefix, or another adapter.")
    }
    guard fields["use_gating"]?.bool != true else {
      throw unsupported(
        "use_gating: gates are not computed here, as AdapterHub's are means over the padding too")
    }
    guard let place = model.virtualPlaces.first, place.stack == .whole else {
      throw unsupported(
        "prefix_tuning of an encoder and a decoder is not computed here, as AdapterHub counts "
          + "distances from the prefix on")
    }
    let type = try model.configuration.modelType
    guard readable.contains(type) else {
      throw unsupported(
        "prefix_tuning of a model of type \(type) is not computed here, as AdapterHub's results "
          + "hang on padding and the kind of attention")
    }
    // The layers of a decoder share one cache, whose tokens all of them see.
    guard leftOut.isEmpty || place.canPromptBehindEmbeddings else {
      throw unsupported("leave_out: a decoder's layers without a prefix are not computed here")
    }
    return place
  }

  /// What stands before the parts' names in the file.
  private static func path(
    _ config: AdapterConfiguration, _ model: any Model
  ) throws(ModelError) -> String {
    let base = try ModelLoader.prefix(of: model.configuration)
    let name = config.fields["name"]?.string ?? "default"
    return "\(base)prefix_tuning.prefix_tunings.\(name).self_prefix"
  }
}
