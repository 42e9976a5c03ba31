/// Translates texts: a model on this machine or behind an endpoint, Apertium, or any program.
///
/// Pipeline injects it, so that stages know nothing of models.
public protocol Translator: Sendable {
  /// What it is, for people: `Marian model 'models/en-de'`.
  var name: String { get }
  /// Files whose contents decide what it writes.
  /// - Throws: `StageError` where what it needs is not there.
  func files() throws(StageError) -> [String]
  /// The translations, in the order of the texts; nil where one came to no end.
  ///
  /// - Parameters:
  ///   - texts: Sentences, none of them empty, without line ends.
  ///   - draws: A key of each text. What is written is then drawn, by nothing but the key and the text;
  ///     without keys it is the likeliest. Translators that cannot draw write the same for any key.
  func translate(_ texts: [String], draws: [UInt64]?) throws(StageError) -> [String?]
}

/// Where translations come from.
public enum TranslatorBackend: String, ChoiceValue {
  /// The first of the others that can be had.
  case auto
  /// A checkpoint that runs here: Marian, FSMT or T5.
  case local
  /// A model behind an endpoint for chats.
  case endpoint
  /// Apertium, where it is installed.
  case apertium
  /// A program that reads JSON lines and writes such.
  case command
}

/// Which translator is wanted.
public struct TranslatorRequest: Sendable {
  /// The language of the texts, in ISO 639-1.
  public var from: String
  /// The language of the translations.
  public var to: String
  /// Where they come from.
  public var backend: TranslatorBackend
  /// A checkpoint's folder or name, or the name of a model behind an endpoint.
  public var model: PathValue?
  /// The program, as a shell runs it.
  public var command: String?
  /// How much chance there is in what is drawn.
  public var temperature: Double

  /// A translator between two languages.
  public init(
    from: String, to: String, backend: TranslatorBackend, model: PathValue? = nil,
    command: String? = nil, temperature: Double = 1
  ) {
    self.from = from
    self.to = to
    self.backend = backend
    self.model = model
    self.command = command
    self.temperature = temperature
  }
}

/// Finds translators; called when a plan is made, so it looks but loads nothing.
public typealias TranslatorProvider =
  @Sendable (TranslatorRequest) throws(Diagnostic) -> any Translator
