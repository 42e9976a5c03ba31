public import Records
import Tensors

/// Virtual tokens as AdapterHub reads them: behind the embeddings' norm, without places.
///
/// Tokens keep the places they have without a prompt. Encoders alone are read so here.
public struct HubPrompt: ModelAdapter {
  /// What training updates.
  public let parameters: [NamedParameter]
  /// What the files hold.
  public let tensors: [AdapterTensor]
  /// The fields of AdapterHub's `adapter_config.json`.
  public let configuration: JSONObject
  /// How it is filed.
  public let layout = AdapterLayout.adapterHub

  /// Adds the virtual tokens that an `adapter_config.json` of AdapterHub describes.
  init(_ config: AdapterConfiguration, to model: any Model) throws(ModelError) {
    let fields = config.fields["config"]?.object ?? [:]
    let count = fields["prompt_length"]?.int ?? 10
    let combination = fields["combine"]?.string ?? "prefix"
    guard let place = model.virtualPlaces.first, place.canPromptBehindEmbeddings,
      combination == "prefix"
    else {
      throw ModelError(
        .unsupported, file: config.file,
        problem: "asks for a prompt '\(combination)' that is not computed here in this model")
    }
    guard count > 0 else { throw config.fault("has a prompt of \(count) tokens") }
    try model.requireRoom(for: count, at: place, takesPlaces: false)
    let prefix = try ModelLoader.prefix(of: model.configuration)
    let name = config.fields["name"]?.string ?? "default"
    let path = "\(prefix)prompt_tuning.prompt_tunings.\(name).prompt_embedding.weight"
    let table = VectorTable(Tensor(shape: [count, place.width]), name: path)
    place.prompt = table
    place.promptsBehindEmbeddings = true
    parameters = table.parameters
    tensors = [AdapterTensor(path, table.values)]
    configuration = config.fields
  }
}
