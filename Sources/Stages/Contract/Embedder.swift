/// Turns texts into vectors of their meaning: a model on this machine, or one behind an endpoint.
///
/// Pipeline injects it, so that stages and metrics know nothing of models.
public protocol Embedder: Sendable {
  /// Model and layer, as signatures name them: `all-MiniLM-L6-v2_L6`.
  var name: String { get }
  /// The tokens of each text, with those that the model puts around it.
  /// - Throws: `TextModelError`.
  func ids(of texts: [String]) throws(TextModelError) -> [[Int32]]
  /// The vectors of each text's tokens, in the order of the texts.
  /// - Throws: `TextModelError`.
  func tokens(of texts: [String]) throws(TextModelError) -> [EmbeddedText]
  /// One vector of each text, of any length.
  /// - Throws: `TextModelError`.
  func vectors(of texts: [String]) throws(TextModelError) -> [[Float]]
}

/// The tokens of a text, each with the vector of its meaning there.
public struct EmbeddedText: Sendable, Hashable {
  /// The tokens, with those that the model puts around a text.
  public let ids: [Int32]
  /// Which tokens the model put around the text.
  public let isSpecial: [Bool]
  /// The numbers of each vector.
  public let width: Int
  /// The vectors, one after the other: tokens × width.
  public let values: [Float]

  /// Tokens and their vectors.
  ///
  /// - Precondition: there are as many of both.
  public init(ids: [Int32], isSpecial: [Bool], width: Int, values: [Float]) {
    precondition(
      ids.count == isSpecial.count && values.count == ids.count * width,
      "\(values.count) numbers for \(ids.count) tokens × \(width)")
    (self.ids, self.isSpecial, self.width, self.values) = (ids, isSpecial, width, values)
  }
}
