public import Stages

/// How a prompt's vectors begin.
public enum PromptInitialisation: Sendable, Equatable {
  /// Normal numbers.
  case random
  /// The vectors of words that are drawn from the vocabulary.
  case vocabulary
  /// The vectors of a text's tokens, over and over where there are too few.
  case text(tokens: [Int32])
}

/// What makes a prompt's vectors.
public enum PromptEncoder: Sendable, Equatable {
  /// Nothing: they are trained as they are (prompt tuning: Lester, Al-Rfou, Constant 2021).
  case none
  /// Three linear maps of a width (P-tuning: Liu and others 2021).
  case maps(width: Int)
  /// A bidirectional LSTM of a width and two linear maps (P-tuning).
  case recurrent(width: Int, layers: Int, dropout: Double)
}

/// Whose reading of virtual tokens a method follows.
public enum VirtualLayout: String, ChoiceValue {
  /// PEFT's, its dead values included.
  case peft
  /// Our own, where every value is trained.
  case anneal
}

/// How many virtual tokens are read before every text, and what makes their vectors.
public struct PromptOptions: Sendable {
  /// The number of virtual tokens.
  public var count = 20
  /// How the vectors begin; of no effect under an encoder.
  public var initialisation = PromptInitialisation.random
  /// What makes the vectors.
  public var encoder = PromptEncoder.none
  /// Whose reading; PEFT's where it computes the same and wastes no value, else our own.
  public var layout: VirtualLayout?
  /// Modules of the model that are trained and saved whole, such as a new head.
  public var savedModules: [String] = []

  /// Twenty virtual tokens with random vectors.
  public init() {}
}
