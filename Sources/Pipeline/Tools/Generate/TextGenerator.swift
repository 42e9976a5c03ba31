import Models
public import Records
import Stages
public import Tensors
import Tokenize
public import Train

/// How a model generates, beside the defaults of its folder.
public struct GenerationSettings: Sendable {
  /// What replaces the folder's defaults, under the names of transformers.
  public var options: JSONObject = [:]
  /// The seed of what is drawn.
  public var seed: UInt64 = 42
  /// How conversations are written: a name or a Jinja file; if nil as in the model's training, or as
  /// its tokenizer's chat template says.
  public var template: String?
  /// The numbers that matrix products multiply.
  public var precision = Precision.auto
  /// The numbers that weights are held in.
  public var weights = WeightForm.fp32

  /// The defaults.
  public init() {}
}

/// A model that generates, with what turns texts into its tokens and back.
struct TextGenerator: Sendable {
  private(set) var generator: TokenGenerator
  private let place: ModelPlace
  private let tokenizer: Result<Tokenizer, TokenizerError>
  private let style: ConversationStyle?
  /// What the model of a run learned to read before each source; empty for others.
  private let sourcePrefix: String
  /// Whether someone said how conversations are written.
  private let isChosen: Bool

  /// Loads a model, its tokenizer where there is one, and the defaults of its folder.
  /// - Throws: `ModelError` for a model that generates nothing, or options that make no sense;
  ///   `Diagnostic` for an unknown template.
  init(model name: String, adapter: String?, _ settings: GenerationSettings) throws {
    let place = try ModelPlace(name, adapter: adapter)
    self.place = place
    let choice = try settings.template.map { try TemplateChoice(named: $0) } ?? place.template()
    tokenizer = Result { () throws(TokenizerError) in try place.tokenizer() }
    style = try Self.style(choice, tokenizer)
    isChosen = choice != nil
    sourcePrefix = try place.sourcePrefix() ?? ""
    generator = try TokenGenerator(place.folders)
    generator.prepare(weights: settings.weights)
    generator.options.seed = settings.seed
    // A line has one answer, whatever the folder says.
    generator.options.numReturnSequences = 1
    try generator.options.apply(settings.options, file: "command line")
    try generator.options.check()
    try useTokenizer()
  }

  /// What was asked for, or the chat template that comes with the tokenizer.
  private static func style(
    _ choice: TemplateChoice?, _ tokenizer: Result<Tokenizer, TokenizerError>
  ) throws -> ConversationStyle? {
    guard case .success(let tokenizer) = tokenizer else { return nil }
    if let choice { return try choice.style(for: tokenizer) }
    return try ChatFormat.own(of: tokenizer).map { .chat($0) }
  }

  /// Hands the tokenizer's part to the search: what ends a text, and the text of tokens.
  private mutating func useTokenizer() throws {
    guard case .success(let tokenizer) = tokenizer else {
      if !generator.options.stopStrings.isEmpty { _ = try tokenizer.get() }
      return
    }
    generator.text = { tokenizer.decode($0) }
    // A model that was trained on conversations ends its turns as they were written.
    if case .chat(let format)? = style, let end = format.end {
      if let id = end.id { stop(at: id) } else { generator.options.stopStrings.append(end.text) }
    }
    guard let end = tokenizer.specialTokens.end else { return }
    if generator.options.eosTokenId.isEmpty || style != nil { stop(at: end) }
  }

  /// The same, whose tokens are drawn one by one.
  func drawing(temperature: Double) -> TextGenerator {
    changing {
      $0.numBeams = 1
      $0.doSample = true
      $0.temperature = temperature
    }
  }

  /// The same with other options.
  func changing(_ change: (inout DecodingOptions) -> Void) -> TextGenerator {
    var copy = self
    change(&copy.generator.options)
    return copy
  }

  private mutating func stop(at id: Int32) {
    guard !generator.options.eosTokenId.contains(id) else { return }
    generator.options.eosTokenId.append(id)
  }

  /// The text of new tokens, special ones left out; nil without a tokenizer.
  func text(_ tokens: [Int32]) -> String? { generator.text?(tokens) }

  /// The tokens of a text that the model goes on from, or that it reads.
  /// - Throws: `TokenizerError` where the model has no tokenizer that is read here.
  func tokens(of text: String) throws -> [Int32] { try tokenizer.get().ids(of: text) }

  /// The tokens of a text as its training read it: for the model of a run, behind its `source-prefix`.
  /// - Throws: `TokenizerError` where the model has no tokenizer that is read here.
  func tokens(ofSource text: String) throws -> [Int32] { try tokens(of: sourcePrefix + text) }

  /// The tokens after which the model answers.
  /// - Throws: `ModelError.unsupported` where it is not known how conversations are written for it.
  func tokens(of conversation: Conversation, tools: [JSONValue]? = nil) throws -> [Int32] {
    guard !generator.readsSources else {
      throw ModelError(
        .unsupported, file: place.folder, problem: "this model reads texts, not conversations",
        remedy: "Give a line with 'text'.")
    }
    guard let style else {
      // A template that was named lacks only its tokenizer.
      if isChosen { _ = try tokenizer.get() }
      throw ModelError(
        .unsupported, file: place.folder,
        problem: "nothing says how conversations are written for this model",
        remedy: "Give the folder of a run that was trained on instructions, name a --template "
          + "(\(TemplateChoice.typeName)), or write the prompt yourself under 'prompt'.")
    }
    let tokenizer = try tokenizer.get()
    let prompt: [Int32]?
    do {
      prompt = try style.prompt(
        conversation, tools: tools, tokenizer, end: tokenizer.specialTokens.end)
    } catch {
      throw ModelError(
        .unsupported, file: place.folder, problem: "\(error)",
        remedy: "Change the conversation, or name another --template.")
    }
    guard let prompt else {
      throw ModelError(
        .unsupported, file: place.folder, problem: "the tokenizer has no token that ends a turn",
        remedy: "Name one as eos_token in tokenizer_config.json.")
    }
    return prompt
  }
}

extension TemplateChoice {
  /// The template of a name, or of a Jinja file.
  /// - Throws: `Diagnostic` with a near name.
  init(named name: String) throws(Diagnostic) {
    self = try TemplateChoice.decode(
      ConfigurationNode(
        .scalar(name, quoted: false), place: Place(file: "--template"),
        base: FilePaths.current))
  }
}

extension TokenGenerator {
  /// Loads a model with the options that its folder names, and the adapter on it.
  fileprivate init(_ folders: ModelFolders) throws(ModelError) {
    guard let adapter = folders.adapter else {
      try self.init(folder: folders.base)
      return
    }
    let options = try DecodingOptions(folder: folders.base)
    let configuration = try folders.configuration
    if try configuration.flag("is_encoder_decoder", default: false) {
      self.init(try ModelLoader.sequenceToSequence(folders.base, adapter: adapter), options)
      return
    }
    let model = try ModelLoader.causal(folders.base, adapter: adapter)
    guard let model = model as? any CachedCausalLanguageModel else {
      throw ModelError(
        .unsupported, file: configuration.file, problem: "a model of this type generates nothing")
    }
    self.init(model, options)
  }
}
