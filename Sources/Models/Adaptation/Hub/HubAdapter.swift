import Records
import Tensors

/// An adapter as a `config` of AdapterHub describes it.
enum HubAdapter {
  /// Adds what an `adapter_config.json` of AdapterHub describes.
  static func make(
    _ config: AdapterConfiguration, _ model: any Model
  ) throws(ModelError) -> any ModelAdapter {
    let fields = config.fields["config"]?.object ?? [:]
    switch fields["architecture"]?.string {
    case "lora": return try HubUpdate(config, to: model)
    case "prompt_tuning": return try HubPrompt(config, to: model)
    case "prefix_tuning": return try HubPrefix(config, to: model)
    case "union": return try HubUnion(config, to: model)
    default:
      return try BottleneckAdapter(
        BottleneckOptions(hub: config), named: config.fields["name"]?.string ?? "default",
        to: model, seed: 0)
    }
  }
}
