public import Records
import Tensors

/// A model's biases, trained alone (BitFit: Ben Zaken, Goldberg, Ravfogel 2022).
///
/// PEFT has no such method: they are filed as a LoRA of rank 1 whose matrices are zero and that trains
/// all biases, which PEFT loads and computes the same with.
public struct BiasAdapter: ModelAdapter {
  /// What training updates.
  public let parameters: [NamedParameter]
  /// What the file holds.
  public let tensors: [AdapterTensor]
  /// The fields of `adapter_config.json`.
  public let configuration: JSONObject

  /// Chooses the biases of a model.
  /// - Parameters:
  ///   - targets: The maps whose biases are trained; all biases, those of normalisations too, if nil.
  ///   - savedModules: Modules that are trained and saved whole, such as a new head.
  /// - Throws: `ModelError.invalid` for a model without biases.
  public init(
    targets: ModuleTargets? = nil, savedModules: [String] = [], of model: any Model
  ) throws(ModelError) {
    let saved = model.parameters(inModules: savedModules)
    let savedNames = Set(saved.map(\.name))
    let maps = try targets.map { (targets) throws(ModelError) in
      let selection = TargetSelection(targets: targets, reachesOutput: true)
      return Set(try selection.modules(of: model).maps.map(\.map.name))
    }
    let chosen = model.parameters.filter { parameter in
      parameter.isTrainable && parameter.name.hasSuffix(".bias")
        && !savedNames.contains(parameter.name)
        && maps?.contains(parameter.name.module) ?? true
    }
    guard !chosen.isEmpty else {
      throw ModelError(
        .invalid, file: "method", problem: "this model has no biases to train",
        remedy: "Use norms or lora.")
    }
    // The carrier: one map, whose update stays zero.
    guard let carrier = model.linears.first(where: { !model.isHead($0.name) }) else {
      throw ModelError(.invalid, file: "method", problem: "this model has no linear map")
    }
    parameters = chosen + saved
    tensors =
      chosen.map { parameter in
        let isCarrier = parameter.name.module == carrier.name
        return AdapterTensor(
          isCarrier ? "\(carrier.name).base_layer.bias" : parameter.name, parameter.tensor)
      } + saved.map { AdapterTensor($0.name, $0.tensor) }
      + [
        AdapterTensor("\(carrier.name).lora_A.weight", Tensor(shape: [1, carrier.inputs])),
        AdapterTensor("\(carrier.name).lora_B.weight", Tensor(shape: [carrier.outputs, 1])),
      ]
    var options = LowRankOptions(rank: 1, alpha: 1, targets: .names([carrier.name]))
    options.bias = .all
    options.savedModules = savedModules
    configuration = options.configuration(
      targets: .names([carrier.name]), task: model.taskType,
      isTurned: carrier.layout == .inputByOutput)
  }
}
