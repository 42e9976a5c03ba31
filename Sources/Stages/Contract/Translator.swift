public import Records

/// Translates texts: a model on this machine or behind an endpoint, Apertium, or any program.
///
/// Pipeline injects it, so that stages know nothing of models.
public protocol Translator: Sendable {
  /// What it is, for people: `Marian model 'models/en-de'`.
  var name: String { get }
  /// Whether what it writes for a key is drawn; else it is the same for any key.
  var draws: Bool { get }
  /// Whether it has further readings of a text, less likely ones.
  var ranks: Bool { get }
  /// How many portions it may be asked for at the same time.
  var atOnce: Int { get }
  /// Whether it computes on this machine's processors, which its portions then share: each has a thread.
  var computesHere: Bool { get }
  /// All that decides a translation besides the text and the key.
  /// - Throws: What says why a file that belongs to it cannot be read.
  var identity: JSONValue { get throws }
  /// What endpoints were asked so far, and what that took; nil where none is asked.
  var spent: EndpointSpending? { get }
  /// Files whose contents decide what it writes.
  /// - Throws: `StageError` where what it needs is not there.
  func files() throws(StageError) -> [String]
  /// The places of the texts that one call is to translate together; a place that is in none has no translation.
  ///
  /// What comes of a portion depends on nothing outside of it.
  func portions(_ texts: [String]) throws -> [[Int]]
  /// The translations, in the order of the texts; nil where one came to no end.
  ///
  /// - Parameters:
  ///   - texts: Sentences, none of them empty, without line ends.
  ///   - draws: A key of each text. What is written is then drawn, by nothing but the key and the text;
  ///     without keys it is the likeliest. Translators that cannot draw write the same for any key.
  /// - Throws: `StageError` where there are no translations, `Interrupted` where the user asked to stop.
  func translate(_ texts: [String], draws: [UInt64]?) throws -> [String?]
  /// The likeliest translations of each text, the likeliest first; none where the likeliest came to no end.
  ///
  /// - Parameters:
  ///   - texts: As `translate` takes them.
  ///   - most: How many are wanted of each, at least 1; there may be fewer.
  func readings(_ texts: [String], most: Int) throws -> [[String]]
  /// Loads what the first text would else wait for.
  /// - Throws: `StageError` where it cannot be loaded.
  func prepare() throws(StageError)
  /// The readings of each text that was translated, and back by another translator, the likeliest first; none
  /// where one of both translations came to no end.
  ///
  /// - Parameters:
  ///   - texts: As `translate` takes them.
  ///   - draws: The keys of what is drawn on the way there; the way back is the likeliest.
  ///   - back: Translates back.
  ///   - most: How many readings of the way back are wanted of each, at least 1.
  func roundTrips(
    _ texts: [String], draws: [UInt64]?, by back: any Translator, most: Int
  ) throws -> [[String]]
}

extension Translator {
  /// Most translators draw.
  public var draws: Bool { true }
  /// Most translators run here.
  public var spent: EndpointSpending? { nil }
  /// Most translators do one thing after the other.
  public var atOnce: Int { 1 }
  /// Most translators know one reading.
  public var ranks: Bool { false }
  /// Most translators wait for something else.
  public var computesHere: Bool { false }
  /// What `translate` writes.
  public func readings(_ texts: [String], most: Int) throws -> [[String]] {
    try translate(texts, draws: nil).map { $0.map { [$0] } ?? [] }
  }
  /// Most translators have nothing to load.
  public func prepare() throws(StageError) {}
  /// All texts there, then all back.
  public func roundTrips(
    _ texts: [String], draws: [UInt64]?, by back: any Translator, most: Int
  ) throws -> [[String]] {
    try thereAndBack(texts, draws: draws, by: back, most: most)
  }
  /// The round trips of texts that stay together: all there, then all back.
  package func thereAndBack(
    _ texts: [String], draws: [UInt64]?, by back: any Translator, most: Int
  ) throws -> [[String]] {
    let foreign = try translate(texts, draws: draws)
    let known = foreign.indices.filter { foreign[$0]?.isEmpty == false }
    var readings = [[String]](repeating: [], count: texts.count)
    let returned = try back.readings(known.compactMap { foreign[$0] }, most: most)
    for (place, found) in zip(known, returned) { readings[place] = found }
    return readings
  }
  /// All texts together.
  public func portions(_ texts: [String]) throws -> [[Int]] {
    texts.isEmpty ? [] : [Array(texts.indices)]
  }
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
  /// The language of the records, which is one of both.
  public let language: String
  /// Where they come from.
  public var backend: TranslatorBackend
  /// A checkpoint's folder or name, or the name of a model behind an endpoint.
  public var model: PathValue?
  /// What a checkpoint reads before each text; nil for what its folder says.
  public var prefix: String?
  /// The program, as a shell runs it.
  public var command: String?
  /// How much chance there is in what is drawn.
  public var temperature: Double
  /// Told apart by it are kept translations of something that changed behind its name.
  public var version: String?
  /// What an endpoint may be asked, and where it is noted; the way back shares it.
  public var account: EndpointAccount

  /// A translator of records' texts to another language.
  public init(
    from: String, to: String, backend: TranslatorBackend, model: PathValue? = nil,
    prefix: String? = nil, command: String? = nil, temperature: Double = 1, version: String? = nil,
    account: EndpointAccount = EndpointAccount()
  ) {
    (self.from, self.to, language) = (from, to, from)
    self.backend = backend
    self.model = model
    self.prefix = prefix
    self.command = command
    self.temperature = temperature
    self.version = version
    self.account = account
  }

  /// The request of what translates back.
  public func back(model: PathValue?, prefix: String?) -> TranslatorRequest {
    var request = self
    (request.from, request.to) = (to, from)
    (request.model, request.prefix) = (model, prefix)
    return request
  }
}

/// Finds translators; called when a plan is made, so it looks but loads nothing.
public typealias TranslatorProvider =
  @Sendable (TranslatorRequest) throws(Diagnostic) -> any Translator
