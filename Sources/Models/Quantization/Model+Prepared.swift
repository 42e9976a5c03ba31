public import Tensors

extension Model {
  /// Prepares the weights of all linear maps and of the vocabulary's head for inference.
  ///
  /// Products of a few rows, as generation makes them, then read each weight once and in order; with
  /// `int8` a quarter of the bytes. It takes memory for a second form of the weights, unless these are
  /// a file's. Embeddings, norms and biases stay fp32, and so do the values of the parameters:
  /// training and saving do not notice. A weight whose values change loses its prepared form.
  public func prepareForInference(weights form: WeightForm) {
    for (weight, layout) in products { weight.prepare(layout, as: form) }
  }

  private var products: [(weight: Tensor, layout: WeightLayout)] {
    var products = linears.map { (weight: $0.weight, layout: $0.layout) }
    if let head = self as? any VocabularyHead {
      products.append((head.outputWeight, .outputByInput))
    }
    return products
  }
}
