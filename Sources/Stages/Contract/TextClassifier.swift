/// Says to which class a text belongs, or how two texts stand to each other: a model on this machine,
/// or one behind an endpoint that is asked in words.
///
/// Pipeline injects it, so that metrics know nothing of models.
public protocol TextClassifier: Sendable {
  /// The model as signatures name it.
  var name: String { get }
  /// The class names, in the order of the probabilities.
  var labels: [String] { get }
  /// Whether each class applies or not by itself: a text may have several, or none.
  var isMultiLabel: Bool { get }
  /// Changes when anything does that the probabilities depend on besides the texts.
  /// - Throws: What says why a file cannot be read.
  func fingerprint() throws -> String
  /// The probability of each class of each text, in the order of the texts.
  /// - Throws: `TextModelError`, or `Interrupted` where the user asked to stop.
  func probabilities(of texts: [ClassifiedText]) throws -> [[Float]]
}

extension TextClassifier {
  /// One class a text, unless a classifier says otherwise.
  public var isMultiLabel: Bool { false }
}

/// What a classifier reads: a text, or two that are compared.
public struct ClassifiedText: Sendable, Hashable {
  /// The text, or the first of two: the premise.
  public let text: String
  /// The second of two: the hypothesis.
  public let pair: String?

  /// A text, or a pair.
  public init(_ text: String, pair: String? = nil) { (self.text, self.pair) = (text, pair) }

  /// Both as one text, a line each.
  public var joined: String {
    guard let pair else { return text }
    return text.isEmpty || pair.isEmpty ? text + pair : "\(text)\n\(pair)"
  }
}

/// Why a model read or judged no text.
public struct TextModelError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, one clause.
  public let message: String
  /// What to do about it.
  public let remedy: String?

  /// A fault.
  public init(_ message: String, remedy: String? = nil) {
    (self.message, self.remedy) = (message, remedy)
  }

  /// `MESSAGE (REMEDY)`.
  public var description: String { message + (remedy.map { " (\($0))" } ?? "") }
}
