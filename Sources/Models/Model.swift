public import Tensors

/// A network with named parameters, whatever its architecture.
///
/// Models share their parameters with whoever trains them; forward passes may run at once, training
/// steps may not.
public protocol Model: AnyObject, Sendable {
  /// The configuration as it is saved.
  var configuration: ModelConfiguration { get }
  /// Every parameter, in the order of the architecture; tied ones once.
  var parameters: [NamedParameter] { get }
  /// Beginnings of the names of the task's own head.
  var headNames: [String] { get }
  /// Beginnings of the names of the layer that pools tokens into one vector, where there is one.
  var poolingNames: [String] { get }
  /// The number of token ids.
  var vocabularySize: Int { get }
  /// The longest sequence it takes.
  var maximumLength: Int { get }
}

/// A model that turns each sequence into one score a class.
public protocol SequenceClassifier: Model {
  /// The class names in the order of the scores.
  var labels: [String] { get }
  /// The scores before the softmax: `[sequences, labels]`.
  func logits(_ tape: Tape, _ batch: TokenBatch) -> Tensor
}

/// A model that turns each token into a vector of its meaning in context.
public protocol TextEncoder: Model {
  /// The vectors of the last layer: `[tokens, hidden]`.
  func hiddenStates(_ tape: Tape, _ batch: TokenBatch) -> Tensor
}

/// A model that predicts the token after each token.
///
/// logits = hidden · outputWeightᵀ; they are kept apart because a vocabulary is large.
public protocol CausalLanguageModel: TextEncoder {
  /// The vector of each vocabulary entry: `[vocabulary, hidden]`.
  var outputWeight: Tensor { get }
}

extension CausalLanguageModel {
  /// The scores of every token's successor before the softmax: `[tokens, vocabulary]`.
  public func logits(_ tape: Tape, _ batch: TokenBatch) -> Tensor {
    tape.linear(hiddenStates(tape, batch), weight: outputWeight)
  }
}
