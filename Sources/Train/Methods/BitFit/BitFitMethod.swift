import Models
import Stages

/// Updates biases alone (BitFit: Ben Zaken, Goldberg, Ravfogel 2022), beside a classifier's head.
struct BitFitMethod: TrainingMethod {
  private let targets: [String]?

  private static let targets = Parameter<[String]?>(
    "targets", default: nil,
    "The maps whose biases are updated: roles or ends of names; all biases, those of normalisations "
      + "too, by default.")

  static let descriptor = MethodDescriptor(
    component: ComponentDescriptor(
      "bitfit", "Only biases and the head are updated.", parameters: [targets]), updatesModel: true,
    make: { BitFitMethod(targets: $0[targets]) })

  func prepare(_ model: any Model, _ start: MethodStart) throws(ModelError) -> PreparedMethod {
    PreparedMethod(
      try BiasAdapter(
        targets: targets.map { ModuleTargets($0) },
        savedModules: TaskHead.modules(of: model, start), of: model))
  }
}
