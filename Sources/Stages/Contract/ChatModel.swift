public import Records

/// Answers what augmenters ask of it: a model behind an endpoint, with what it answered kept.
///
/// Pipeline injects it, so that stages know nothing of endpoints.
public protocol ChatModel: Sendable {
  /// What it is, for people: `model 'llama-3' behind the endpoint`.
  var name: String { get }
  /// All that decides an answer besides the question, never a key.
  var identity: JSONValue { get }
  /// What the endpoint was asked so far, and what that took; nil where none is asked.
  var spent: EndpointSpending? { get }
  /// The answers, in the order of the questions; nil where one was cut at the token limit, or kept back.
  ///
  /// - Throws: `StageError` where there are no answers, `Interrupted` where the user asked to stop.
  func answers(_ questions: [ChatQuestion]) throws -> [String?]
}

extension ChatModel {
  /// A model that is no endpoint's spends nothing.
  public var spent: EndpointSpending? { nil }
}

/// What a model is asked.
public struct ChatQuestion: Sendable, Hashable {
  /// The turns so far; the model gives the next one.
  public let conversation: Conversation
  /// Makes the answer repeatable where the model can; another seed is another question.
  public let seed: UInt64

  /// A question.
  public init(_ conversation: Conversation, seed: UInt64) {
    self.conversation = conversation
    self.seed = seed
  }
}

/// Which model is wanted, and how it is to answer.
public struct ChatModelRequest: Sendable {
  /// The model's name at the endpoint.
  public let model: String
  /// How answers are sampled; the seed is that of each question.
  public let options: GenerationOptions
  /// How many questions wait for answers at a time.
  public let atOnce: Int
  /// Told apart by it are kept answers of a model that changed behind its name.
  public let version: String?
  /// What the endpoint may be asked, and where it is noted.
  public let account: EndpointAccount

  /// A request.
  public init(
    model: String, options: GenerationOptions = GenerationOptions(), atOnce: Int = 8,
    version: String? = nil, account: EndpointAccount = EndpointAccount()
  ) {
    self.model = model
    self.options = options
    self.atOnce = atOnce
    self.version = version
    self.account = account
  }
}

/// Finds chat models; called when a plan is made, so it looks but asks nothing.
public typealias ChatModelProvider =
  @Sendable (ChatModelRequest) throws(Diagnostic) -> any ChatModel
