import Models
import Stages

/// Full fine-tuning: every parameter is updated.
struct FullMethod: TrainingMethod {
  static let descriptor = MethodDescriptor(
    component: ComponentDescriptor("full", "Every weight is updated."),
    make: { _ in FullMethod() })

  func trainable(of model: any Model) -> [NamedParameter] {
    model.parameters.filter(\.isTrainable)
  }
}
