public import Records
import Tensors

/// Several adapters of AdapterHub as one, such as a prefix beside parallel bottlenecks (MAM: He and
/// others 2022).
public struct HubUnion: ModelAdapter {
  /// What training updates.
  public let parameters: [NamedParameter]
  /// What the files hold.
  public let tensors: [AdapterTensor]
  /// The fields of AdapterHub's `adapter_config.json`.
  public let configuration: JSONObject
  /// How it is filed.
  public let layout = AdapterLayout.adapterHub

  /// Adds the adapters that an `adapter_config.json` of AdapterHub lists under `configs`.
  /// - Throws: `ModelError.unsupported` where two of them change the same part.
  init(_ config: AdapterConfiguration, to model: any Model) throws(ModelError) {
    guard let members = config.fields["config"]?.object?["configs"]?.array, !members.isEmpty else {
      throw config.fault("is a union without configs")
    }
    var adapters: [any ModelAdapter] = []
    for member in members {
      var fields = config.fields
      fields["config"] = member
      adapters.append(
        try HubAdapter.make(AdapterConfiguration(config, fields: fields), model))
    }
    parameters = adapters.flatMap(\.parameters)
    tensors = adapters.flatMap(\.tensors)
    var own = config.fields
    own["model_name"] = nil
    configuration = own
  }
}
