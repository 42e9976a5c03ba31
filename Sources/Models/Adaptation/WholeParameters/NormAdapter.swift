public import Records
import Tensors

/// A model's normalisations, trained alone (LN-tuning: Qi and others 2022).
///
/// The model's own parameters are changed; PEFT files them as copies beside the originals.
public struct NormAdapter: ModelAdapter {
  /// What training updates.
  public let parameters: [NamedParameter]
  /// What the file holds.
  public let tensors: [AdapterTensor]
  /// The fields of `adapter_config.json`.
  public let configuration: JSONObject

  /// Chooses normalisations of a model.
  /// - Parameters:
  ///   - targets: The normalisations by PEFT's rules; all if nil.
  ///   - savedModules: Modules that are trained and saved whole, such as a new head.
  /// - Throws: `ModelError.invalid` where none is chosen.
  public init(
    targets: ModuleTargets? = nil, excluded: ModuleTargets? = nil, savedModules: [String] = [],
    of model: any Model
  ) throws(ModelError) {
    let saved = model.parameters(inModules: savedModules)
    let savedNames = Set(saved.map(\.name))
    var modules: [String] = []
    var chosen: [NamedParameter] = []
    for parameter in model.parameters
    where parameter.role == .normalisation && !savedNames.contains(parameter.name) {
      let module = parameter.name.module
      guard try targets?.fit(module) ?? true, try excluded?.fit(module) != true else { continue }
      chosen.append(parameter)
      if modules.last != module { modules.append(module) }
    }
    guard !chosen.isEmpty else {
      throw ModelError(
        .invalid, file: "targets", problem: "the targets fit no normalisation of this model")
    }
    parameters = chosen + saved
    tensors =
      chosen.map { parameter in
        let ending = parameter.name.dropFirst(parameter.name.module.count)
        return AdapterTensor(
          "\(parameter.name.module).ln_tuning_layers\(ending)", parameter.tensor)
      } + saved.map { AdapterTensor($0.name, $0.tensor) }
    configuration = [
      "exclude_modules": excluded?.json ?? .null, "modules_to_save": savedModules.json,
      "peft_type": "LN_TUNING", "target_modules": .array(modules.map { .string($0) }),
      "task_type": model.taskType.map { .string($0) } ?? .null,
    ]
  }

  /// The normalisations that an `adapter_config.json` of PEFT names.
  init(_ config: AdapterConfiguration, of model: any Model) throws(ModelError) {
    try self.init(
      targets: config.targets("target_modules"),
      excluded: ModuleTargets(config.fields["exclude_modules"]),
      savedModules: config.texts("modules_to_save"), of: model)
  }
}

extension String {
  /// The name of a parameter without its last part.
  var module: String { lastIndex(of: ".").map { String(self[..<$0]) } ?? self }
}
