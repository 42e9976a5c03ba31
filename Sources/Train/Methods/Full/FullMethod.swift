import Models
import Stages

/// Full fine-tuning: every parameter is updated.
struct FullMethod: TrainingMethod {
  private let decay: Double

  static let descriptor = MethodDescriptor(
    component: ComponentDescriptor(
      "full", "Every weight is updated.", parameters: [LayerDecay.factor]), updatesModel: true,
    make: { FullMethod(decay: $0[LayerDecay.factor]) })

  func prepare(_ model: any Model, _ start: MethodStart) -> PreparedMethod {
    let trainable = model.parameters.filter(\.isTrainable)
    return PreparedMethod(
      trainable: trainable, rates: LayerDecay.rates(of: trainable, in: model, decay))
  }
}
