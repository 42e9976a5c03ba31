/// What a model says of one record.
public enum Prediction: Sendable, Equatable {
  /// A class: the true one, the one with the highest probability, each class's, and the loss.
  case label(reference: Int, predicted: Int, probabilities: [Float], loss: Float)
  /// A text: the summed loss of its counted tokens in nats, their number, and what they write in
  /// bytes of UTF-8, without tokens such as the one that ends a text.
  case text(loss: Double, tokens: Int, bytes: Int)
}
