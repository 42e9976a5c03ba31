public import Records

// What data stages and metrics may know of models. Pipeline injects the conforming types, so that a
// stage never imports one.

/// Answers conversations: a model on this machine, or one behind an endpoint.
public protocol Generator: Sendable {
  /// The next turn of a conversation; called from many threads.
  /// - Throws: `GenerationError`, also where the answer was cut short.
  func generate(
    _ conversation: Conversation, _ options: GenerationOptions
  ) throws(GenerationError) -> Generation
}

/// How an answer is sampled; what is nil is left to the model.
public struct GenerationOptions: Sendable, Hashable {
  /// The most tokens an answer may have.
  public var maximumTokens: Int?
  /// 0 always takes the likeliest token.
  public var temperature: Double?
  /// Sample from the likeliest tokens that together have this probability.
  public var topP: Double?
  /// Texts at which the answer ends.
  public var stop: [String]
  /// Makes sampling repeatable where the model can.
  public var seed: UInt64?

  /// Options of sampling.
  public init(
    maximumTokens: Int? = nil, temperature: Double? = nil, topP: Double? = nil,
    stop: [String] = [], seed: UInt64? = nil
  ) {
    self.maximumTokens = maximumTokens
    self.temperature = temperature
    self.topP = topP
    self.stop = stop
    self.seed = seed
  }
}

/// An answer and what it took.
public struct Generation: Sendable, Hashable {
  /// The answer.
  public let text: String
  /// How many tokens were read; nil where the model does not say.
  public let promptTokens: Int?
  /// How many tokens were written; nil where the model does not say.
  public let completionTokens: Int?

  /// An answer.
  public init(text: String, promptTokens: Int? = nil, completionTokens: Int? = nil) {
    self.text = text
    self.promptTokens = promptTokens
    self.completionTokens = completionTokens
  }
}

/// Why there is no answer.
public struct GenerationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of fault in kebab case: `unreachable`, `refused`, `bad-answer`, `no-text`, `cut-short`.
  public let code: String
  /// What is wrong, one clause.
  public let message: String
  /// What to do about it.
  public let remedy: String?

  /// A fault.
  public init(_ code: String, _ message: String, remedy: String? = nil) {
    self.code = code
    self.message = message
    self.remedy = remedy
  }

  /// `MESSAGE (REMEDY)`.
  public var description: String { message + (remedy.map { " (\($0))" } ?? "") }
}
