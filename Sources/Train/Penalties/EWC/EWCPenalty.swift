import Models
import Records
import Stages
import Tensors

/// Weights are held near their start by how much an old task hangs on each (elastic weight
/// consolidation: Kirkpatrick and others 2017).
///
/// F is the diagonal of the Fisher information over records of that task. With the F of an earlier
/// run it is γ F_old + F_new, so that one file stands for all tasks so far (online EWC: Schwarz and
/// others 2018).
struct EWCPenalty: TrainingPenalty {
  let strength: Double
  let data: [PathValue]
  let samples: Int
  private let labels: FisherLabels
  private let earlier: PathValue?
  private let gamma: Double
  private let scale: FisherScale

  /// The file of a run that holds F, before it is scaled, by the names of the model's weights.
  static let file = "fisher.safetensors"

  private static let strength = Parameter(
    "strength", default: 1000.0, aliases: ["lambda", "ewc-lambda"],
    "How much it counts beside the loss; 0 for none.", check: Check.atLeast(0))
  private static let data = Parameter<[PathValue]>(
    "data", default: [], aliases: ["path"],
    "Files with records of the old task, read as ingest does.")
  private static let samples = Parameter(
    "samples", default: 200, aliases: ["fisher-samples"],
    "The most records of the old task that are looked at, at equal distances.",
    check: Check.atLeast(1))
  private static let labels = Parameter(
    "labels", default: FisherLabels.given,
    "Whether gradients are of the records' own targets (empirical Fisher), or of labels drawn from "
      + "what the model says (of classification).")
  private static let fisher = Parameter<PathValue?>(
    "fisher", default: nil, "The fisher.safetensors of an earlier run.")
  private static let gamma = Parameter(
    "gamma", default: 1.0, "How much the earlier F counts beside that of data.",
    check: Check.within(0...1))
  private static let scale = Parameter(
    "normalise", default: FisherScale.none, aliases: ["normalize"],
    "Divide F by its mean or its largest value over all weights, so that strength means the same for "
      + "any task.")

  static let descriptor = PenaltyDescriptor(
    component: ComponentDescriptor(
      "ewc",
      "Weights that an old task hangs on are held near those that training began with.",
      parameters: [data, strength, samples, labels, fisher, gamma, scale], check: faults),
    make: {
      EWCPenalty(
        strength: $0[strength], data: $0[data], samples: $0[samples], labels: $0[labels],
        earlier: $0[fisher], gamma: $0[gamma], scale: $0[scale])
    })

  private static func faults(_ values: ParameterValues) -> [Diagnostic] {
    if values[data].isEmpty, values[fisher] == nil {
      return [
        Diagnostic(
          "has neither data of the old task nor the fisher of an earlier run",
          remedy: "write data: old.jsonl, or fisher: runs/old/fisher.safetensors")
      ]
    }
    guard values[gamma] != 1, values[data].isEmpty || values[fisher] == nil else { return [] }
    return [
      Diagnostic(
        "has a gamma, which weighs the fisher of an earlier run beside that of data",
        remedy: "name both data and fisher, or leave gamma out")
    ]
  }

  var files: [String] { earlier.map { [$0.resolved] } ?? [] }

  func fault(with options: TrainingOptions) -> String? {
    let objective = options.values[TrainingOptions.Keys.objective].name
    guard labels == .sampled, objective != ClassificationObjective.descriptor.component.name else {
      return nil
    }
    return "labels are drawn for classification, not for \(objective); write labels: given"
  }

  func importance(_ start: PenaltyStart) throws -> [String: Tensor]? {
    scale.applied(to: try kept(start) ?? computed(start))
  }

  /// What an earlier process of this very run has computed; nil where there is nothing.
  private func kept(_ start: PenaltyStart) throws -> [String: Tensor]? {
    let path = "\(start.folder)/\(Self.file)"
    guard Folders.exists(path), let file = try? SafetensorsFile(path),
      file.metadata[Self.fingerprintKey] == start.fingerprint
    else { return nil }
    return try FisherInformation(file, of: start.weights).diagonal
  }

  private func computed(_ start: PenaltyStart) throws -> [String: Tensor] {
    var fisher = try earlier.map {
      try FisherInformation(SafetensorsFile($0.resolved), of: start.weights)
    }
    if !data.isEmpty {
      let own = try FisherInformation(start, labels)
      fisher = fisher.map { own.adding($0, factor: Float(gamma)) } ?? own
    }
    guard let fisher else { preconditionFailure("neither data nor fisher, which is checked") }
    try SafetensorsWriter.write(
      fisher.diagonal.map { (name: $0.key, tensor: $0.value) },
      to: "\(start.folder)/\(Self.file)", metadata: [Self.fingerprintKey: start.fingerprint])
    return fisher.diagonal
  }

  /// Where the file says of which training it is.
  private static let fingerprintKey = "anneal_fingerprint"
}

/// What F is divided by.
enum FisherScale: String, ChoiceValue {
  /// Nothing: as in the paper.
  case none
  /// Its mean, so that a strength counts on average as that of l2-sp.
  case mean
  /// Its largest value.
  case max

  /// F as the penalty takes it; as it is where it is 0 throughout.
  func applied(to diagonal: [String: Tensor]) -> [String: Tensor] {
    // In the order of names, so that the sum is the same each time.
    let tensors = diagonal.sorted { $0.key < $1.key }.map(\.value)
    let divisor: Double =
      switch self {
      case .none: 1
      case .mean: tensors.reduce(0) { $0 + $1.sum } / Double(tensors.reduce(0) { $0 + $1.count })
      case .max: Double(tensors.compactMap { $0.values.max() }.max() ?? 0)
      }
    guard divisor > 0, divisor != 1 else { return diagonal }
    return diagonal.mapValues { $0.scaled(by: Float(1 / divisor)) }
  }
}
