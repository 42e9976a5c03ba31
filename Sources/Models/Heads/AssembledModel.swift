import Tensors

/// A model below its head: what turns tokens into vectors.
protocol ModelBody: Sendable {
  /// The number of token ids.
  var vocabularySize: Int { get }
  /// The longest sequence.
  var maximumLength: Int { get }
  /// The vectors of the last layer: `[tokens, hidden]`.
  func callAsFunction(_ tape: Tape, _ batch: TokenBatch) -> Tensor
}

/// What every model tells of itself, whatever its head.
struct ModelFacts: Sendable {
  let configuration: ModelConfiguration
  let parameters: [NamedParameter]
  let linears: [Linear]
  let embeddings: [Embedding]
  let junctions: [Junction]
  let virtualPlaces: [VirtualPlace]
  let headNames, poolingNames: [String]
  let vocabularySize, maximumLength: Int

  /// The facts of a model that is complete: `source` has handed out all parameters.
  init(
    _ configuration: ModelConfiguration, _ source: ParameterSource, vocabularySize: Int,
    maximumLength: Int, head: [String] = [], pooling: [String] = []
  ) {
    self.configuration = configuration
    parameters = source.parameters
    linears = source.linears
    embeddings = source.embeddings
    junctions = source.junctions
    virtualPlaces = source.virtualPlaces
    headNames = head
    poolingNames = pooling
    self.vocabularySize = vocabularySize
    self.maximumLength = maximumLength
  }

  /// The facts of a model over a body.
  init(
    _ configuration: ModelConfiguration, _ source: ParameterSource, _ body: some ModelBody,
    head: [String] = [], pooling: [String] = []
  ) {
    self.init(
      configuration, source, vocabularySize: body.vocabularySize,
      maximumLength: body.maximumLength, head: head, pooling: pooling)
  }
}

/// A model that keeps what it tells of itself as facts.
protocol AssembledModel: Model {
  var facts: ModelFacts { get }
}

extension AssembledModel {
  var configuration: ModelConfiguration { facts.configuration }
  var parameters: [NamedParameter] { facts.parameters }
  var linears: [Linear] { facts.linears }
  var embeddings: [Embedding] { facts.embeddings }
  var junctions: [Junction] { facts.junctions }
  var virtualPlaces: [VirtualPlace] { facts.virtualPlaces }
  var headNames: [String] { facts.headNames }
  var poolingNames: [String] { facts.poolingNames }
  var vocabularySize: Int { facts.vocabularySize }
  /// What virtual tokens leave of the model's places.
  var maximumLength: Int {
    let taken = facts.virtualPlaces.map(\.placesTaken).max() ?? 0
    return taken == 0 || facts.maximumLength == .max
      ? facts.maximumLength : max(facts.maximumLength - taken, 0)
  }
}

/// A model without a head: vectors of tokens in context.
final class BodyModel: TextEncoder, AssembledModel {
  let facts: ModelFacts
  private let body: any ModelBody

  init(_ configuration: ModelConfiguration, _ body: some ModelBody, _ source: ParameterSource) {
    facts = ModelFacts(configuration, source, body)
    self.body = body
  }

  func hiddenStates(_ tape: Tape, _ batch: TokenBatch) -> Tensor { body(tape, batch) }
}

/// A text classifier with a single score, read as how good the text is.
final class ScoringModel: RewardModel, AssembledModel {
  /// The name that transformers gives the only class of a regression.
  static let labels = ["LABEL_0"]
  let facts: ModelFacts
  private let classifier: any SequenceClassifier

  init(_ classifier: some SequenceClassifier & AssembledModel) {
    facts = classifier.facts
    self.classifier = classifier
  }

  func rewards(_ tape: Tape, _ batch: TokenBatch) -> Tensor { classifier.logits(tape, batch) }
}

/// A model that maps each token's vector to scores of classes.
final class BodyTokenClassifier: TokenClassifier, AssembledModel {
  let facts: ModelFacts
  let labels: [String]
  private let body: any ModelBody
  private let classifier: Linear
  private let dropout: Float

  /// - Parameter head: The name of the linear map.
  init(
    _ configuration: ModelConfiguration, labels: [String], _ body: some ModelBody, width: Int,
    head: String, dropout: Float, deviation: Double, _ source: ParameterSource
  ) {
    classifier = Linear(source.at(head), width, labels.count, deviation: deviation)
    facts = ModelFacts(
      configuration.with(labels: labels, problem: nil), source, body, head: [head + "."])
    self.labels = labels
    self.body = body
    self.dropout = dropout
  }

  func tokenLogits(_ tape: Tape, _ batch: TokenBatch) -> Tensor {
    let keys = batch.layout.tokenKeys
    return classifier(tape, tape.dropout(body(tape, batch), Dropout(dropout, keys: keys)))
  }
}
