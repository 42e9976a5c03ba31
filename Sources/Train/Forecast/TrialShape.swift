/// What a model is like that stands for a larger one while its steps are measured.
package struct TrialShape: Sendable, Hashable {
  /// Layers of each stack of the model, where it is cut short; nil for all, with the checkpoint's own values.
  package var layers: Int?
  /// Tokens that the vocabulary has at least, where the one at hand was learned from a sample.
  package var vocabulary: Int?
  /// In which of the layers something is trained, where the method names layers of the larger model.
  package var chosen: [Bool]?

  package init(layers: Int? = nil, vocabulary: Int? = nil, chosen: [Bool]? = nil) {
    self.layers = layers
    self.vocabulary = vocabulary
    self.chosen = chosen
  }

  /// Whether layers that the method names may be missing.
  var isShortened: Bool { layers != nil && chosen == nil }

  /// A method as it is for the model that stands for the larger one.
  func method(_ method: any TrainingMethod) -> any TrainingMethod {
    guard let chosen, let method = method as? any LayerChoosingMethod else { return method }
    return method.choosing(chosen)
  }
}
