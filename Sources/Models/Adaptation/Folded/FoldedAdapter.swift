public import Records
import Tensors

/// A method of PEFT whose change of weights follows from what is filed: it is computed and merged here, and not
/// trained (VeRA, LoHa, LoKr, OFT, BOFT, HRA, VB-LoRA, FourierFT).
///
/// Each map gets its changed weight once, at its first use, so that it costs what the plain map costs, and the
/// memory of a second weight.
public struct FoldedAdapter: ModelAdapter {
  /// Nothing: none of it is trained here.
  public let parameters: [NamedParameter] = []
  /// What the file holds.
  public private(set) var tensors: [AdapterTensor] = []
  /// The fields of `adapter_config.json`, as they were read.
  public let configuration: JSONObject

  /// The methods, by what PEFT calls them.
  static let names = ["VERA", "LOHA", "LOKR", "OFT", "BOFT", "HRA", "VBLORA", "FOURIERFT"]

  /// Puts the changes that an `adapter_config.json` describes into a model; `load` brings the values.
  init(_ config: AdapterConfiguration, to model: any Model) throws(ModelError) {
    let standard = ModuleRole.defaults(for: try model.configuration.modelType)
    let saved = model.parameters(inModules: config.texts("modules_to_save"))
    let selection = TargetSelection(
      targets: try config.targets("target_modules") ?? standard,
      excluded: ModuleTargets(config.fields["exclude_modules"]),
      layers: try config.integers("layers_to_transform"),
      layerPatterns: config.texts("layers_pattern"))
    let maps = try selection.modules(of: model, besides: saved).maps.map(\.map)
    let method = try Self.method(config, maps)
    configuration = config.fields
    for map in maps {
      guard map.adaptation == nil, method.takesTurned || map.layout == .outputByInput else {
        throw ModelError(
          .unsupported, file: "targets",
          problem: map.adaptation == nil
            ? "\(map.name) lies inputs by outputs, of which PEFT has no \(try config.method)"
            : "\(map.name) is adapted already")
      }
      let change = try method.change(of: map)
      map.adaptation = FoldedMap(change.weight)
      tensors += change.parts.map { part in
        let name = "\(map.name).\(part.ending)"
        return part.integers.map { AdapterTensor(integers: name, $0) }
          ?? AdapterTensor(name, part.tensor)
      }
    }
    tensors += method.shared.map { AdapterTensor($0.name, $0.tensor) }
    var options = LowRankOptions()
    options.bias = try Self.biases(config)
    options.savedModules = config.texts("modules_to_save")
    tensors += options.biases(of: model, beside: maps)
      .map { AdapterTensor($0.name, $0.parameter.tensor) }
  }

  private static func method(
    _ config: AdapterConfiguration, _ maps: [Linear]
  ) throws(ModelError) -> any FoldedMethod {
    switch try config.method {
    case "VERA": try VectorScaledProjections(config, maps)
    case "LOHA": try HadamardProducts(config)
    case "LOKR": try KroneckerProducts(config)
    case "OFT": try BlockRotations(config)
    case "BOFT": try ButterflyRotations(config)
    case "HRA": try Reflections(config)
    case "VBLORA": try VectorBank(config)
    default: try Spectra(config)
    }
  }

  /// Which biases are filed besides: `oft_only` and its like are those of the maps.
  private static func biases(_ config: AdapterConfiguration) throws(ModelError) -> BiasTraining {
    switch config.fields["bias"]?.string ?? "none" {
    case "none": return .none
    case "all": return .all
    case let other where other.hasSuffix("_only"): return .updated
    case let other: throw config.fault("has the unknown bias '\(other)'")
    }
  }
}

/// How a method makes a map's changed weight of what is filed.
protocol FoldedMethod: Sendable {
  /// Whether PEFT has it for maps that lie inputs by outputs, as GPT-2's do.
  var takesTurned: Bool { get }
  /// What all maps share, under its name in the file.
  var shared: [(name: String, tensor: Tensor)] { get }
  /// What it does to a map, whose parts have no values yet.
  func change(of map: Linear) throws(ModelError) -> FoldedChange
}

extension FoldedMethod {
  var takesTurned: Bool { false }
  var shared: [(name: String, tensor: Tensor)] { [] }
}

/// What a method does to a map.
struct FoldedChange {
  /// What is filed of it.
  let parts: [FoldedPart]
  /// The changed weight of the plain one, both `[outputs, inputs]`, when the parts have their values.
  let weight: @Sendable (_ plain: Tensor) -> Tensor
}

/// A tensor that is filed of a map: numbers, or integers.
struct FoldedPart: Sendable {
  /// The end of its name.
  let ending: String
  let tensor: Tensor
  var integers: FoldedIntegers?

  init(_ ending: String, _ shape: [Int]) {
    self.ending = ending
    tensor = Tensor(shape: shape)
  }

  /// Integers below a bound.
  init(integers ending: String, _ shape: [Int], below bound: Int) {
    self.init(ending, shape)
    integers = FoldedIntegers(shape: shape, bound: bound)
  }
}
