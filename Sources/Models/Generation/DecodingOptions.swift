/// How tokens are generated, under the names and with the defaults of transformers.
///
/// Lengths count tokens of the sequence that grows: prompt and new tokens for a causal model, the
/// start token and new tokens for a model with an encoder.
public struct DecodingOptions: Sendable, Equatable {
  /// When a search of beams ends.
  public enum EarlyStopping: Sendable, Equatable {
    /// `true`: as soon as there are as many finished sequences as beams.
    case whenFull
    /// `false`: when the best beam, at its present length, is worse than every finished one.
    case heuristic
    /// `"never"`: when no beam can still become better than the worst finished one.
    case never
  }

  /// The most new tokens; nil leaves it to `maxLength`.
  public var maxNewTokens: Int?
  /// The longest sequence; nil for 20 new tokens.
  public var maxLength: Int?
  /// The least new tokens; nil leaves it to `minLength`.
  public var minNewTokens: Int?
  /// The shortest sequence.
  public var minLength = 0

  /// The sequences that are followed at once; 1 searches no beams.
  public var numBeams = 1
  /// How many sequences come back for each prompt; at most `numBeams`, unless tokens are drawn.
  public var numReturnSequences = 1
  /// The exponent of the length by which a beam's score is divided.
  public var lengthPenalty = 1.0
  /// When a search of beams ends.
  public var earlyStopping = EarlyStopping.heuristic

  /// Whether tokens are drawn by their probabilities.
  public var doSample = false
  /// What scores are divided by before tokens are drawn.
  public var temperature = 1.0
  /// Draws among this many of the likeliest tokens; 0 for all.
  public var topK = 50
  /// Draws among the likeliest tokens that together have this probability.
  public var topP = 1.0
  /// Keys what is drawn, together with the prompt's key.
  public var seed: UInt64 = 0

  /// Divides the scores of tokens that occur already; those below zero are multiplied.
  public var repetitionPenalty = 1.0
  /// Runs of this many tokens occur at most once; 0 for no limit.
  public var noRepeatNgramSize = 0
  /// Sequences of tokens that are never generated.
  public var badWordsIds: [[Int32]] = []
  /// The only token that may follow a single token.
  public var forcedBosTokenId: Int32?
  /// What the last token of a sequence of the greatest length must be among.
  public var forcedEosTokenId: [Int32] = []
  /// Tokens that are never generated.
  public var suppressTokens: [Int32] = []
  /// Tokens that are not generated first.
  public var beginSuppressTokens: [Int32] = []

  /// The tokens that end a sequence.
  public var eosTokenId: [Int32] = []
  /// Texts that end a sequence once they occur in what was generated.
  public var stopStrings: [String] = []

  /// The defaults of transformers.
  public init() {}

  /// The greatest length of a sequence that begins with `prompt` tokens.
  /// - Parameter room: How long a model's sequences may become where nothing is said, and at all.
  func longest(prompt: Int, room: (usual: Int, most: Int)) -> Int {
    let wanted = maxNewTokens.map { prompt + $0 } ?? maxLength ?? min(prompt + 20, room.usual)
    return min(wanted, room.most)
  }

  /// The length below which no sequence that begins with `prompt` tokens ends.
  func shortest(prompt: Int) -> Int { minNewTokens.map { prompt + $0 } ?? minLength }

  /// Refuses what makes no sense together.
  /// - Throws: `ModelError.invalid` naming the field.
  public func check() throws(ModelError) {
    func require(_ condition: Bool, _ problem: String) throws(ModelError) {
      if !condition { throw ModelError(.invalid, file: "generation", problem: problem) }
    }
    try require(numBeams >= 1, "num_beams is \(numBeams), expected at least 1")
    try require(
      numReturnSequences >= 1 && (doSample && numBeams == 1 || numReturnSequences <= numBeams),
      "num_return_sequences is \(numReturnSequences), expected 1 to num_beams, which is \(numBeams)"
    )
    try require(temperature > 0, "temperature is \(temperature), expected a number above 0")
    try require(topP >= 0 && topP <= 1, "top_p is \(topP), expected a share from 0 to 1")
    try require(
      repetitionPenalty > 0, "repetition_penalty is \(repetitionPenalty), expected above 0")
    try require(
      badWordsIds.allSatisfy { !$0.isEmpty }, "bad_words_ids has an entry without tokens")
  }
}
