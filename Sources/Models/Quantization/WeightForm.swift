import Tensors

/// The numbers that the weights of linear maps are held in while a model is used, not trained.
public enum WeightForm: String, Sendable, CaseIterable {
  /// As they are: 32-bit floating point.
  case fp32
  /// Integers of 8 bits with a scale for each output; inputs are rounded likewise as they come.
  ///
  /// A quarter of the memory traffic. Sums are exact, so that results do not depend on what is
  /// computed together.
  case int8
}

extension Model {
  /// Holds the weights of all linear maps and of the vocabulary's head in this form.
  ///
  /// Embeddings, norms and biases stay fp32, and so do the values of the parameters: training and
  /// saving do not notice. A parameter whose values change goes back to fp32.
  public func holdWeights(as form: WeightForm) {
    var maps = linears.map { ($0.weight, $0.layout) }
    if let head = self as? any VocabularyHead { maps.append((head.outputWeight, .outputByInput)) }
    for (weight, layout) in maps {
      switch form {
      case .fp32: weight.dropBytes()
      case .int8: weight.holdBytes(layout)
      }
    }
  }
}
