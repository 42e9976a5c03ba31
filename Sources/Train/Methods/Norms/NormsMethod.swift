import Models
import Stages

/// Updates normalisations alone (LN-tuning: Qi and others 2022), beside a classifier's head.
struct NormsMethod: TrainingMethod {
  private let targets: [String]?

  private static let targets = Parameter<[String]?>(
    "targets", default: nil, aliases: ["target_modules"],
    "The normalisations that are updated, by the ends of their names; all by default.")

  static let descriptor = MethodDescriptor(
    component: ComponentDescriptor(
      "norms", "Only normalisations and the head are updated (LN-tuning).",
      parameters: [targets]), updatesModel: true,
    make: { NormsMethod(targets: $0[targets]) })

  func prepare(_ model: any Model, _ start: MethodStart) throws(ModelError) -> PreparedMethod {
    PreparedMethod(
      try NormAdapter(
        targets: targets.map { ModuleTargets($0) },
        savedModules: TaskHead.modules(of: model, start), of: model))
  }
}
