import Models
import Stages

/// Updates the head alone, then a few more layers at a time from the top down, the embeddings last
/// (gradual unfreezing: Howard, Ruder 2018).
///
/// What is frozen takes no gradients, so that the walk backwards ends above it, and the optimizer holds
/// nothing of it: with zero gradients weight decay would move it, and the optimizer's memory and its
/// correction of the first steps would be of steps that were never taken.
struct GradualMethod: TrainingMethod {
  private let interval: UnfreezingInterval
  private let layersAtOnce: Int
  private let decay: Double

  private static let interval = Parameter(
    "unfreeze-every", default: UnfreezingInterval.epochs(1), aliases: ["unfreeze_every", "every"],
    "How long it takes until more begins to train: '1 epoch', '0.5 epochs', '100 steps'.")
  private static let layersAtOnce = Parameter(
    "layers", default: 1, aliases: ["layers_per_stage"],
    "How many layers begin to train together.", check: Check.atLeast(1))
  static let descriptor = MethodDescriptor(
    component: ComponentDescriptor(
      "gradual-unfreezing", aliases: ["progressive", "gradual"],
      "The head is updated first, then layer by layer from the top down, the embeddings last.",
      parameters: [interval, layersAtOnce, LayerDecay.factor]), updatesModel: true,
    make: {
      GradualMethod(
        interval: $0[interval], layersAtOnce: $0[layersAtOnce], decay: $0[LayerDecay.factor])
    })

  func prepare(_ model: any Model, _ start: MethodStart) -> PreparedMethod {
    let trainable = model.parameters.filter(\.isTrainable)
    let plan = UnfreezingPlan(
      model, fresh: start.fresh, layersAtOnce: layersAtOnce, interval: interval)
    return PreparedMethod(
      trainable: trainable, rates: LayerDecay.rates(of: trainable, in: model, decay),
      unfreezing: plan)
  }
}
