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
  /// Every linear map, in the order of the architecture.
  var linears: [Linear] { get }
  /// The embeddings of tokens, places and segments that methods can adapt.
  var embeddings: [Embedding] { get }
  /// The ends of sub-layers, where bottleneck adapters stand.
  var junctions: [Junction] { get }
  /// Where virtual tokens stand: in the only stack of layers, or in the encoder and the decoder.
  var virtualPlaces: [VirtualPlace] { get }
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
  /// What lies above a cut reads: one vector of each sequence, `[sequences, width]`, or below a layer one of
  /// each token, `[tokens, width]`.
  func features(_ tape: Tape, _ batch: TokenBatch, below cut: ClassifierCut) -> Tensor
  /// The scores of such vectors of a batch before the softmax: `[sequences, labels]`.
  func logits(
    _ tape: Tape, features: Tensor, above cut: ClassifierCut, _ batch: TokenBatch
  ) -> Tensor
}

extension SequenceClassifier {
  /// The scores before the softmax: `[sequences, labels]`.
  public func logits(_ tape: Tape, _ batch: TokenBatch) -> Tensor {
    logits(
      tape, features: features(tape, batch, below: .pooling), above: .pooling, batch)
  }
}

/// A model that turns each token into one score a class.
public protocol TokenClassifier: Model {
  /// The class names in the order of the scores.
  var labels: [String] { get }
  /// The scores before the softmax: `[tokens, labels]`.
  func tokenLogits(_ tape: Tape, _ batch: TokenBatch) -> Tensor
}

/// A model that gives each sequence one number: how good it is.
public protocol RewardModel: Model {
  /// The scores: `[sequences, 1]`.
  func rewards(_ tape: Tape, _ batch: TokenBatch) -> Tensor
}

/// A model that turns each token into a vector of its meaning in context.
public protocol TextEncoder: Model {
  /// The vectors of the last layer: `[tokens, hidden]`.
  func hiddenStates(_ tape: Tape, _ batch: TokenBatch) -> Tensor
}

/// The last layer of a model that predicts tokens: logits = hidden · outputWeightᵀ + outputBias.
///
/// It is kept apart from the hidden states because a vocabulary is large: losses and generation
/// apply it to the rows they need.
public protocol VocabularyHead: Model {
  /// The vector of each vocabulary entry: `[vocabulary, hidden]`.
  var outputWeight: Tensor { get }
  /// What each entry's score begins at: `[vocabulary]`; nil for zeros.
  var outputBias: Tensor? { get }
}

extension VocabularyHead {
  /// Most heads have no bias.
  public var outputBias: Tensor? { nil }

  /// The scores of the vocabulary before the softmax: `[rows, vocabulary]`.
  public func scores(_ tape: Tape, hidden: Tensor) -> Tensor {
    if let map = adaptedOutput { return map(tape, hidden) }
    return tape.linear(hidden, weight: outputWeight(tape), bias: outputBias)
  }

  /// The cross-entropy of the vocabulary at some rows of what the output weight is applied to.
  ///
  /// Scores are made for these rows alone, and kept only where a method has changed the output itself: it
  /// may drop values, scale rows or add a bias, which no weight says.
  /// - Parameters:
  ///   - rows: The rows that count; all if nil.
  ///   - targets: The token of each of them.
  ///   - divisor: Replaces the number of targets in the mean.
  package func vocabularyLoss(
    _ tape: Tape, _ hidden: Tensor, rows: [Int32]? = nil, targets: [Int32], smoothing: Float = 0,
    divisor: Float? = nil
  ) -> Loss {
    let chosen = rows.map { tape.gather(hidden, rows: $0) } ?? hidden
    guard let map = adaptedOutput else {
      return tape.vocabularyCrossEntropy(
        chosen, weight: outputWeight(tape), bias: outputBias, targets: targets,
        smoothing: smoothing, divisor: divisor)
    }
    if let rows { tape.keepKeys(of: rows, among: hidden.rows) }
    return tape.crossEntropy(
      map(tape, chosen), targets: targets, smoothing: smoothing, divisor: divisor)
  }

