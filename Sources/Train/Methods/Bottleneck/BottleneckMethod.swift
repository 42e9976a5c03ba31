import Models
import Stages

/// Small networks behind or beside the sub-layers of a frozen model.
struct BottleneckMethod: TrainingMethod {
  private let options: BottleneckOptions
  private let keepsFeatures: Bool

  private static let kind = Parameter(
    "kind", default: BottleneckKind.pfeiffer, aliases: ["config"],
    "Where they stand: pfeiffer (seq_bn) behind feed-forward networks, houlsby (double_seq_bn) behind "
      + "attention too, parallel (par_bn) beside feed-forward networks, compacter as houlsby with "
      + "weights of Kronecker products.")
  private static let reduction = Parameter<Double?>(
    "reduction", default: nil, aliases: ["reduction_factor", "reduction-factor"],
    "The model's width as a multiple of theirs; 16, or 2 for parallel ones and 32 for compacter, by default.",
    check: { $0.map { $0 >= 1 } ?? true ? nil : "must be at least 1" })
  private static let leftOut = Parameter<[Int]?>(
    "leave-out", default: nil, aliases: ["leave_out"], "Layers without them, from 0.")

  static let descriptor = MethodDescriptor(
    component: ComponentDescriptor(
      "bottleneck", "Small networks in every layer are trained; the model itself is frozen.",
      parameters: [kind, reduction, leftOut, FrozenTrunk.cache]),
    make: { values in
      var options = values[kind].options
      options.reduction = values[reduction] ?? options.reduction
      options.leftOut = values[leftOut] ?? []
      return BottleneckMethod(options: options, keepsFeatures: values[FrozenTrunk.cache])
    })

  func prepare(_ model: any Model, _ start: MethodStart) throws -> PreparedMethod {
    var options = options
    options.savedModules = TaskHead.modules(of: model, start)
    return try PreparedMethod(BottleneckAdapter(options, to: model, seed: start.seed))
      .caching(keepsFeatures, in: model, method: Self.descriptor.component.name)
  }
}

extension BottleneckMethod: LayerChoosingMethod {
  var namesLayers: Bool { !options.leftOut.isEmpty }

  func chosen(of layers: Int) -> [Bool] {
    (0..<layers).map { !options.leftOut.contains($0) }
  }

  func choosing(_ layers: [Bool]) -> BottleneckMethod {
    var options = options
    options.leftOut = layers.indices.filter { !layers[$0] }
    return BottleneckMethod(options: options, keepsFeatures: keepsFeatures)
  }
}

/// The word for where bottleneck adapters stand; AdapterHub's are accepted.
private enum BottleneckKind: String, ChoiceValue {
  case pfeiffer, houlsby, parallel, compacter

  var options: BottleneckOptions {
    switch self {
    case .pfeiffer: .pfeiffer
    case .houlsby: .houlsby
    case .parallel: .parallel
    case .compacter: .compacter
    }
  }

  static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> BottleneckKind {
    let word = try String.decode(node)
    let hub = ["seq_bn": pfeiffer, "double_seq_bn": houlsby, "par_bn": parallel]
    if let kind = BottleneckKind(rawValue: word) ?? hub[word] { return kind }
    throw Diagnostic(
      "'\(word)' is none of the choices", place: node.place,
      remedy: Suggestion.remedy(for: word, among: allCases.map(\.rawValue)))
  }
}
