import Glibc
import Models
import Stages

/// Full fine-tuning: every parameter is updated.
///
/// With a layer decay (Howard and Ruder 2018) lower layers, which are the more general ones, learn
/// more slowly: the rate of the l-th of L layers is decay^(L + 1 - l) of the head's.
struct FullMethod: TrainingMethod {
  private let decay: Double

  private static let decay = Parameter(
    "layer-decay", default: 1.0, aliases: ["layerwise_lr_decay", "llrd"],
    "The learning rate of a layer as a multiple of the one above it.",
    check: { $0 > 0 && $0 <= 1 ? nil : "must be above 0 and at most 1" })

  static let descriptor = MethodDescriptor(
    component: ComponentDescriptor("full", "Every weight is updated.", parameters: [decay]),
    make: { FullMethod(decay: $0[decay]) })

  func prepare(_ model: any Model, _ start: MethodStart) -> PreparedMethod {
    let trainable = model.parameters.filter(\.isTrainable)
    guard decay < 1 else { return PreparedMethod(trainable: trainable) }
    let depth = LayerDepth(model)
    let rates = trainable.map { parameter in
      (parameter.name, pow(decay, Double(depth.layers + 1 - depth[parameter])))
    }
    return PreparedMethod(
      trainable: trainable, rates: Dictionary(rates, uniquingKeysWith: { first, _ in first }))
  }
}
