public import Records

/// Says which words may stand in a gap of a text: a masked language model on this machine.
///
/// Pipeline injects it, so that augmenters know nothing of models.
public protocol WordPredictor: Sendable {
  /// What decides the words besides the files: how the numbers come out.
  var identity: JSONValue { get }
  /// Files whose contents decide the words.
  /// - Throws: `StageError` where what it needs is not there.
  func files() throws(StageError) -> [String]
  /// The likeliest whole words in each gap, in the order of the gaps; the likeliest word comes first.
  ///
  /// What is found in a gap depends on no other one.
  /// - Parameters:
  ///   - count: The most words of a gap.
  ///   - least: Leave out words that are less probable.
  /// - Throws: `StageError` where the model cannot be read, `Interrupted` where the user asked to stop.
  func words(
    in gaps: [TextGap], atMost count: Int, least: Float
  ) throws -> [[LikelyWord]]
}

/// A text with a gap, in which one word may stand.
public struct TextGap: Sendable, Hashable {
  /// The text before the gap, with the blank that parts it from the word.
  public let before: String
  /// The text behind the gap.
  public let behind: String

  /// A gap between two texts.
  public init(before: String, behind: String) {
    self.before = before
    self.behind = behind
  }
}

/// A word that may stand in a gap: letters alone, in the model's spelling.
public struct LikelyWord: Sendable, Hashable {
  /// The word.
  public let text: String
  /// How probable the model holds it to be there, 0 to 1.
  public let probability: Float

  /// A word.
  public init(_ text: String, probability: Float) {
    self.text = text
    self.probability = probability
  }
}

/// Finds the predictor of a model; called when a plan is made, so it looks but loads no weights.
public typealias WordPredictorProvider =
  @Sendable (ModelName) throws(Diagnostic) -> any WordPredictor