  /// The output, where a method has changed it and not the embedding that it may be.
  private var adaptedOutput: Linear? {
    guard let map = (self as? any TiedHead)?.outputMap, map.adaptation != nil else { return nil }
    return map
  }

  /// The output's vectors under a tape, with the tokens that are trained of a tied embedding.
  private func outputWeight(_ tape: Tape) -> Tensor {
    guard let table = (self as? any TiedHead)?.tiedTable,
      let change = table.adaptation as? TokenTable
    else { return outputWeight }
    return change.weight(tape, table)
  }
}

/// A model that predicts the token after each token from the hidden states.
public protocol CausalLanguageModel: TextEncoder, VocabularyHead {}

extension CausalLanguageModel {
  /// The scores of every token's successor before the softmax: `[tokens, vocabulary]`.
  public func logits(_ tape: Tape, _ batch: TokenBatch) -> Tensor {
    scores(tape, hidden: hiddenStates(tape, batch))
  }
}

/// A causal language model that goes on from the tokens that it has seen.
public protocol CachedCausalLanguageModel: CausalLanguageModel {
  /// An empty cache for a number of sequences of at most `capacity` tokens each.
  func cache(sequences: Int, capacity: Int) -> KeyValueCache
  /// The vectors of new tokens, which follow those in the cache: `[new tokens, hidden]`.
  ///
  /// Sequence i of the batch goes on with sequence i of the cache, and may have no new token.
  /// Afterwards the cache holds the new tokens too. The tape is one of inference.
  func hiddenStates(_ tape: Tape, _ batch: TokenBatch, cache: KeyValueCache) -> Tensor
}

/// A model that predicts the tokens that were masked.
public protocol MaskedLanguageModel: VocabularyHead {
  /// What the output weight is applied to: `[tokens, hidden]`.
  func predictionStates(_ tape: Tape, _ batch: TokenBatch) -> Tensor
}

/// A model that reads one sequence and predicts the tokens of another.
public protocol SequenceToSequenceModel: VocabularyHead {
  /// The token that a target begins with.
  var decoderStart: Int32 { get }
  /// The token that stands for labels that are ignored within a target.
  var padding: Int32 { get }
  /// The number of token ids of sources; `vocabularySize` is that of targets.
  var sourceVocabularySize: Int { get }
  /// The longest target, `decoderStart` included.
  var maximumTargetLength: Int { get }
  /// The vectors of the source's tokens: `[source tokens, hidden]`.
  func encode(_ tape: Tape, _ source: TokenBatch) -> Tensor
  /// What the decoder's layers see of encoded sources.
  func memory(_ tape: Tape, encoded: Tensor, source: SequenceLayout) -> SourceMemory
  /// An empty cache for a number of targets of at most `capacity` tokens each.
  func cache(sequences: Int, capacity: Int) -> KeyValueCache
  /// What the output weight is applied to, for each target token: `[target tokens, hidden]`.
  ///
  /// `target` begins with `decoderStart`, or goes on with the cache's sequences; its sequences belong
  /// to the memory's of the same number. Under a tape that records there is no cache.
  func decode(
    _ tape: Tape, _ target: TokenBatch, memory: SourceMemory, cache: KeyValueCache?
  ) -> Tensor
  /// What the decoder reads to predict labels, by the shift rule that the model was trained with.
  func decoderInputs(for labels: [Int32]) -> [Int32]
}

extension SequenceToSequenceModel {
  /// Most sources and targets share a vocabulary.
  public var sourceVocabularySize: Int { vocabularySize }
  /// Most targets may be as long as sources.
  public var maximumTargetLength: Int { maximumLength }

  /// What the output weight is applied to, for each target token: `[target tokens, hidden]`.
  ///
  /// `target` begins with `decoderStart`; its sequences belong to the source's of the same number.
  public func decode(
    _ tape: Tape, _ target: TokenBatch, encoded: Tensor, source: SequenceLayout
  ) -> Tensor {
    decode(
      tape, target, memory: memory(tape, encoded: encoded, source: source), cache: nil)
  }

  /// The start token and all labels but the last; padding for ignored ones.
  public func decoderInputs(for labels: [Int32]) -> [Int32] {
    [decoderStart] + labels.dropLast().map { $0 == Tape.ignoredTarget ? padding : $0 }
  }
}
