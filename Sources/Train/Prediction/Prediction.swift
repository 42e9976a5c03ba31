/// What a model says of one record.
public enum Prediction: Sendable, Equatable {
  /// A class: the true one, the one with the highest probability, each class's, and the loss.
  case label(reference: Int, predicted: Int, probabilities: [Float], loss: Float)
  /// A text: the summed loss of its counted tokens in nats, and their number.
  case text(loss: Double, tokens: Int)
}
