/// What a model is like that stands for a larger one while its steps are measured.
package struct TrialShape: Sendable, Equatable {
  /// Layers of each stack of the model, where it is cut short; nil for all, with the checkpoint's own values.
  package var layers: Int?
  /// Tokens that the vocabulary has at least, where the one at hand was learned from a sample.
  package var vocabulary: Int?

  package init(layers: Int? = nil, vocabulary: Int? = nil) {
    self.layers = layers
    self.vocabulary = vocabulary
  }
}
