import Models
import Tensors

extension TrainingSession {
  /// Values of frozen maps up to which products keep them in their own order: twice 128 MB.
  private static let mostPacked = 1 << 25

  /// Lets products keep what they make of weights that no step changes, where all of it takes little memory.
  ///
  /// Of short texts, making it anew is a twentieth of a step. A trunk that runs once has no use for it. A short
  /// model that stands for a tall one does what that one does, whose maps are as many times more as its layers.
  func keepFrozenMapsPacked() {
    guard preparation.method.constantBelow == nil else { return }
    let trained = Set(preparation.trainable.map { ObjectIdentifier($0.tensor) })
    let frozen = preparation.model.linears.map(\.weight)
      .filter { !trained.contains(ObjectIdentifier($0)) && !$0.requiresGradient }
    let short = context.trial.layers ?? 1
    let tall = context.trial.tall ?? short
    guard frozen.reduce(0, { $0 + $1.count }) * tall <= Self.mostPacked * short else { return }
    for weight in frozen { weight.keepPacked() }
  }

  /// Gives back what products have kept, which nobody needs behind the last step.
  func dropPackedMaps() {
    for map in preparation.model.linears { map.weight.dropPacked() }
  }
}
