import Models
import Tensors

extension TrainingSession {
  /// Values of frozen maps up to which products keep them in their own order: twice 128 MB.
  private static let mostPacked = 1 << 25

  /// Lets products keep what they make of weights that no step changes, where all of it takes little memory.
  ///
  /// Of short texts, making it anew is a twentieth of a step. A trunk that runs once has no use for it, and
  /// short models that stand for a tall one do what the tall one does.
  func keepFrozenMapsPacked() {
    guard preparation.method.constantBelow == nil, context.trial.layers == nil else { return }
    let trained = Set(preparation.trainable.map { ObjectIdentifier($0.tensor) })
    let frozen = preparation.model.linears.map(\.weight)
      .filter { !trained.contains(ObjectIdentifier($0)) && !$0.requiresGradient }
    guard frozen.reduce(0, { $0 + $1.count }) <= Self.mostPacked else { return }
    for weight in frozen { weight.keepPacked() }
  }

  /// Gives back what products have kept, which nobody needs behind the last step.
  func dropPackedMaps() {
    for map in preparation.model.linears { map.weight.dropPacked() }
  }
}
