import Models
import Stages

/// What methods have in common that leave the first layers of a model as they are.
enum FrozenTrunk {
  static let cache = Parameter(
    "cache", default: false,
    "Classes: run the first layers, where nothing is trained in them, once a record, without dropout; false: "
      + "in every step, with it.")
}

extension PreparedMethod {
  /// The same, whose untouched first layers run once a record where that is wanted.
  /// - Throws: `TrainingError` where there are none, or the task reads them otherwise.
  func caching(
    _ isWanted: Bool, in model: any Model, method: String
  ) throws(TrainingError) -> PreparedMethod {
    guard isWanted else { return self }
    guard let classifier = model as? any SequenceClassifier else {
      throw TrainingError(
        "method '\(method)' has cache: true, which is for texts that are classified",
        remedy: "leave cache out")
    }
    guard let cut = classifier.highestCut(below: trainable) else {
      throw TrainingError(
        "method '\(method)' has cache: true, and trains the first layer, or what stands before it or in all",
        remedy: "leave cache out, or train upper layers alone")
    }
    var cached = self
    cached.constantBelow = cut
    return cached
  }
}
